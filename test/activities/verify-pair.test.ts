// Whether AWS accepts a pair: how often it is asked, how far apart, for how long, and what is said of the answer.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { verifyPair } from '../../src/activities/verify-pair.ts';
import type { Plan } from '../../src/machine/context.ts';
import { createWorld, user, type WorldOptions } from '../support/world.ts';

const newKey = 'AKIANEWNEWNEWNEW0002';

/** A world with a new key, of which AWS refuses these attempts, and how long was slept between them. */
async function arranged(refused: (attempt: number) => boolean = () => false, options: WorldOptions = {}) {
  const world = await createWorld({
    ...options,
    settings: { newKeyDelay: 86_400_000, newKeyRefusal: ({ attempt }) => refused(attempt) },
  });
  const { secretAccessKey } = world.account.createKey(user, { accessKeyId: newKey });
  const slept: number[] = [];
  const clock: ActivityDeps['clock'] = {
    ...world.clock,
    sleep: async (ms, signal) => {
      slept.push(ms);
      await world.clock.sleep(ms, signal);
    },
  };
  const deps = { ...world.newDeps(), clock };
  const pair = new KeyPair(newKey, secretAccessKey);
  const verify = (plan: Partial<Plan> = {}, given: Partial<ActivityDeps> = {}) =>
    verifyPair({ ...deps, ...given }, world.plan(plan), pair);
  return { world, slept, verify };
}

describe('a pair is accepted', () => {
  test.each<[string, (attempt: number) => boolean, number, number[]]>([
    ['after three successes in a row', () => false, 3, [500, 500]],
    [
      'where AWS gets to know it slowly: the pauses double up to 8 s',
      (attempt) => attempt <= 6,
      9,
      [1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 500, 500],
    ],
    [
      'where not every server knows it: each refusal starts the count and the pauses anew',
      (attempt) => [1, 3, 6].includes(attempt),
      9,
      [1_000, 500, 1_000, 500, 500, 1_000, 500, 500],
    ],
  ])('%s', async (_, refused, attempts, pauses) => {
    const { slept, verify } = await arranged(refused);

    expect(await verify()).toEqual({ verdict: 'accepted', reason: 'AWS accepts AKIA…0002', attempts });
    expect(slept).toEqual(pauses);
  });
});

describe('a pair is rejected', () => {
  const within = 'AWS did not accept AKIA…0002 within a minute';

  test.each<[string, (attempt: number) => boolean, number, number]>([
    ['that AWS never accepts', () => true, 11, 63_000],
    ['at the end of a minute, to the second', (attempt) => ![10, 13].includes(attempt), 15, 60_000],
  ])('%s', async (_, refused, attempts, took) => {
    const { slept, verify } = await arranged(refused);

    expect(await verify()).toEqual({ verdict: 'rejected', reason: within, attempts });
    expect(slept.reduce((sum, ms) => sum + ms)).toBe(took);
  });

  test('that is somebody else’s, at once', async () => {
    const { verify } = await arranged();

    expect(await verify({ user: 'bob', userId: 'AIDAOTHEROTHEROTHER01' })).toEqual({
      verdict: 'rejected',
      reason: 'AKIA…0002 belongs to arn:aws:iam::123456789012:user/alice, not to bob',
      attempts: 1,
    });
  });
});

describe('neither', () => {
  test('where AWS does not answer', async () => {
    const { world, verify } = await arranged();
    world.sandbox.fault({ operation: 'GetCallerIdentity', call: 'every', kind: 'error500' });

    await expect(verify()).rejects.toMatchObject({ name: 'AnswerUnknownError' });
  });

  test('where the person does not want to wait any more', async () => {
    const { verify } = await arranged();

    const verifying = verify({}, { signal: AbortSignal.abort(new Error('stopped')) });

    await expect(verifying).rejects.toThrow('stopped');
  });
});
