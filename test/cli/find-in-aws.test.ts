// keyturn find in the Secrets Manager and the Parameter Store of its region. What is in there is read and never shown.
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, test } from 'vitest';
import { notLookedAtWords } from '../../src/cli/not-looked-at-words.ts';
import type { Credentials, PolicyDocument } from '../../src/sandbox/index.ts';
import { allBut, openDesk } from '../support/cli.ts';

const region = 'eu-west-1';
const guarded = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

async function openSearch(policies?: readonly PolicyDocument[]) {
  const desk = await openDesk(policies ? { policies } : {});
  const [{ accessKeyId: id, secretAccessKey: secret }] = desk.keys as [Credentials];
  desk.canary.guard({ accessKeyId: '', secretAccessKey: guarded });
  const { secrets, parameters } = desk.sandbox;
  return {
    ...desk,
    id,
    secret,
    json: (idName = 'accessKeyId', secretName = 'secretAccessKey') =>
      JSON.stringify({ other: 1, [idName]: id, [secretName]: secret }),
    addSecret: (name: string, value: string | Uint8Array, more = {}) =>
      secrets.create({ name, value, region, ...more }),
    addParameter: (name: string, value: string, more = {}) => parameters.create({ name, value, region, ...more }),
    markForDeletion: async (SecretId: string) => {
      const client = new SecretsManagerClient({ endpoint: desk.sandbox.url, region, credentials: desk.signer });
      await client.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 30 }));
      client.destroy();
    },
    find: async () => {
      const { code, stdout, stderr } = await desk.run(`find ${id} --json`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const { places, notLookedAt } = JSON.parse(stdout);
      return {
        specs: places.map(({ spec }: { spec: string }) => spec).filter((spec: string) => !spec.startsWith('cred')),
        notLookedAt,
      };
    },
  };
}

const deny = (...statements: { Action: string; Resource: string }[]): PolicyDocument[] => [
  {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      ...statements.map((one) => ({ Effect: 'Deny' as const, ...one })),
    ],
  },
];

