// The policies of infra/prevention, judged by an evaluator that is not ours: what they deny, and what they leave alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { activityPermissions, userStatements } from '../../src/activities/permissions.ts';
import { activityNames } from '../../src/machine/context.ts';
import { permissions as vaultPermissions } from '../../src/vault/secrets-manager-vault.ts';
import {
  iamArn,
  type Policies,
  type Request,
  role,
  roleSession,
  rootKey,
  rootSession,
  type Statement,
  userKey,
  userSession,
  verdict,
} from './evaluate.ts';

const textOf = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../infra/prevention', `${name}.json`), 'utf8');
const statementsOf = (name: string) => (JSON.parse(textOf(name)) as { Statement: Statement[] }).Statement;

const making: Policies = { scp: statementsOf('scp-create-access-key') };
const activating: Policies = { scp: statementsOf('scp-update-access-key') };
const using: Policies = { scp: statementsOf('scp-long-term-keys') };
const bounded: Policies = { boundary: statementsOf('boundary') };
const all: Policies = {
  scp: [making, activating, using].flatMap(({ scp = [] }) => scp),
  boundary: statementsOf('boundary'),
};

const admin = roleSession('/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef');
const deployer = roleSession('/OrganizationAccountAccessRole');
const keyturn = { role: role('/keyturn/rotation'), session: roleSession('/keyturn/rotation') };

const alice = iamArn('user/alice');
const create: Request = { action: 'iam:CreateAccessKey', resource: alice };
const update: Request = { action: 'iam:UpdateAccessKey', resource: alice };
const remove: Request = { action: 'iam:DeleteAccessKey', resource: alice };
const listUsers: Request = { action: 'iam:ListUsers', resource: '*' };
const listBuckets: Request = { action: 's3:ListAllMyBuckets', resource: '*' };

describe.each([
  ['the SCP', making],
  ['the boundary', bounded],
])('making keys, with %s', (_, policies) => {
  test.each([
    ['an administrator', admin],
    ['a user for oneself, by a key', userKey('/alice')],
    ['a user for oneself, signed in with MFA', userSession('/alice', 'with MFA')],
    ['a user who is called as keyturn is', userKey('/keyturn/rotation')],
    ['a role that is called as keyturn is, elsewhere', roleSession('/rotation')],
    ['a role whose path only begins like it', roleSession('/keyturn-too/rotation')],
    ['who deploys keyturn', deployer],
  ])('is denied to %s', async (_caller, caller) => {
    expect(await verdict(caller, create, {})).toBe('Allowed');
    expect(await verdict(caller, create, policies)).toBe('ExplicitlyDenied');
  });

  test.each([
    ["keyturn's role", keyturn.role],
    ["a session of keyturn's role", keyturn.session],
  ])('is allowed to %s', async (_caller, caller) => {
    expect(await verdict(caller, create, policies)).toBe('Allowed');
  });

  test.each([
    update,
    remove,
    { action: 'iam:CreateLoginProfile', resource: alice },
    { action: 'iam:AttachRolePolicy', resource: iamArn('role/billing') },
    { action: 'iam:PassRole', resource: iamArn('role/billing') },
    { action: 'lambda:UpdateFunctionCode', resource: 'arn:aws:lambda:eu-central-1:123456789012:function:billing' },
    listUsers,
    listBuckets,
  ])('leaves $action on $resource to an administrator', async (request) => {
    expect(await verdict(admin, request, policies)).toBe('Allowed');
  });

  test.each([
    'iam:AttachRolePolicy',
    'iam:CreateRole',
    'iam:DeleteRole',
    'iam:DeleteRolePermissionsBoundary',
    'iam:DeleteRolePolicy',
    'iam:DetachRolePolicy',
    'iam:PassRole',
    'iam:PutRolePermissionsBoundary',
    'iam:PutRolePolicy',
    'iam:UpdateAssumeRolePolicy',
  ])('keeps an administrator from becoming keyturn by %s', async (action) => {
    const request = { action, resource: iamArn('role/keyturn/rotation') };

    expect(await verdict(admin, request, {})).toBe('Allowed');
    expect(await verdict(admin, request, policies)).toBe('ExplicitlyDenied');
  });

  test.each(['lambda:UpdateFunctionCode', 'lambda:UpdateFunctionConfiguration'])(
    'keeps an administrator from running as keyturn by %s',
    async (action) => {
      const resource = 'arn:aws:lambda:eu-central-1:123456789012:function:keyturn-createKey';

      expect(await verdict(admin, { action, resource }, policies)).toBe('ExplicitlyDenied');
    },
  );
});

