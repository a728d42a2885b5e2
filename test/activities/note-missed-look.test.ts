import { describe, expect, test } from 'vitest';
import { noteMissedLook } from '../../src/activities/note-missed-look.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { came } from '../support/outcomes.ts';
import { allBut, createWorld, user } from '../support/world.ts';

const deactivated = came('deactivateKey', { at: '2026-12-06T08:00:00Z' });
const missed = (missedSince: string, at = missedSince) => came('noteMissedLook', { at, missedSince });
const looked = (at: string) => came('checkHealth', { at });

const hour = 3_600;

describe('S2 noteMissedLook', () => {
  test('says why it could not be judged, since when, and when to look again', async () => {
    const world = await createWorld();
    const error = { Error: 'NoDataError', Cause: 'a probe has no data\nhint: wait' };

    expect(await world.activities.noteMissedLook(world.context({ ...deactivated, error }))).toEqual({
      at: '2026-12-06T10:00:00Z',
      verdict: 'waiting',
      reason: 'the health could not be judged: a probe has no data',
      missedSince: '2026-12-06T10:00:00Z',
      until: '2026-12-06T10:30:00Z',
      seconds: 1_800,
    });
    expect(world.operations()).toEqual([]);
  });

  test('and in the end that it has lasted for too long', async () => {
    const world = await createWorld();
    const error = { Error: 'NoDataError', Cause: 'a probe has no data\nhint: wait' };
    const context = world.context({ ...deactivated, ...missed('2026-12-06T08:00:00Z'), error });

    expect(await world.activities.noteMissedLook(context)).toEqual({
      at: '2026-12-06T10:00:00Z',
      verdict: 'tooLong',
      reason: 'the health could not be judged since 2026-12-06T08:00:00Z: a probe has no data',
      missedSince: '2026-12-06T08:00:00Z',
      until: '2026-12-06T10:00:01Z',
      seconds: 1,
    });
  });

  test.each<[string, Partial<RotationContext>, string]>([
    ['missed once', {}, 'the health could not be judged'],
    ['for too long', missed('2026-12-06T08:00:00Z'), 'the health could not be judged since 2026-12-06T08:00:00Z'],
  ])('needs no reason to say so: %s', async (_, members, reason) => {
    const world = await createWorld();

    expect((await world.activities.noteMissedLook(world.context({ ...deactivated, ...members }))).reason).toBe(reason);
  });

  test.each<[string, Partial<RotationContext>, string, string]>([
    ['the first one', {}, 'waiting', '2026-12-06T10:30:00Z'],
    ['a second before twice probeEvery', missed('2026-12-06T08:00:01Z'), 'waiting', '2026-12-06T10:00:01Z'],
    ['twice probeEvery, to the second', missed('2026-12-06T08:00:00Z'), 'tooLong', '2026-12-06T10:00:01Z'],
    [
      'a look since then succeeded',
      { ...missed('2026-12-06T08:00:00Z'), ...looked('2026-12-06T09:00:00Z') },
      'waiting',
      '2026-12-06T10:30:00Z',
    ],
    [
      'a look before them did',
      { ...missed('2026-12-06T08:00:00Z', '2026-12-06T09:30:00Z'), ...looked('2026-12-06T09:00:00Z') },
      'tooLong',
      '2026-12-06T10:00:01Z',
    ],
    [
      'only one of an earlier grace did',
      { ...missed('2026-12-06T08:00:00Z'), ...looked('2026-12-05T09:00:00Z') },
      'tooLong',
      '2026-12-06T10:00:01Z',
    ],
    ['misses of an earlier grace', missed('2026-12-05T08:00:00Z'), 'waiting', '2026-12-06T10:30:00Z'],
    [
      'no deactivation is known',
      { deactivateKey: undefined, ...missed('2026-12-06T07:00:00Z') } as never,
      'tooLong',
      '2026-12-06T10:00:01Z',
    ],
  ])('%s: %s', async (_, members, expected, until) => {
    const world = await createWorld();
    const context = world.context({ ...deactivated, ...members });

    const { verdict, until: next } = await world.activities.noteMissedLook(context);

    expect([verdict, next]).toEqual([expected, until]);
  });

  test('looks again halfway to the next look that was planned', async () => {
    const world = await createWorld();
    const plan = world.plan({ probeEvery: 6 * hour });

    const { until } = await world.activities.noteMissedLook(world.context({ ...deactivated, plan }));

    expect(until).toBe('2026-12-06T13:00:00Z');
  });

  test.each<[string, string[], string]>([
    ['whom AWS quarantined', ['AWSCompromisedKeyQuarantineV2'], 'hold'],
    ['whose policies cannot be read', [], 'tooLong'],
  ])('S8 for a user %s: %s', async (_, policies, expected) => {
    const world = await createWorld({
      policies: policies.length > 0 ? allBut() : allBut('iam:ListAttachedUserPolicies'),
    });
    world.account.setAttachedPolicies(user, policies);
    const context = world.context({ ...deactivated, ...missed('2026-12-06T08:00:00Z') });

    expect((await world.activities.noteMissedLook(context)).verdict).toBe(expected);
  });

  test('needs no answer of AWS', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: '*', call: 'every', kind: 'error500' });
    const context = world.context({ ...deactivated, ...missed('2026-12-06T08:00:00Z') });

    expect((await noteMissedLook(world.newDeps())(context)).verdict).toBe('tooLong');
  });
});
