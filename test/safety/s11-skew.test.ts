import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

const minute = 60_000;

test.each([
  [40 * 24 * 60 * minute, "this machine's clock is 57600 minutes ahead of AWS's; AWS's is what counts"],
  [-6 * minute, "this machine's clock is 6 minutes behind AWS's; AWS's is what counts"],
])('S11 a clock that is wrong by %i ms is warned of and recorded', async (skew, warning) => {
  const world = await createWorld({ skew });

  const { record } = await world.start({}, { wait: false });

  expect(world.announcements[0]).toEqual({ about: 'claimUser', text: warning });
  expect(record.context.claimUser?.skewSeconds).toBe(skew / 1000);
});

test('S11 a clock within five minutes of AWS is not spoken of', async () => {
  const world = await createWorld({ skew: 5 * minute });

  await world.start({}, { wait: false });

  expect(world.announcements).toEqual([]);
});

test.each([[40 * 24 * 60 * minute], [-40 * 24 * 60 * minute]])(
  'S11 with a clock that is wrong by %i ms the history tells AWS’s time, in order',
  async (skew) => {
    const world = await createWorld({ skew });

    const { record } = await world.start();

    const stamps = record.history.map(({ at }) => at);
    const created = record.history.find(({ state, event }) => state === 'createKey' && event === 'done');
    expect(stamps).toEqual([...stamps].sort());
    expect([stamps.at(0), created?.at, stamps.at(-1)]).toEqual([
      '2026-12-06T10:00:00Z',
      record.context.createKey?.at,
      '2026-12-10T14:15:08Z',
    ]);
    expect(record.context.execution?.startTime).toBe('2026-12-06T10:00:00Z');
  },
);

test('S11 where an earlier run’s clock was ahead, and nobody knew it, the history stays in order', async () => {
  const world = await createWorld();
  const { record } = await world.start({}, { wait: false });
  const last = record.history.at(-1) as (typeof record.history)[number];
  const ahead = { ...last, at: '2026-12-06T11:00:00Z' };
  await world.store.save({ ...record, history: [...record.history.slice(0, -1), ahead] });

  const { record: resumed } = await world.resume();

  const stamps = resumed.history.map(({ at }) => at);
  expect(stamps).toEqual([...stamps].sort());
  expect(resumed.context.claimUser?.at).toBe('2026-12-06T10:00:03Z');
});
