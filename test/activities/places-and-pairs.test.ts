// Preflight, verification and delivery: what they say, what they throw, and what they leave alone.
import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Vault } from '../../src/vault/contract.ts';
import { createWorld, user, type World } from '../support/world.ts';

describe('preflightConsumers', () => {
  test('keeps the old pair in the vault and changes no place', async () => {
    const world = await createWorld({ profiles: ['default', 'batch'] });
    const context = await world.reach('preflightConsumers');
    const before = world.content();

    const { consumers, oldPairKept } = await world.activities.preflightConsumers(context);

    expect(consumers.map(({ state }) => state)).toEqual(['pending', 'pending']);
    expect(oldPairKept).toBe(true);
    expect((await world.vault.get('r-1', 'old'))?.accessKeyId).toBe(world.oldKey);
    expect(world.content()).toBe(before);
  });

  test('names the first place that is not ready, and how many others are not', async () => {
    const world = await createWorld({ profiles: ['default', 'batch', 'night'] });
    const context = await world.reach('preflightConsumers');
    writeFileSync(world.credentialsFile, world.content().replace(/\[(batch|night)\]/g, '[$1-of-old]'));

    const looking = world.activities.preflightConsumers(context);

    await expect(looking).rejects.toThrow(/^there is no profile batch in .* \(and 1 other places are not ready\)$/);
  });

  test('a place that holds another key is not ready', async () => {
    const world = await createWorld();
    writeFileSync(world.credentialsFile, world.content().replace(world.oldKey, 'AKIASOMEBODYELSE0001'));

    await expect(world.activities.preflightConsumers(world.context())).rejects.toMatchObject({ name: 'ConsumerError' });
    expect(world.left().vault).toEqual([]);
  });

  test('of a rotation that is over nothing is kept', async () => {
    const world = await createWorld();
    const context = await world.reach('preflightConsumers');
    world.account.setTags(user, {});

    await expect(world.activities.preflightConsumers(context)).rejects.toMatchObject({ name: 'RecordError' });
    expect(world.left().vault).toEqual([]);
  });

  test('what it kept goes again where the rotation ended meanwhile', async () => {
    const world = await createWorld();
    const context = await world.reach('preflightConsumers');
    const { vault } = world;
    const { preflightConsumers } = createActivities({ ...world.newDeps(), vault: endsAfterPut(world) });

    await expect(preflightConsumers(context)).rejects.toMatchObject({ name: 'RecordError' });
    expect(await vault.get('r-1', 'old')).toBeNull();
  });
});

test('createKey leaves neither key nor pair where the rotation ended before the pair was kept', async () => {
  const world = await createWorld();
  const context = await world.reach('createKey');
  const { createKey } = createActivities({ ...world.newDeps(), vault: endsAfterPut(world) });

  await expect(createKey(context)).rejects.toMatchObject({ name: 'RecordError' });
  expect(world.left()).toMatchObject({ keys: ['old Active'], vault: ['r-1-old.json'] });
});

/** A vault: once something was put into it, the rotation's claim is gone. */
function endsAfterPut({ vault, account }: World): Vault {
  return {
    ...vault,
    put: async (...given) => {
      await vault.put(...given);
      account.setTags(user, {});
    },
  };
}

describe('verifyNewKey', () => {
  test('accepts after three successes in a row', async () => {
    const world = await createWorld();
    const context = await world.reach('verifyNewKey');

    const { verdict, attempts } = await world.activities.verifyNewKey(context);

    expect([verdict, attempts]).toEqual(['accepted', 3]);
  });

  test('a refusal in between starts the count anew', async () => {
    const world = await createWorld({
      settings: { newKeyDelay: 86_400_000, newKeyRefusal: ({ attempt }) => [1, 3, 6].includes(attempt) },
    });
    const context = await world.reach('verifyNewKey');

    const { verdict, attempts } = await world.activities.verifyNewKey(context);

    expect([verdict, attempts]).toEqual(['accepted', 9]);
  });

  test('rejects after a minute', async () => {
    const world = await createWorld({ settings: { newKeyDelay: 86_400_000 } });
    const context = await world.reach('verifyNewKey');
    const start = world.clock.monotonic();

    const { verdict, reason } = await world.activities.verifyNewKey(context);

    const took = world.clock.monotonic() - start;
    expect(verdict).toBe('rejected');
    expect(reason).toMatch(/^AWS did not accept AKIA….{4} within a minute$/);
    expect(took).toBeGreaterThanOrEqual(60_000);
    expect(took).toBeLessThan(70_000);
  });

  test('rejects a pair that belongs to somebody else', async () => {
    const world = await createWorld();
    const { accessKeyId, secretAccessKey } = world.sandbox.credentials;
    await world.vault.put('r-1', 'new', new KeyPair(accessKeyId, secretAccessKey));

    const { verdict, reason } = await world.activities.verifyNewKey(world.context());

    expect(verdict).toBe('rejected');
    expect(reason).toContain('belongs to arn:aws:iam::123456789012:user/administrator, not to alice');
  });

  test('throws where the vault lost the pair', async () => {
    const world = await createWorld();

    await expect(world.activities.verifyNewKey(world.context())).rejects.toMatchObject({ name: 'VaultError' });
  });

  test('throws, and does not reject, where AWS does not answer', async () => {
    const world = await createWorld();
    const context = await world.reach('verifyNewKey');
    world.sandbox.fault({ operation: 'GetCallerIdentity', call: 'every', kind: 'error500' });

    await expect(world.activities.verifyNewKey(context)).rejects.toMatchObject({ name: 'AnswerUnknownError' });
  });
});

