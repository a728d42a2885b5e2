import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox } from '../../src/sandbox/index.ts';

test('S17 from the moment it is told so, everything is signed with the new key, also by clients already in use', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  await using cleanUp = new AsyncDisposableStack();
  const sandbox = await createSandbox({ clock });
  cleanUp.defer(() => sandbox.close());
  const { keys } = sandbox.account.createUser({
    name: 'alice',
    policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
    keys: [{ createdAt: '2025-01-01T00:00:00Z' }, { createdAt: '2025-02-01T00:00:00Z' }],
  });
  const [old, fresh] = keys.map((key) => new KeyPair(key.accessKeyId, key.secretAccessKey)) as [KeyPair, KeyPair];
  const aws = createAws({ clock, version: '0', endpointUrl: sandbox.url, region: 'us-east-1', credentials: old });
  await aws.caller();
  await aws.user('alice');

  aws.signWithInsteadOf(old.accessKeyId, fresh);
  await aws.caller();
  await aws.user('alice');

  expect(sandbox.requests.map((request) => request.accessKeyId)).toEqual([
    old.accessKeyId,
    old.accessKeyId,
    old.accessKeyId,
    fresh.accessKeyId,
    fresh.accessKeyId,
    fresh.accessKeyId,
  ]);
});
