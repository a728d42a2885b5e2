// What a person excepts from the plan while a rotation is under way is in its record, whichever way the word came.
import { describe, expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const proceed = { signal: 'proceed' as const, at: '2026-12-06T11:00:00.123Z' };

describe('S37 a wait that was ended by a person', () => {
  test('is an exception where the word was left for the process that waits', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    await world.store.signal('r-1', { ...proceed, state: 'awaitQuiet', entry: 1 });
    await world.resume({ wait: false });
    await world.store.signal('r-1', { ...proceed, state: 'awaitGrace', entry: 2 });

    const { ended, record } = await world.resume({ wait: false });

    expect(ended).toBe('rotated');
    expect(record.context.plan.overrides).toEqual([
      { at: '2026-12-06T10:00:03Z', what: 'proceed', why: 'keyturn proceed at awaitQuiet' },
      { at: '2026-12-06T10:00:03Z', what: 'deleteNow', why: 'keyturn proceed at awaitGrace' },
    ]);
  });

  test('is one where it was brought along, beside those of the plan', async () => {
    const world = await createWorld();
    const blind = { at: '2026-12-06T10:00:00Z', what: 'blindGrace' as const, why: 'no --probe' };
    await world.start({ overrides: [blind] }, { wait: false });

    const { record } = await world.resume({ wait: false, given: { ...proceed, state: 'awaitQuiet', entry: 1 } });

    expect(record.state).toBe('awaitGrace');
    expect(record.context.plan.overrides.map(({ what }) => what)).toEqual(['blindGrace', 'proceed']);
  });

  test('stays one, and once, where the process was killed before it followed the word', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    await world.store.signal('r-1', { ...proceed, state: 'awaitQuiet', entry: 1 });
    await world.resume({ wait: false, killBefore: (call) => call === 'takeSignal' });

    const { record } = await world.resume({ wait: false });

    expect(record.state).toBe('awaitGrace');
    expect(record.context.plan.overrides.map(({ what }) => what)).toEqual(['proceed']);
  });

  test('is none where it was not meant for this wait, or leads back', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    await world.resume({ wait: false, given: { ...proceed, state: 'awaitQuiet', entry: 7 } });

    const { ended, record } = await world.resume({ answers: { awaitQuiet: ['rollBack'] } });

    expect(ended).toBe('rolledBack');
    expect(record.context.plan.overrides).toEqual([]);
  });
});