describe('the SCP on making keys', () => {
  test.each([
    ['its key', rootKey],
    ['signed in with MFA', rootSession('with MFA')],
    ['a session of central root access', withKey(rootSession('without MFA'), 'aws:AssumedRoot', 'true')],
  ])('denies it to the root user: %s', async (_, caller) => {
    expect(await verdict(caller, create, making)).toBe('ExplicitlyDenied');
  });

  test('lets the one who deploys change what it protects, and nobody change the one who deploys', async () => {
    const ofKeyturn = { action: 'iam:UpdateAssumeRolePolicy', resource: iamArn('role/keyturn/rotation') };
    const ofDeployer = { action: 'iam:UpdateAssumeRolePolicy', resource: iamArn('role/OrganizationAccountAccessRole') };

    expect(await verdict(deployer, ofKeyturn, making)).toBe('Allowed');
    expect(await verdict(admin, ofDeployer, making)).toBe('ExplicitlyDenied');
  });

  test('also holds in China and in GovCloud', async () => {
    const callers = ['aws-cn', 'aws-us-gov'].map((partition) => ({
      human: withKey(admin, 'aws:PrincipalArn', `arn:${partition}:iam::123456789012:role/admin`),
      own: withKey(keyturn.session, 'aws:PrincipalArn', `arn:${partition}:iam::123456789012:role/keyturn/rotation`),
    }));

    for (const { human, own } of callers) {
      expect(await verdict(human, create, making)).toBe('ExplicitlyDenied');
      expect(await verdict(own, create, making)).toBe('Allowed');
    }
  });
});

describe('the SCP on activating keys', () => {
  test.each([
    ['an administrator', admin],
    ['a user for oneself', userKey('/alice')],
    ['the root user', rootSession('with MFA')],
  ])('denies it to %s, who may still delete them', async (_, caller) => {
    expect(await verdict(caller, update, activating)).toBe('ExplicitlyDenied');
    expect(await verdict(caller, remove, activating)).toBe('Allowed');
  });

  test.each([
    ['keyturn', keyturn.session],
    ['those on call', roleSession('/keyturn/on-call')],
  ])('S1 leaves it to %s', async (_, caller) => {
    expect(await verdict(caller, update, activating)).toBe('Allowed');
  });
});

describe('the SCP on using keys', () => {
  test.each([
    ["a user's key", userKey('/alice')],
    ['what GetSessionToken makes of it', userSession('/alice', 'without MFA')],
    ["the root user's key", rootKey],
    ['what GetSessionToken makes of that', rootSession('without MFA')],
    ['a user whose path only begins like the exempt one', userKey('/keyturn-too/alice')],
  ])('denies everything to %s', async (_, caller) => {
    expect(await verdict(caller, listBuckets, using)).toBe('ExplicitlyDenied');
    expect(await verdict(caller, { action: 'sts:AssumeRole', resource: iamArn('role/admin') }, using)).toBe(
      'ExplicitlyDenied',
    );
  });

  test.each([
    ['a user who is signed in with MFA', userSession('/alice', 'with MFA')],
    ['the root user, signed in with MFA', rootSession('with MFA')],
    ['a session of central root access', withKey(rootSession('without MFA'), 'aws:AssumedRoot', 'true')],
    ['a role', admin],
    ["keyturn's role", keyturn.session],
    ['an exempt key', userKey('/keyturn/alice')],
    ['what GetSessionToken makes of an exempt key', userSession('/keyturn/alice', 'without MFA')],
    ['a service on behalf of a user', withKey(userKey('/alice'), 'aws:ViaAWSService', 'true')],
  ])('lets %s through', async (_, caller) => {
    expect(await verdict(caller, listBuckets, using)).toBe('Allowed');
  });

  test.each(['iam:CreateUser', 'iam:UpdateUser'])(
    'leaves exempting a user by %s to the one who deploys',
    async (action) => {
      const request = { action, resource: iamArn('user/keyturn/alice') };

      expect(await verdict(admin, request, using)).toBe('ExplicitlyDenied');
      expect(await verdict(deployer, request, using)).toBe('Allowed');
      expect(await verdict(admin, { action, resource: alice }, using)).toBe('Allowed');
    },
  );
});

