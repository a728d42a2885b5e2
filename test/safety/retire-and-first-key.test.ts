// The two rotations that are not whole: the second half alone, for a key that something else replaced, and the first half
// alone, for a user who has none.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorld, hour, type World } from '../support/world.ts';

const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };

describe('retire', () => {
  const worldOfTwoKeys = () =>
    createWorld({ keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-11-01T08:00:00Z' }] });
  const planOf = (world: World) => ({ from: 'watch' as const, newKey: world.ids[1] ?? '', consumers: [] });

  test('watches, deactivates and deletes a key that something else replaced', async () => {
    const world = await worldOfTwoKeys();

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('rotated');
    expect(world.left()).toMatchObject({ keys: ['other Active'], claims: [], vault: [] });
    expect(world.operations()).not.toContain('CreateAccessKey');
  });

  test('rolled back in the grace: the old key is active again and nothing else is touched', async () => {
    const world = await worldOfTwoKeys();

    const { ended } = await world.start(planOf(world), { answers: { awaitGrace: ['rollBack'] } });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({
      keys: ['old Active', 'other Active'],
      claims: [],
      vault: [],
      places: { default: 'old' },
    });
  });

  test('is refused where the new key is not active', async () => {
    const world = await worldOfTwoKeys();
    world.account.setStatus(world.ids[1] ?? '', 'Inactive');

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('refused');
    expect(world.left()).toMatchObject({ keys: ['old Active', 'other Inactive'], claims: [] });
  });

  test('is refused where the old key is inactive already', async () => {
    const world = await worldOfTwoKeys();
    world.account.setStatus(world.oldKey, 'Inactive');

    const { ended } = await world.start(planOf(world));

    expect(ended).toBe('refused');
    expect(world.left()).toMatchObject({ keys: ['old Inactive', 'other Active'], claims: [] });
  });
});

describe('the first key of a user who has none', () => {
  test('is made, delivered to a profile that holds none, and there is nothing to watch', async () => {
    const world = await createWorld({ keys: [] });
    writeFileSync(world.credentialsFile, '[other]\nregion = eu-west-1\n', { mode: 0o600 });

    const { ended, record } = await world.start();

    expect(ended).toBe('rotated');
    expect(record.history.at(-1)?.at).toMatch(/^2026-12-06T10:00:0/);
    expect(world.left()).toEqual(rotated);
  });

  test('killed at CreateAccessKey the run after it removes the orphan', async () => {
    const world = await createWorld({ keys: [] });
    writeFileSync(world.credentialsFile, '', { mode: 0o600 });
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'CreateAccessKey' });

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual({ ...rotated, keys: ['another new Active'], places: { default: 'another new' } });
  });

  test('that AWS never accepts is removed', async () => {
    const world = await createWorld({ keys: [], settings: { newKeyDelay: hour * 24_000 } });
    writeFileSync(world.credentialsFile, '', { mode: 0o600 });

    const { ended } = await world.start();

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({ keys: [], claims: [], vault: [], places: {} });
  });
});
