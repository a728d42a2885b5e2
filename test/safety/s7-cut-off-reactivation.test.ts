// A process that ends right after it made the old key active again: what the next run finds is its own rotation's doing,
// not a person's.
import { describe, expect, test } from 'vitest';
import type { RequestEvent } from '../../src/sandbox/index.ts';
import { createWorld, type World } from '../support/world.ts';

const killAtReactivation = () => {
  let changes = 0;
  return ({ phase, operation }: RequestEvent) =>
    phase === 'after' && operation === 'UpdateAccessKey' && ++changes === 2;
};

/** Killed in reactivateToWatch: in the grace a use from before the deactivation became known. */
async function killedWorld(kill: 'before the call' | 'after the call'): Promise<World> {
  const world = await createWorld();
  const { ended } = await world.start(
    {},
    {
      ...(kill === 'after the call' ? { killAt: killAtReactivation() } : { killIn: 'reactivateKey' as const }),
      onStep: ({ state, event }) => {
        if (state === 'awaitGrace' && event === 'waiting')
          world.account.use(world.oldKey, { at: '2026-12-08T14:00:00Z' });
      },
    },
  );
  expect(ended).toBe('killed');
  await world.clock.sleep(60_000);
  return world;
}

describe('S7 a reactivation that was cut off', () => {
  test('is this rotation’s own: the key is watched anew, and deactivated again once it is quiet', async () => {
    const world = await killedWorld('after the call');
    const between = world.left().keys;

    const { ended, record } = await world.resume();

    const looks = record.history.filter(({ state, event }) => state === 'checkHealth' && event === 'done');
    expect(between).toEqual(['old Active', 'new Active']);
    expect(looks[2]?.detail).toMatch(
      /^failing: an earlier run was cut off while it made the old key active again: the old/,
    );
    expect(record.history.some(({ detail }) => detail.includes('by hand'))).toBe(false);
    expect(record.context.reactivateKey).toMatchObject({ changed: true, times: 1 });
    expect(ended).toBe('rotated');
  });

  test('counts: the second grace that ends so is the last', async () => {
    const world = await killedWorld('after the call');

    const { ended, record } = await world.resume({
      onStep: ({ state, event }) => {
        if (state === 'awaitGrace' && event === 'waiting')
          world.account.use(world.oldKey, { at: '2026-12-10T12:00:00Z' });
      },
    });

    expect(ended).toBe('stuck');
    expect(record.context.checkHealth?.verdict).toBe('failingAgain');
    expect(record.history.at(-2)?.state).toBe('reactivateToStop');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('in the last one a person has to look, as if it had not been cut off', async () => {
    const world = await killedWorld('after the call');
    await world.resume({
      killAt: killAtReactivation(),
      onStep: ({ state, event }) => {
        if (state === 'awaitGrace' && event === 'waiting')
          world.account.use(world.oldKey, { at: '2026-12-10T12:00:00Z' });
      },
    });

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.history.at(-2)?.state).toBe('reactivateToStop');
    expect(record.context.reactivateKey?.times).toBe(2);
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('that never came to pass leaves the grace to be judged anew', async () => {
    const world = await killedWorld('before the call');

    const { record } = await world.resume({ killIn: 'reactivateKey' });

    expect(record.context.interruptions).toEqual([]);
    expect((await world.store.load('r-1')).context.checkHealth?.reason).toMatch(/^the old key was in use after all/);
  });

  test('that never came to pass does not make a person’s later one ours', async () => {
    const world = await createWorld();
    await world.start({}, { answers: { awaitGrace: ['reactivate'] }, killIn: 'reactivateKey' });
    const { record: inGrace } = await world.resume({ wait: false });
    world.account.setStatus(world.oldKey, 'Active');

    const { ended, record } = await world.resume();

    expect(inGrace.park?.state).toBe('awaitGrace');
    expect(ended).toBe('stuck');
    expect(record.context.checkOldKeyUse?.reason).toContain('made active again by hand');
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });
});
