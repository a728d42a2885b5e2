// What each function's role may do, judged by an evaluator of policies that is not ours.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activityPermissions } from '../../src/activities/permissions.ts';
import { entryOf } from '../../src/lambda/needs.ts';
import { activityNames } from '../../src/machine/context.ts';
import { type Deployed, deployed, forgetDeployed, keyPolicy, ofMachine } from './deployed.ts';
import { iamArn, roleSession, type Statement, verdict } from './evaluate.ts';

const machine = iamArn('user/machines/build');
const region = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret';
const inVault = `${region}:keyturn/vault/rot-1-abcdef`;
const inSeals = `${region}:keyturn/seal/rot-1-abcdef`;
const claims = { 'aws:TagKeys': ['keyturn:claim:rot-1'] };

let it: Deployed;

beforeAll(async () => {
  it = await deployed();
}, 90_000);

afterAll(forgetDeployed);

const list = (value: unknown) => (value === undefined ? [] : [value].flat().map(String));
const allowed = (statements: Statement[]) => statements.filter(({ Effect }) => Effect === 'Allow');
const iamActions = (statements: Statement[]) =>
  allowed(statements)
    .flatMap(({ Action }) => list(Action))
    .filter((action) => action.startsWith('iam:'));

describe('on users', () => {
  test.each(activityNames.filter((name) => name !== 'claimUser'))('%s may do what it declares, and no more', (name) => {
    const declared = activityPermissions[name].filter((action) => action.startsWith('iam:'));

    const may = iamActions(it.statementsOf(entryOf(name).replace('.ts', '')));

    expect([...new Set(may)].sort()).toEqual([...new Set(declared)].sort());
  });

  test('claimUser may besides find out what a plan is made of', () => {
    expect([...new Set(iamActions(it.statementsOf('claim-user')))].sort()).toEqual([
      'iam:GetAccessKeyLastUsed',
      'iam:GetUser',
      'iam:ListAccessKeys',
      'iam:ListUserTags',
      'iam:SimulatePrincipalPolicy',
      'iam:TagUser',
      'iam:UntagUser',
    ]);
  });

  test('the waits may do nothing', () => {
    for (const name of ['await-quiet', 'await-grace', 'await-next-look']) {
      expect(iamActions(it.statementsOf(name))).toEqual([]);
    }
  });

  test.each([
    ['iam:CreateAccessKey', ['create-key']],
    ['iam:DeleteAccessKey', ['create-key', 'delete-key', 'free-slot', 'remove-new-key']],
    ['iam:UpdateAccessKey', ['create-key', 'deactivate-key', 'reactivate-key', 'remove-new-key']],
    ['iam:CreateUser', []],
    ['iam:CreateLoginProfile', []],
    ['iam:PutUserPolicy', []],
  ])('%s: %j', async (action, names) => {
    expect(await it.whoMay(action, machine)).toEqual(names);
  });

  test('who is not below the path is out of reach', async () => {
    for (const user of ['user/alice', 'user/machinesnot/alice', 'user/other/machines/alice']) {
      for (const name of ofMachine) {
        expect(await it.verdict(name, 'iam:UpdateAccessKey', iamArn(user))).not.toBe('Allowed');
        expect(await it.verdict(name, 'iam:GetUser', iamArn(user))).not.toBe('Allowed');
      }
    }
  });

  test('S32 only tags that are claims can be written, and none without a name', async () => {
    expect(await it.verdict('claim-user', 'iam:TagUser', machine, claims)).toBe('Allowed');
    for (const keys of [['keyturn:user'], ['team'], ['keyturn:claim:rot-1', 'team']]) {
      expect(await it.whoMay('iam:TagUser', machine, { 'aws:TagKeys': keys })).toEqual([]);
      expect(await it.whoMay('iam:UntagUser', machine, { 'aws:TagKeys': keys })).toEqual([]);
    }
    expect(await it.whoMay('iam:TagUser', machine)).toEqual([]);
  });

  test('with a tag only those who have it, for every action', async () => {
    const tagged = await deployed({ userPath: '/', userTag: { key: 'rotate', value: 'yes' } });
    const has = { 'aws:ResourceTag/rotate': 'yes' };
    const alice = iamArn('user/alice');

    expect(await tagged.whoMay('iam:CreateAccessKey', alice, has)).toEqual(['create-key']);
    for (const action of ['iam:CreateAccessKey', 'iam:GetUser', 'iam:ListAccessKeys', 'iam:SimulatePrincipalPolicy']) {
      expect(await tagged.whoMay(action, alice)).toEqual([]);
      expect(await tagged.whoMay(action, alice, { 'aws:ResourceTag/rotate': 'no' })).toEqual([]);
    }
    expect(await tagged.whoMay('iam:TagUser', alice, claims)).toEqual([]);
    expect(await tagged.verdict('claim-user', 'iam:TagUser', alice, { ...has, ...claims })).toBe('Allowed');
  });
});

