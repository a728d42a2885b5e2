import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { openSandbox } from './open-sandbox.ts';

test('a snapshot shows users and keys, oldest key first', async () => {
  const { sandbox } = await openSandbox();
  const { id, keys } = sandbox.account.createUser({
    name: 'ci',
    path: '/robots/',
    tags: { team: 'billing' },
    attachedPolicies: ['AWSCompromisedKeyQuarantineV3'],
    createdAt: '2025-01-01T00:00:00Z',
    keys: [{ createdAt: '2026-06-01T00:00:00Z' }, { createdAt: '2025-01-01T00:00:00Z', status: 'Inactive' }],
  });
  const [younger, older] = keys;
  sandbox.account.use(String(younger?.accessKeyId), { service: 's3', region: 'eu-west-1' });

  expect(sandbox.account.snapshot().ci).toEqual({
    id,
    path: '/robots/',
    arn: 'arn:aws:iam::123456789012:user/robots/ci',
    createdAt: '2025-01-01T00:00:00Z',
    tags: { team: 'billing' },
    attachedPolicies: ['AWSCompromisedKeyQuarantineV3'],
    keys: [
      { id: older?.accessKeyId, status: 'Inactive', createdAt: '2025-01-01T00:00:00Z', lastUsed: null },
      {
        id: younger?.accessKeyId,
        status: 'Active',
        createdAt: '2026-06-01T00:00:00Z',
        lastUsed: { at: '2026-12-06T10:00:00Z', service: 's3', region: 'eu-west-1' },
      },
    ],
  });
});

test('root is in the snapshot once it has a key', async () => {
  const { sandbox } = await openSandbox();

  expect(sandbox.account.snapshot()).not.toHaveProperty('<root_account>');
  const { accessKeyId } = sandbox.account.createRootKey();

  expect(sandbox.account.snapshot()['<root_account>']?.keys).toMatchObject([{ id: accessKeyId }]);
});

test('a third key can be arranged, as a race would make it', async () => {
  const { sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci', keys: [{}, {}] });

  sandbox.account.createKey('ci');

  expect(sandbox.account.snapshot().ci?.keys).toHaveLength(3);
});

test('an arranged pair works, and can be deactivated and deleted', async () => {
  const { sandbox, as } = await openSandbox();
  sandbox.account.createUser({ name: 'ci' });
  const pair = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
  const { sts } = as(sandbox.account.createKey('ci', pair));

  await sts.send(new GetCallerIdentityCommand());
  sandbox.account.setStatus(pair.accessKeyId, 'Inactive');
  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([{ status: 'Inactive' }]);
  sandbox.account.deleteKey(pair.accessKeyId);

  expect(sandbox.account.snapshot().ci?.keys).toEqual([]);
});

test('what is not there cannot be arranged, nor what is there twice', async () => {
  const { account, credentials } = (await openSandbox()).sandbox;

  expect(() => account.createKey('nobody')).toThrow('the account has no user nobody');
  expect(() => account.setStatus('AKIAIOSFODNN7EXAMPLE', 'Active')).toThrow(
    'the account has no access key AKIAIOSFODNN7EXAMPLE',
  );
  expect(() => account.createUser({ name: 'Administrator' })).toThrow('the account already has a user Administrator');
  expect(() => account.createKey('administrator', credentials)).toThrow('the account already has the access key');
});

test('a policy that cannot be evaluated cannot be arranged', async () => {
  const { account } = (await openSandbox()).sandbox;
  const Condition = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*', Condition }],
  };

  expect(() => account.setPolicies('administrator', [policy])).toThrow('unsupported key aws:SourceIp');
});

test('the account id can be chosen, the same seed gives the same ids and secrets', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const one = await createSandbox({ clock, accountId: '210987654321', seed: 'a' });
  const two = await createSandbox({ clock, accountId: '210987654321', seed: 'a' });
  await Promise.all([one.close(), two.close()]);

  expect(one.account.snapshot().administrator?.arn).toBe('arn:aws:iam::210987654321:user/administrator');
  expect(one.credentials).toEqual(two.credentials);
  expect(one.credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(one.credentials.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
});
