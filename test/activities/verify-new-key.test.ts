// The new key is tried before any place gets it, as what the vault holds.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createWorld, user } from '../support/world.ts';

test('the pair in the vault is tried, and what AWS says of it is said', async () => {
  const world = await createWorld();
  const { accessKeyId, secretAccessKey } = world.account.createKey(user, { accessKeyId: 'AKIANEWNEWNEWNEW0002' });
  await world.vault.put('r-1', 'new', new KeyPair(accessKeyId, secretAccessKey));

  expect(await world.activities.verifyNewKey(world.context())).toEqual({
    at: '2026-12-06T10:00:01Z',
    verdict: 'accepted',
    reason: 'AWS accepts AKIA…0002',
    attempts: 3,
  });
});

test('one that belongs to somebody else is rejected', async () => {
  const world = await createWorld();
  const { accessKeyId, secretAccessKey } = world.sandbox.credentials;
  await world.vault.put('r-1', 'new', new KeyPair(accessKeyId, secretAccessKey));

  const { verdict, reason } = await world.activities.verifyNewKey(world.context());

  expect(verdict).toBe('rejected');
  expect(reason).toMatch(/^AKIA….{4} belongs to arn:aws:iam::123456789012:user\/administrator, not to alice$/);
});

test('none is tried where the vault lost it', async () => {
  const world = await createWorld();

  await expect(world.activities.verifyNewKey(world.context())).rejects.toMatchObject({ name: 'VaultError' });
  expect(world.operations()).toEqual([]);
});