describe('keyturn find in Secrets Manager', () => {
  test('goes through every page, and names each secret as --to takes it', async () => {
    const { addSecret, json, find } = await openSearch();
    for (let index = 0; index < 130; index += 1) addSecret(`other/${index}`, JSON.stringify({ password: guarded }));
    addSecret('app/key', json());
    addSecret('app/odd', json('s3 user', 's3 word'), { createdAt: '2020-01-01T00:00:00Z' });

    const found = await find();

    expect(found.specs.sort()).toEqual([
      'secretsmanager:app/key#region=eu-west-1',
      'secretsmanager:app/odd#region=eu-west-1',
    ]);
    expect(found.notLookedAt).toEqual([]);
  });

  test('finds what rotate takes', async () => {
    const { addSecret, json, find, run } = await openSearch();
    addSecret('app/odd', json('s3user', 's3word'));
    const [spec] = (await find()).specs;

    const { code } = await run(`rotate --user alice --to ${spec} --dry-run --json`);

    expect(code).toBe(0);
  });

  test('S31 never reads the vault, nor what is marked for deletion', async () => {
    const { addSecret, json, find, markForDeletion, sandbox } = await openSearch();
    addSecret('keyturn/vault/rot-a', json());
    addSecret('app/gone', json());
    await markForDeletion('app/gone');

    const found = await find();

    expect(found).toEqual({ specs: [], notLookedAt: [] });
    expect(sandbox.requests.map(({ operation }) => operation)).not.toContain('BatchGetSecretValue');
  });

  test('says where the key stands and cannot be replaced', async () => {
    const { addSecret, id, json, secret, find } = await openSearch();
    addSecret('a-binary', Buffer.from(json()));
    addSecret('b-text', `${id}:${secret}`);
    addSecret('c-deep', JSON.stringify({ aws: { accessKeyId: id, secretAccessKey: secret } }));
    addSecret('d-twice', JSON.stringify({ one: id, two: id, word: secret }));
    addSecret('e-other-binary', Buffer.from(guarded));

    const { specs, notLookedAt } = await find();

    expect(specs).toEqual([]);
    expect(new Map(notLookedAt.map((one: { what: string; why: string }) => [one.what, one.why]))).toEqual(
      new Map([
        ['the secret a-binary in eu-west-1', 'the key stands there, but the secret a-binary is binary'],
        ['the secret b-text in eu-west-1', 'the key stands there, but the secret b-text is no JSON object'],
        ['the secret c-deep in eu-west-1', 'the key stands there, but not in a property that has its secret beside it'],
        ['the secret d-twice in eu-west-1', 'the key stands there, but the secret d-twice has the key in one and two'],
      ]),
    );
  });

  test('names secretsmanager:ListSecrets where it is denied', async () => {
    const { addSecret, json, find } = await openSearch(allBut('secretsmanager:ListSecrets'));
    addSecret('app/key', json());

    const { specs, notLookedAt } = await find();

    expect(specs).toEqual([]);
    expect(notLookedAt).toEqual([
      { what: 'the secrets in eu-west-1', why: expect.any(String), permission: 'secretsmanager:ListSecrets' },
    ]);
  });

  describe('where many secrets may not be asked for at once', () => {
    test('asks for each, and makes of it the same', async () => {
      const { addSecret, json, find, sandbox } = await openSearch(allBut('secretsmanager:BatchGetSecretValue'));
      for (let index = 10; index < 35; index += 1) addSecret(`app/${index}`, JSON.stringify({ password: guarded }));
      addSecret('app/empty', json(), { value: undefined });
      addSecret('app/key', json());
      addSecret('app/raw', Buffer.from(json()));

      const { specs, notLookedAt } = await find();

      const asked = sandbox.requests.filter(({ operation }) => operation === 'BatchGetSecretValue');
      expect({ specs, asked: asked.length }).toEqual({ specs: ['secretsmanager:app/key#region=eu-west-1'], asked: 1 });
      expect(notLookedAt).toEqual([
        {
          what: 'the secret app/raw in eu-west-1',
          why: 'the key stands there, but the secret app/raw is binary',
          permission: null,
        },
      ]);
    });

    test.each([
      [{ Action: 'secretsmanager:GetSecretValue', Resource: '*:secret:shut-*' }, 'secretsmanager:GetSecretValue'],
      [{ Action: 'kms:Decrypt', Resource: '*' }, 'kms:Decrypt'],
    ])('names the one that may not be asked for either: %j', async (statement, permission) => {
      const many = { Action: 'secretsmanager:BatchGetSecretValue', Resource: '*' };
      const { addSecret, json, find } = await openSearch(deny(many, statement));
      addSecret('shut', json(), { kmsKeyId: 'own' });
      addSecret('app/key', json());

      const { specs, notLookedAt } = await find();

      expect(specs).toEqual(['secretsmanager:app/key#region=eu-west-1']);
      expect(notLookedAt).toEqual([{ what: 'the secret shut in eu-west-1', why: expect.any(String), permission }]);
    });

    test('nor any alone, names some of them and then the rest, and asks for no more', async () => {
      const policies = allBut('secretsmanager:BatchGetSecretValue', 'secretsmanager:GetSecretValue');
      const { addSecret, find, sandbox } = await openSearch(policies);
      for (let index = 100; index < 200; index += 1) addSecret(`app/${index}`, guarded);

      const { notLookedAt } = await find();

      const asked = sandbox.requests.filter(({ operation }) => operation === 'GetSecretValue');
      expect([asked.length, notLookedAt.length]).toEqual([40, 41]);
      expect(notLookedAt[0]).toMatchObject({ permission: 'secretsmanager:GetSecretValue' });
      expect(notLookedAt.at(-1)).toMatchObject({
        what: expect.stringMatching(/^the secrets in eu-west-1 from app\/\d+ on$/),
        permission: 'secretsmanager:BatchGetSecretValue',
      });
    });
  });

  test.each([
    [{ Action: 'secretsmanager:GetSecretValue', Resource: '*:secret:shut-*' }, 'secretsmanager:GetSecretValue'],
    [{ Action: 'kms:Decrypt', Resource: '*' }, 'kms:Decrypt'],
  ])('names the one secret that may not be read: %j', async (statement, permission) => {
    const { addSecret, json, find } = await openSearch(deny(statement));
    addSecret('shut', json(), { kmsKeyId: 'own' });
    addSecret('app/key', json());

    const { specs, notLookedAt } = await find();

    expect(specs).toEqual(['secretsmanager:app/key#region=eu-west-1']);
    expect(notLookedAt).toEqual([{ what: 'the secret shut in eu-west-1', why: `${permission} is denied`, permission }]);
  });
});