describe('deliverKey', () => {
  test('throws where the vault lost the pair, and no place is touched', async () => {
    const world = await createWorld();
    const context = await world.reach('deliverKey');
    await world.vault.remove('r-1', 'new');
    const before = world.content();

    await expect(world.activities.deliverKey(context)).rejects.toMatchObject({ name: 'VaultError' });
    expect(world.content()).toBe(before);
  });

  test('fails at a place that became read-only, in words that name it', async () => {
    const world = await createWorld({ profiles: ['default', 'batch'] });
    const context = await world.reach('deliverKey');
    chmodSync(world.credentialsFile, 0o400);

    const { verdict, reason, consumers } = await world.activities.deliverKey(context);

    expect(verdict).toBe('failed');
    expect(reason).toContain('read-only');
    expect(consumers.map(({ state }) => state)).toEqual(['failed', 'pending']);
    expect(world.left().places).toEqual({ default: 'old', batch: 'old' });
  });
});

describe('restoreConsumers', () => {
  test('fails where a place cannot be written, and says which; the others are restored', async () => {
    const world = await createWorld();
    const context = await world.reach('restoreConsumers', {}, { answers: { awaitGrace: ['rollBack'] } });
    chmodSync(world.credentialsFile, 0o400);

    const { verdict, consumers } = await world.activities.restoreConsumers(context);

    expect(verdict).toBe('failed');
    expect(consumers.map(({ state, note }) => [state, note?.includes('read-only')])).toEqual([['failed', true]]);
    expect(world.left().places).toEqual({ default: 'new' });
  });

  test('S24 leaves what holds neither of the two keys', async () => {
    const world = await createWorld();
    const context = await world.reach('restoreConsumers', {}, { answers: { awaitGrace: ['rollBack'] } });
    const foreign = '[default]\naws_access_key_id = AKIASOMEBODYELSE0001\naws_secret_access_key = x\n';
    writeFileSync(world.credentialsFile, foreign);

    const { verdict, consumers } = await world.activities.restoreConsumers(context);

    expect(verdict).toBe('restored');
    expect(consumers[0]).toMatchObject({
      state: 'left',
      note: 'it holds neither of the two keys, so it was left as it is',
    });
    expect(world.content()).toBe(foreign);
  });

  test('throws where the vault lost a pair, and no place is touched', async () => {
    const world = await createWorld();
    const context = await world.reach('restoreConsumers', {}, { answers: { awaitGrace: ['rollBack'] } });
    await world.vault.remove('r-1', 'old');

    await expect(world.activities.restoreConsumers(context)).rejects.toMatchObject({ name: 'VaultError' });
    expect(world.left().places).toEqual({ default: 'new' });
  });
});

describe('verifyOldKey', () => {
  const answers = { awaitGrace: ['rollBack' as const] };

  test('accepts the pair that was kept', async () => {
    const world = await createWorld();
    const context = await world.reach('verifyOldKey', {}, { answers });

    expect((await world.activities.verifyOldKey(context)).verdict).toBe('accepted');
  });

  test('says unkept where none was', async () => {
    const world = await createWorld();
    const context = await world.reach('verifyOldKey', {}, { answers });
    await world.vault.remove('r-1', 'old');

    expect((await world.activities.verifyOldKey(context)).verdict).toBe('unkept');
  });

  test('says notNeeded where no place was offered the new key', async () => {
    const world = await createWorld();

    expect((await world.activities.verifyOldKey(world.context())).verdict).toBe('notNeeded');
  });
});

test('createKey stops where the new key is in the vault and gone from AWS, and makes no other', async () => {
  const world = await createWorld();
  const context = await world.reach('verifyNewKey');
  world.account.deleteKey(context.createKey?.newKey ?? '');
  const { createKey: _, ...before } = context;

  await expect(world.activities.createKey(before)).rejects.toThrow(/^the claim of rotation|is gone from alice$/);
  expect(world.account.snapshot()[user]?.keys).toHaveLength(1);
});
