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