describe('keyturn find in Parameter Store', () => {
  test('goes through every page: pairs in one parameter, and in two beside each other', async () => {
    const { addParameter, id, secret, json, find } = await openSearch();
    for (let index = 0; index < 60; index += 1) addParameter(`/aaa/${index}`, guarded, { type: 'String' });
    addParameter('/app/key', json('user', 'word'));
    addParameter('/two/id', id, { type: 'String' });
    addParameter('/two/secret', secret);
    addParameter('/two/commit', 'da39a3ee5e6b4b0d3255bfef95601890afd80709');

    const found = await find();

    expect(found).toEqual({
      specs: ['ssm:/app/key#region=eu-west-1', 'ssm:/two/secret#id=/two/id,region=eu-west-1'],
      notLookedAt: [],
    });
  });

  test('says where the key stands and cannot be replaced', async () => {
    const { addParameter, id, secret, json, find } = await openSearch();
    addParameter('/alone/id', id);
    addParameter('/open/key', json(), { type: 'String' });
    addParameter('/three/id', id);
    addParameter('/three/a', secret);
    addParameter('/three/b', guarded);

    const { specs, notLookedAt } = await find();

    const unclear = 'the key id stands there, and which parameter has its secret is not clear';
    expect(specs).toEqual([]);
    expect(notLookedAt).toEqual([
      { what: 'the parameter /alone/id in eu-west-1', why: unclear, permission: null },
      {
        what: 'the parameter /open/key in eu-west-1',
        why: 'the key stands there, but the parameter /open/key is a String, not a SecureString',
        permission: null,
      },
      { what: 'the parameter /three/id in eu-west-1', why: unclear, permission: null },
    ]);
  });

  test('names ssm:DescribeParameters where it is denied', async () => {
    const { find } = await openSearch(allBut('ssm:DescribeParameters'));

    const { notLookedAt } = await find();

    expect(notLookedAt).toMatchObject([{ what: 'the parameters in eu-west-1', permission: 'ssm:DescribeParameters' }]);
  });

  test.each([
    [{ Action: 'ssm:GetParameters', Resource: '*:parameter/shut/*' }, 'ssm:GetParameters'],
    [{ Action: 'kms:Decrypt', Resource: '*:key/own' }, 'kms:Decrypt'],
  ])('names the one parameter that may not be read, and reads the others: %j', async (statement, permission) => {
    const { addParameter, json, find } = await openSearch(deny(statement));
    addParameter('/app/key', json());
    addParameter('/shut/key', json(), { keyId: 'own' });

    const { specs, notLookedAt } = await find();

    expect(specs).toEqual(['ssm:/app/key#region=eu-west-1']);
    expect(notLookedAt).toMatchObject([{ what: 'the parameter /shut/key in eu-west-1', permission }]);
  });

  test('does not ask for hundreds one by one where none is given', async () => {
    const { addParameter, find, sandbox } = await openSearch(allBut('ssm:GetParameters'));
    for (let index = 100; index < 300; index += 1) addParameter(`/app/${index}`, guarded);

    const { notLookedAt } = await find();

    expect(notLookedAt.at(-1)).toMatchObject({ what: 'the parameters in eu-west-1 from /app/130 on' });
    expect(sandbox.requests.filter(({ operation }) => operation === 'GetParameters')).toHaveLength(34);
  });
});

test('keyturn find in no region says so, and looks everywhere else', async () => {
  const { credentialsFile, env, find, id, run } = await openSearch();
  delete env.AWS_REGION;
  env.AWS_PROFILE = 'none';

  const { notLookedAt } = await find();
  const { stdout } = await run(`find ${id}`);

  expect(notLookedAt.map(({ what }: { what: string }) => what)).toEqual(['secretsmanager', 'ssm']);
  expect(stdout).toContain(`credentials-file:default@${credentialsFile}`);
});

test('keyturn find may do all it does with what keyturn policy find prints', async () => {
  const printed = JSON.parse((await (await openDesk()).run('policy find')).stdout);
  const { addSecret, addParameter, json, find } = await openSearch([printed]);
  addSecret('app/key', json());
  addParameter('/app/key', json());

  const found = await find();

  expect(found).toEqual({
    specs: ['secretsmanager:app/key#region=eu-west-1', 'ssm:/app/key#region=eu-west-1'],
    notLookedAt: [],
  });
});

test('whoever asked for something else is told in one line what is missing', () => {
  const words = notLookedAtWords(
    [
      { what: 'the secrets in eu-west-1', why: 'denied', permission: 'secretsmanager:ListSecrets' },
      { what: 'the parameter /a in eu-west-1', why: 'denied so', permission: 'ssm:GetParameters' },
      { what: 'the parameter /b in eu-west-1', why: 'denied too', permission: 'ssm:GetParameters' },
      { what: '/srv/.env', why: 'it may not be read by you', permission: null },
      { what: '/srv/.env.local', why: 'it may not be read by you', permission: null },
    ],
    'AKIAIOSFODNN7EXAMPLE',
  );

  expect(words).toEqual([
    'not looked at: /srv/.env and 1 more: it may not be read by you',
    'not all was looked at, for want of secretsmanager:ListSecrets, ssm:GetParameters: keyturn find AKIAIOSFODNN7EXAMPLE',
  ]);
});
