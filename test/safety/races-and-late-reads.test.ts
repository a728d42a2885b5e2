import { describe, expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const untouched = { keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } };
const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };

test('of two rotations of one user at once one is refused and withdraws', async () => {
  const world = await createWorld();

  const ends = await Promise.all([world.start(), world.start({}, { rotation: 'r-2' })]);

  expect(ends.map(({ ended }) => ended).sort()).toEqual(['refused', 'rotated']);
  expect(world.left()).toEqual(rotated);
});

test('a second rotation of a user who is being rotated is refused with the first one’s id', async () => {
  const world = await createWorld();
  await world.start({}, { wait: false });
  const before = world.left();

  const { ended, record } = await world.start({}, { rotation: 'r-2' });

  expect(ended).toBe('refused');
  expect(record.context.releaseUser?.reason).toBe(
    'alice is being rotated already: rotation r-1 since 2026-12-06T10:00:00Z',
  );
  expect(world.left()).toEqual(before);
});

describe('reads that are behind', () => {
  test.each([2_000, 4_000, 8_000])('by %d ms: the rotation ends as ever', async (readDelay) => {
    const world = await createWorld({ settings: { readDelay } });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
    expect(world.outages).toEqual([]);
  });

  test.each([2_000, 4_000, 8_000])('by %d ms now and then: the rotation ends as ever', async (readDelay) => {
    const world = await createWorld({ settings: { readDelay, staleReads: ({ read }) => read % 2 === 0 } });

    const { ended } = await world.start();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });

  test('two rotations at once: at most one goes on, and the other leaves no claim behind', async () => {
    const world = await createWorld({ settings: { readDelay: 1_500 } });

    const ends = await Promise.all([world.start(), world.start({}, { rotation: 'r-2' })]);

    expect(ends.map(({ ended }) => ended).sort()).toEqual(['refused', 'rotated']);
    expect(world.left()).toEqual(rotated);
  });
});

test('throttled now and then, the rotation ends as ever', async () => {
  const world = await createWorld();
  world.sandbox.fault({ operation: '*', call: (call) => [3, 20, 40].includes(call), kind: 'throttled' });

  const { ended } = await world.start();

  expect(ended).toBe('rotated');
  expect(world.left()).toEqual(rotated);
});

test('throttled for good at CreateAccessKey, which is sent once: refused, and nothing is left', async () => {
  const world = await createWorld();
  world.sandbox.fault({ operation: 'CreateAccessKey', call: 'every', kind: 'throttled' });

  const { ended } = await world.start();

  expect(ended).toBe('refused');
  expect(world.left()).toEqual(untouched);
  expect(world.operations().filter((name) => name === 'CreateAccessKey')).toHaveLength(1);
});
