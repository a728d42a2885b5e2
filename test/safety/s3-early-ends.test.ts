// A wait that ended before its time, as where a clock was set or a timer fired at once: its end proves nothing, so what
// comes after it judges again, by AWS's time.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

test('S3 a watch that ended too early goes on', async () => {
  const world = await createWorld();

  const { ended, record } = await world.start({}, { answers: { awaitQuiet: ['elapsed', 'elapsed'] } });

  const waits = record.history.filter(({ state, event }) => state === 'awaitQuiet' && event === 'waiting');
  expect(ended).toBe('rotated');
  expect(waits).toHaveLength(3);
  expect(record.context.deactivateKey?.at).toBe('2026-12-08T14:15:03Z');
});

test('S3 a grace that ended too early goes on', async () => {
  const world = await createWorld();

  const { ended, record } = await world.start({}, { answers: { awaitGrace: ['elapsed', 'elapsed'] } });

  const waits = record.history.filter(({ state, event }) => state === 'awaitGrace' && event === 'waiting');
  expect(ended).toBe('rotated');
  expect(waits).toHaveLength(3);
  expect(record.context.deleteKey?.at).toBe('2026-12-10T14:15:08Z');
});

test('S3 nothing is deleted before the grace has passed, whoever says that it has', async () => {
  const world = await createWorld();
  const context = await world.reach('checkHealth');
  const checkHealth = { at: '', verdict: 'passed' as const, reason: '', until: '', seconds: 1, lookedBefore: null };

  const acting = world.activities.deleteKey({ ...context, checkHealth });

  await expect(acting).rejects.toThrow('the grace has not passed');
  expect(world.left().keys).toEqual(['old Inactive', 'new Active']);
});
