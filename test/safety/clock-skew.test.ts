// A machine whose clock is wrong by weeks, against an AWS that refuses signatures more than 15 minutes off: the SDK learns
// the right time from the first refusal, and CreateAccessKey, which is sent once, uses what was learned.
import { expect, onTestFinished, test, vi } from 'vitest';
import { createWorld } from '../support/world.ts';

test('S11 a rotation ends well where this machine’s clock is two weeks off, and AWS checks it', async () => {
  // The SDK signs by this machine's real clock, whatever the virtual one says.
  vi.stubEnv('AWS_DISABLE_CLOCK_SKEW_CORRECTION', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const world = await createWorld({ settings: { enforceClockSkew: true } });

  const { ended } = await world.start(
    { quietFor: 60, grace: 60, watchLimit: 600 },
    { answers: { awaitQuiet: ['proceed'], awaitGrace: ['proceed'] } },
  );

  expect(ended).toBe('rotated');
  expect(
    world.sandbox.requests.filter(({ operation }) => operation === 'CreateAccessKey').map(({ error }) => error),
  ).toEqual([null]);
  expect(world.sandbox.requests.some(({ error }) => error !== null)).toBe(true);
  expect(world.left()).toEqual({ keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } });
});