describe('the boundary', () => {
  const itself = iamArn('policy/keyturn/boundary');

  test.each([
    { action: 'iam:DeleteUserPermissionsBoundary', resource: alice },
    { action: 'iam:DeleteRolePermissionsBoundary', resource: iamArn('role/admin') },
    { action: 'iam:CreatePolicyVersion', resource: itself },
    { action: 'iam:SetDefaultPolicyVersion', resource: itself },
    { action: 'iam:DeletePolicyVersion', resource: itself },
    { action: 'iam:DeletePolicy', resource: itself },
    { action: 'iam:CreatePolicy', resource: itself },
  ])('cannot be taken off by $action', async (request) => {
    expect(await verdict(admin, request, {})).toBe('Allowed');
    expect(await verdict(admin, request, bounded)).toBe('ExplicitlyDenied');
  });

  test.each([
    { action: 'iam:CreateUser', resource: iamArn('user/bob') },
    { action: 'iam:CreateRole', resource: iamArn('role/new') },
    { action: 'iam:PutUserPermissionsBoundary', resource: alice },
    { action: 'iam:PutRolePermissionsBoundary', resource: iamArn('role/admin') },
    { action: 'iam:UpdateAssumeRolePolicy', resource: iamArn('role/admin') },
  ])('is not left out by $action', async (request) => {
    const other = iamArn('policy/other');

    expect(await verdict(admin, request, bounded)).toBe('ExplicitlyDenied');
    expect(await verdict(admin, { ...request, keys: { 'iam:PermissionsBoundary': other } }, bounded)).toBe(
      'ExplicitlyDenied',
    );
    expect(await verdict(admin, { ...request, keys: { 'iam:PermissionsBoundary': itself } }, bounded)).toBe('Allowed');
  });

  test('allows nothing that no other policy allows', async () => {
    const identity: Statement[] = [{ Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' }];

    expect(await verdict(admin, listUsers, { ...bounded, identity })).toBe('Allowed');
    expect(await verdict(admin, listBuckets, { ...bounded, identity })).toBe('ImplicitlyDenied');
  });
});

describe('with all of them at once keyturn may do what it needs', () => {
  const identity = (actions: readonly string[]): Statement[] => [
    ...userStatements(actions, [alice]).map((one) => ({ ...one })),
    { Effect: 'Allow', Action: [...new Set(Object.values(vaultPermissions).flat())], Resource: '*' },
  ];
  const keys = { 'aws:TagKeys': ['keyturn:claim:rot-20261122-0800-abcd'] };

  test.each(activityNames)('in %s', async (activity) => {
    const actions = activityPermissions[activity].filter((action) => action.startsWith('iam:'));
    const policies = { ...all, identity: identity(actions) };

    for (const action of actions) {
      const allowed = await verdict(keyturn.session, { action, resource: alice, keys }, policies);
      expect([action, allowed]).toEqual([action, 'Allowed']);
    }
  });

  test.each([...new Set(Object.values(vaultPermissions).flat())])('with the vault: %s', async (action) => {
    const resource = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:keyturn/vault/rot-1-a1b2c3';

    expect(await verdict(keyturn.session, { action, resource }, { ...all, identity: identity([]) })).toBe('Allowed');
  });
});

test.each([
  // Organizations counts every character of what the CLI sends (quotas of AWS Organizations).
  ['scp-create-access-key', 5120],
  ['scp-update-access-key', 5120],
  ['scp-long-term-keys', 5120],
  // IAM leaves white space out (quotas of IAM); here it counts.
  ['boundary', 6144],
])('%s.json has at most %i characters', (name, limit) => {
  expect(textOf(name).length).toBeLessThanOrEqual(limit);
});

function withKey(caller: ReturnType<typeof userKey>, key: string, value: string): ReturnType<typeof userKey> {
  return { ...caller, keys: { ...caller.keys, [key]: value } };
}
