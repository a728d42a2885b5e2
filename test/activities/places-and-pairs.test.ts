// Restoring what places held: what is said, what is thrown, and what is left alone.
import { chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

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
