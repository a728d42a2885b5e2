// keyturn policy for what is in AWS besides users: places, the vault, and find's search. The embedded AWS enforces what is
// printed, for secrets and parameters that a KMS key of their owner's encrypts.
import {
  BatchGetSecretValueCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/sandbox/index.ts';
import { openDesk } from '../support/cli.ts';
import { printed, without } from '../support/printed-policy.ts';

const region = 'eu-west-1';
const specs = ['secretsmanager:app/key', 'ssm:/app/key', 'ssm:/big/secret#id=/big/id'];
const to = specs.map((spec) => `--to ${spec}`).join(' ');
const vault = '--vault secretsmanager';

/** A desk whose old pair is in each of those places, encrypted with a key of the owner's. */
async function openPlaces(policy: PolicyDocument) {
  const desk = await openDesk({ policies: [policy] });
  const { accessKeyId = '', secretAccessKey = '' } = desk.keys[0] ?? {};
  const { secrets, parameters } = desk.sandbox;
  const value = JSON.stringify({ accessKeyId, secretAccessKey });
  secrets.create({ name: 'app/key', region, value, kmsKeyId: 'own' });
  parameters.create({ name: '/app/key', region, value, keyId: 'own' });
  parameters.create({ name: '/big/secret', region, value: secretAccessKey, keyId: 'own', tier: 'Advanced' });
  parameters.create({ name: '/big/id', region, value: accessKeyId, type: 'String' });
  const held = () => {
    const texts = [secrets.value('app/key', { region }) ?? '', parameters.value('/app/key', region)];
    for (const text of texts) desk.canary.guard({ accessKeyId: '', secretAccessKey: JSON.parse(text).secretAccessKey });
    desk.canary.guard({ accessKeyId: '', secretAccessKey: parameters.value('/big/secret', region) });
    const ids = [...texts.map((text) => JSON.parse(text).accessKeyId), parameters.value('/big/id', region)];
    return ids.map((id) => (id === accessKeyId ? 'old' : id === desk.newKey() ? 'new' : 'another'));
  };
  const inVault = () => Object.keys(secrets.snapshot({ region })).filter((name) => name.startsWith('keyturn/'));
  return { ...desk, held, inVault };
}

test('keyturn policy prints for places and the vault what is called there, KMS only through them', async () => {
  const { Statement } = await printed(`policy rotate ${to} --to secretsmanager:b ${vault}`);

  const kms = 'arn:aws:kms:eu-west-1:*:key/*';
  const via = (service: string) => ({ StringLike: { 'kms:ViaService': [`${service}.eu-west-1.amazonaws.com`] } });
  const inSecret = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
  const onSecret = inSecret.map((name) => `secretsmanager:${name}`);
  const onParameter = ['ssm:GetParameter', 'ssm:GetParameterHistory', 'ssm:PutParameter'];
  expect(Statement.slice(3).map(({ Effect: _, ...statement }) => statement)).toEqual([
    {
      Sid: 'Vault1',
      Action: ['CreateSecret', 'DeleteSecret', 'GetSecretValue', 'PutSecretValue'].map(
        (name) => `secretsmanager:${name}`,
      ),
      Resource: ['arn:aws:secretsmanager:eu-west-1:*:secret:keyturn/vault/*'],
    },
    { Sid: 'Place1', Action: onSecret, Resource: ['arn:aws:secretsmanager:eu-west-1:*:secret:app/key-??????'] },
    {
      Sid: 'Place2',
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: [kms],
      Condition: via('secretsmanager'),
    },
    { Sid: 'Place3', Action: onParameter, Resource: ['arn:aws:ssm:eu-west-1:*:parameter/app/key'] },
    {
      Sid: 'Place4',
      Action: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
      Resource: [kms],
      Condition: via('ssm'),
    },
    {
      Sid: 'Place5',
      Action: onParameter,
      Resource: ['arn:aws:ssm:eu-west-1:*:parameter/big/secret', 'arn:aws:ssm:eu-west-1:*:parameter/big/id'],
    },
    { Sid: 'Place6', Action: onSecret, Resource: ['arn:aws:secretsmanager:eu-west-1:*:secret:b-??????'] },
  ]);
});

test.each([
  ['rotate', ['CreateSecret', 'DeleteSecret', 'GetSecretValue', 'PutSecretValue']],
  ['rollback', ['DeleteSecret', 'GetSecretValue', 'PutSecretValue']],
  ['status', ['GetSecretValue']],
])('keyturn policy %s --vault secretsmanager prints what that command does there', async (command, operations) => {
  const { Statement } = await printed(`policy ${command} ${vault}`);

  expect(Statement.at(-1)?.Action).toEqual(operations.map((name) => `secretsmanager:${name}`));
});

test('keyturn policy --vault secretsmanager without a region is a usage error', async () => {
  const desk = await openDesk();
  desk.env.AWS_REGION = undefined;
  desk.env.AWS_PROFILE = 'none';

  const { code, json } = await desk.run(`policy ${vault} --json`);

  expect([code, json().error.message]).toEqual([2, 'in which region is the vault secretsmanager?']);
});

test('in China what asks KMS has either name', async () => {
  const { Statement } = await printed('policy rotate --to ssm:/app/key --region cn-north-1');

  expect(Statement.at(-1)).toMatchObject({
    Resource: ['arn:aws-cn:kms:cn-north-1:*:key/*'],
    Condition: {
      StringLike: { 'kms:ViaService': ['ssm.cn-north-1.amazonaws.com', 'ssm.cn-north-1.amazonaws.com.cn'] },
    },
  });
});

describe('with exactly the printed policy', () => {
  test('a rotation with places and its vault in AWS comes to its end', async () => {
    const desk = await openPlaces(await printed(`policy rotate --user alice ${to} ${vault}`));

    const begun = await desk.run(`rotate --user alice ${to} ${vault} --yes --json`);
    const between = desk.inVault();
    await desk.pass(60);
    await desk.run('resume --json');
    await desk.pass(24 * 8);
    const { json } = await desk.run('resume --json');

    expect(between).toEqual([`keyturn/vault/${begun.json().rotation}`]);
    expect(json()).toMatchObject({ outcome: 'rotated' });
    expect({ holds: desk.held(), vault: desk.inVault(), keys: desk.left().keys }).toEqual({
      holds: ['new', 'new', 'new'],
      vault: [],
      keys: ['new Active'],
    });
  });

  test('of status and rollback these show the rotation of one’s own key, and take it back', async () => {
    const desk = await openPlaces(await printed(`policy rotate --user alice ${to} ${vault}`));
    const rotation = (await desk.run(`rotate --user alice ${to} ${vault} --yes --json`)).json().rotation;
    const own = desk.keys[0];
    Object.assign(desk.env, { AWS_ACCESS_KEY_ID: own?.accessKeyId, AWS_SECRET_ACCESS_KEY: own?.secretAccessKey });

    desk.account.setPolicies('alice', [await printed(`policy status ${vault}`)]);
    const status = await desk.run('status --json');
    desk.account.setPolicies('alice', [await printed(`policy rollback --user alice ${to} ${vault}`)]);
    const rollback = await desk.run(`rollback ${rotation} --json`);

    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(rollback.json()).toMatchObject({ outcome: 'rolledBack' });
    expect({ code: rollback.code, holds: desk.held(), vault: desk.inVault() }).toEqual({
      code: 0,
      holds: ['old', 'old', 'old'],
      vault: [],
    });
  });
});

describe('one action less, and rotate does not get by without it:', () => {
  test.each<[action: string, words: string, exit?: number]>([
    ['secretsmanager:CreateSecret', 'secretsmanager:CreateSecret is denied'],
    ['secretsmanager:DescribeSecret', 'secretsmanager:DescribeSecret is denied'],
    // Whether the vault has a key already cannot be seen.
    ['secretsmanager:GetSecretValue', 'secretsmanager:GetSecretValue is denied', 5],
    ['secretsmanager:PutSecretValue', 'secretsmanager:PutSecretValue is denied'],
    ['secretsmanager:UpdateSecretVersionStage', 'secretsmanager:UpdateSecretVersionStage is denied'],
    ['ssm:GetParameter', 'ssm:GetParameter is denied'],
    ['ssm:GetParameterHistory', 'ssm:GetParameterHistory is denied'],
    ['ssm:PutParameter', 'ssm:PutParameter is denied'],
    ['kms:Decrypt', 'Access to KMS is not allowed'],
    ['kms:Encrypt', 'not authorized to perform: kms:Encrypt'],
    ['kms:GenerateDataKey', 'Access to KMS is not allowed'],
  ])('%s, and no key is made', async (action, words, exit = 3) => {
    const desk = await openPlaces(without(action, await printed(`policy rotate --user alice ${to} ${vault}`)));

    const { code, json } = await desk.run(`rotate --user alice ${to} ${vault} --yes --json`);

    expect({ code, keys: desk.left().keys, holds: desk.held() }).toEqual({
      code: exit,
      keys: ['old Active'],
      holds: ['old', 'old', 'old'],
    });
    expect(json().reason).toContain(words);
    expect(json().hint).toContain(action.startsWith('kms:') ? 'allow what keyturn policy prints for KMS' : action);
  });

  test('secretsmanager:DeleteSecret, at the very end', async () => {
    const policy = without('secretsmanager:DeleteSecret', await printed(`policy rotate --user alice ${to} ${vault}`));
    const desk = await openPlaces(policy);

    const { code, stderr } = await desk.run(`rotate --user alice ${to} ${vault} --yes --wait --json`);

    expect({ code, holds: desk.held(), keys: desk.left().keys }).toEqual({
      code: 5,
      holds: ['new', 'new', 'new'],
      keys: ['new Active'],
    });
    expect(stderr).toContain('secretsmanager:DeleteSecret is denied');
  });
});

describe('keyturn policy find', () => {
  test('prints for find what it looks through, and for no other command', async () => {
    const [find, all] = [await printed('policy find'), await printed('policy')];

    const via = (service: string) => ({ StringLike: { 'kms:ViaService': [`${service}.eu-west-1.amazonaws.com`] } });
    expect(find.Statement.map(({ Effect: _, ...statement }) => statement)).toEqual([
      { Sid: 'Look', Action: ['iam:GetAccessKeyLastUsed'], Resource: ['arn:aws:iam::*:user/*'] },
      { Sid: 'Search1', Action: ['secretsmanager:BatchGetSecretValue', 'secretsmanager:ListSecrets'], Resource: ['*'] },
      {
        Sid: 'Search2',
        Action: ['secretsmanager:GetSecretValue'],
        NotResource: [
          'arn:aws:secretsmanager:*:*:secret:keyturn/vault/*',
          'arn:aws:secretsmanager:*:*:secret:keyturn/seal/*',
        ],
      },
      {
        Sid: 'Search3',
        Action: ['kms:Decrypt'],
        Resource: ['arn:aws:kms:eu-west-1:*:key/*'],
        Condition: via('secretsmanager'),
      },
      { Sid: 'Search4', Action: ['ssm:DescribeParameters', 'ssm:GetParameters'], Resource: ['*'] },
      { Sid: 'Search5', Action: ['kms:Decrypt'], Resource: ['arn:aws:kms:eu-west-1:*:key/*'], Condition: via('ssm') },
    ]);
    expect(all.Statement.map(({ Sid }) => Sid)).toEqual(['Look', 'ChangeKeys', 'Claim']);
  });

  test('is enough to find the key in all these places', async () => {
    const desk = await openPlaces(await printed('policy find'));

    const { stdout, stderr } = await desk.run(`find ${desk.ids[0]} --json`);

    const { places, notLookedAt } = JSON.parse(stdout);
    expect({ stderr, notLookedAt, specs: places.map(({ spec }: { spec: string }) => spec).slice(1) }).toEqual({
      stderr: '',
      notLookedAt: [],
      specs: [
        'secretsmanager:app/key#region=eu-west-1',
        'ssm:/app/key#region=eu-west-1',
        'ssm:/big/secret#id=/big/id,region=eu-west-1',
      ],
    });
  });

  test('S31 reads no vault and no seal, neither alone nor among many', async () => {
    const desk = await openPlaces(await printed('policy find'));
    for (const name of ['keyturn/vault/rot-a', 'keyturn/seal/rot-a', 'keyturn-docs'])
      desk.sandbox.secrets.create({ name, region, value: 'nothing' });
    const client = new SecretsManagerClient({ endpoint: desk.sandbox.url, region, credentials: desk.signer });
    const denied = { name: 'AccessDeniedException' };

    const SecretIdList = ['keyturn/vault/rot-a', 'keyturn/seal/rot-a', 'keyturn-docs'];
    const { SecretValues, Errors } = await client.send(new BatchGetSecretValueCommand({ SecretIdList }));

    expect(SecretValues?.map(({ Name }) => Name)).toEqual(['keyturn-docs']);
    expect(Errors?.map(({ ErrorCode }) => ErrorCode)).toEqual(['AccessDeniedException', 'AccessDeniedException']);
    for (const SecretId of SecretIdList.slice(0, 2))
      await expect(client.send(new GetSecretValueCommand({ SecretId }))).rejects.toMatchObject(denied);
    client.destroy();
  });

  test('takes nothing from whoever may rotate besides: the vault is theirs to read', async () => {
    const [rotate, find] = [await printed(`policy rotate --user alice ${to} ${vault}`), await printed('policy find')];
    const desk = await openPlaces({ ...rotate, Statement: [...rotate.Statement, ...find.Statement] });

    const { json } = await desk.run(`rotate --user alice ${to} ${vault} --yes --wait --json`);

    expect(json()).toMatchObject({ outcome: 'rotated' });
  });
});