describe('the vault and the seals', () => {
  const via = { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' };
  const users = [
    'create-key',
    'deliver-key',
    'preflight-consumers',
    'remove-new-key',
    'restore-consumers',
    'verify-new-key',
    'verify-old-key',
  ];

  test('S31 pairs are read by those who use them alone, and put there by two', async () => {
    expect(await it.whoMay('secretsmanager:GetSecretValue', inVault)).toEqual(users);
    expect(await it.whoMay('secretsmanager:CreateSecret', inVault)).toEqual(['create-key', 'preflight-consumers']);
    expect(await it.whoMay('secretsmanager:PutSecretValue', inVault)).toEqual(['create-key', 'preflight-consumers']);
    expect(await it.whoMay('secretsmanager:DeleteSecret', inVault)).toContain('release-user');
    expect(await it.whoMay('secretsmanager:PutResourcePolicy', inVault)).toEqual([]);
  });

  test('S31 the vault’s key is for the same ones, through Secrets Manager, and for nobody whom IAM allows everything', async () => {
    const id = Object.keys(it.resources).find((one) => /VaultKey(?!Alias)/.test(one)) ?? '';
    const arn = `arn:aws:kms:eu-west-1:123456789012:key/${id}`;
    const admin = roleSession('/admin');
    const asAdmin = (action: string) =>
      verdict(admin, { action, resource: arn, keys: via }, keyPolicy(arn, it.resources));

    expect(await it.whoMay('kms:Decrypt', arn, via)).toEqual(users);
    expect(await it.whoMay('kms:Decrypt', arn)).toEqual([]);
    expect(await it.whoMay('kms:GenerateDataKey', arn, via)).toEqual(['create-key', 'preflight-consumers']);
    for (const action of ['Decrypt', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'CreateGrant']) {
      expect(await asAdmin(`kms:${action}`), action).toBe('ImplicitlyDenied');
    }
    expect(await asAdmin('kms:PutKeyPolicy')).toBe('Allowed');
  });

  test('S28 a seal is written by the two that begin a rotation', async () => {
    expect(await it.whoMay('secretsmanager:CreateSecret', inSeals)).toEqual(['claim-user', 'create-key']);
    expect(await it.whoMay('secretsmanager:PutSecretValue', inSeals)).toEqual([]);
    expect(await it.whoMay('secretsmanager:DeleteSecret', inSeals)).toEqual(['release-user']);
    const readers = await it.whoMay('secretsmanager:GetSecretValue', inSeals);
    expect(readers).toEqual(
      expect.arrayContaining(['deactivate-key', 'delete-key', 'deliver-key', 'restore-consumers']),
    );
  });

  test('S31 however widely the places are drawn, none of them is keyturn’s own', async () => {
    const wide = await deployed({
      places: { secrets: [`${region}:*`], parameters: ['arn:aws:ssm:eu-west-1:123456789012:parameter/*'] },
    });
    const put = 'secretsmanager:PutSecretValue';

    expect(await wide.whoMay(put, `${region}:app/key-abcdef`)).toContain('deliver-key');
    expect(await wide.whoMay('secretsmanager:GetSecretValue', inVault)).toEqual(users);
    expect(await wide.whoMay(put, inSeals)).toEqual([]);
    expect(await wide.verdict('deliver-key', put, inSeals)).toBe('ExplicitlyDenied');
    expect(await wide.verdict('claim-user', 'secretsmanager:GetSecretValue', inVault)).toBe('ExplicitlyDenied');
    for (const name of ['switch', 'policy', 'state-machine']) {
      const parameter = `arn:aws:ssm:eu-west-1:123456789012:parameter/keyturn/${name}`;
      expect(await wide.whoMay('ssm:PutParameter', parameter)).toEqual([]);
    }
  });
});

describe('places', () => {
  const secret = `${region}:app/key-abcdef`;
  const parameter = 'arn:aws:ssm:eu-west-1:123456789012:parameter/app/key';
  const key = 'arn:aws:kms:eu-west-1:123456789012:key/places';

  test('where none are named, none can be read', async () => {
    expect(await it.whoMay('secretsmanager:GetSecretValue', secret)).toEqual([]);
    expect(await it.whoMay('ssm:GetParameter', parameter)).toEqual([]);
  });

  test('those named are changed by three, looked at by the others that have to know', async () => {
    const places = { secrets: [`${region}:app/key-??????`], parameters: [parameter], keys: [key] };
    const named = await deployed({ places });
    const change = ['deliver-key', 'preflight-consumers', 'restore-consumers'];
    const through = { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' };

    expect(await named.whoMay('secretsmanager:PutSecretValue', secret)).toEqual(change);
    expect(await named.whoMay('ssm:PutParameter', parameter)).toEqual(change);
    expect(await named.whoMay('kms:GenerateDataKey', key, through)).toEqual(change);
    expect(await named.whoMay('secretsmanager:GetSecretValue', secret)).toEqual(
      expect.arrayContaining(['check-health', 'check-old-key-use', 'claim-user', 'deactivate-key', 'delete-key']),
    );
    expect(await named.whoMay('kms:Decrypt', key)).toEqual([]);
    expect(await named.whoMay('secretsmanager:GetSecretValue', `${region}:other-abcdef`)).toEqual([]);
  });
});

describe('who is denied', () => {
  const towardsLoss = [
    ['create-key', 'iam:CreateAccessKey'],
    ['deactivate-key', 'iam:UpdateAccessKey'],
    ['delete-key', 'iam:DeleteAccessKey'],
    ['free-slot', 'iam:DeleteAccessKey'],
    ['remove-new-key', 'iam:DeleteAccessKey'],
  ] as const;

  const policy = `
exemptions:
  - { user: printer, reason: firmware, until: 2027-05-31 }
  - { user: scanner, key: AKIAIOSFODNN7EXAMPLE, reason: the other key, until: 2027-05-31 }
`;

  async function expectDenied(one: Deployed, user: string, keys = {}): Promise<void> {
    for (const [name, action] of towardsLoss) {
      expect(await one.verdict(name, action, user, keys), `${name} ${action}`).toBe('ExplicitlyDenied');
    }
    expect(await one.verdict('claim-user', 'iam:TagUser', user, { ...claims, ...keys })).toBe('ExplicitlyDenied');
  }

  async function expectWayBack(one: Deployed, user: string, keys = {}): Promise<void> {
    expect(await one.verdict('reactivate-key', 'iam:UpdateAccessKey', user, keys)).toBe('Allowed');
    expect(await one.verdict('reactivate-key', 'iam:TagUser', user, { ...claims, ...keys })).toBe('Allowed');
    expect(await one.verdict('release-user', 'iam:UntagUser', user, { ...claims, ...keys })).toBe('Allowed');
    expect(await one.verdict('inspect-keys', 'iam:ListAccessKeys', user, keys)).toBe('Allowed');
  }

  test('S1 the way back to nobody: administrator, exempt, or in a deployment that only reports', async () => {
    await expectWayBack(await deployed({ administratorsPath: '/machines/' }), machine);
    await expectWayBack(await deployed({ userPath: '/', policy }), iamArn('user/printer'));
    await expectWayBack(await deployed({ mode: 'report-only' }), machine);
  });

  test('administrators, by their path, to whatever takes a key away', async () => {
    const one = await deployed({ userPath: '/', administratorsPath: '/administrators/' });

    await expectDenied(one, iamArn('user/administrators/eve'));
    expect(await one.verdict('create-key', 'iam:CreateAccessKey', iamArn('user/alice'))).toBe('Allowed');
  });

  test('exempt users under whatever path, until their last day is over', async () => {
    const one = await deployed({ userPath: '/', policy });
    const create = (user: string, time: string) =>
      one.verdict('create-key', 'iam:CreateAccessKey', iamArn(user), { 'aws:CurrentTime': time });

    await expectDenied(one, iamArn('user/printer'));
    await expectDenied(one, iamArn('user/office/first/printer'));
    expect(await create('user/printer', '2027-05-31T23:59:58Z')).toBe('ExplicitlyDenied');
    expect(await create('user/printer', '2027-06-01T00:00:00Z')).toBe('Allowed');
    expect(await create('user/sprinter', '2027-01-01T00:00:00Z')).toBe('Allowed');
    expect(await create('user/scanner', '2027-01-01T00:00:00Z')).toBe('Allowed');
  });

  test('everybody, where it is only to report, which is what holds unless something else is said', async () => {
    await expectDenied(await deployed({ mode: 'report-only' }), machine);
    await expectDenied(await deployed({ mode: 'unsaid' }), machine);
  });
});
