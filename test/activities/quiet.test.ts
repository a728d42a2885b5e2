import { describe, expect, test } from 'vitest';
import { graceOf, isShort, judgeQuiet, quietForOf, wasUsedAfterAll } from '../../src/activities/quiet.ts';
import { instant, timeOf } from '../../src/clock.ts';
import type { Override, Plan } from '../../src/machine/context.ts';

const hour = 3_600;
const day = 24 * hour;
const delivered = '2026-12-06T10:00:00Z';

interface Case {
  now: string;
  lastUsed: string | null;
  service?: string;
  from?: string;
  newKeyInUse?: boolean;
  quietFor?: number;
  watchLimit?: number;
  unproven?: 'ask' | 'proceed';
  overrides?: Override['what'][];
  createdAt?: string;
  /** There where the old key signs for keyturn: its last use before that. */
  before?: Plan['useBeforeOurs'];
}

function planOf({
  quietFor = 48 * hour,
  watchLimit = 30 * day,
  unproven = 'ask',
  overrides = [],
  before,
}: Partial<Case>): Plan {
  const exceptions = overrides.map((what) => ({ at: delivered, what, why: 'a flag' }));
  return {
    quietFor,
    grace: 7 * day,
    watchLimit,
    unproven,
    overrides: exceptions,
    ...(before && { useBeforeOurs: before }),
  } as unknown as Plan;
}

function judged(given: Case) {
  return judgeQuiet({
    now: timeOf(given.now),
    from: timeOf(given.from ?? delivered),
    delivered: timeOf(delivered),
    oldKey: {
      createdAt: given.createdAt ?? '2026-06-01T08:00:00Z',
      use: {
        lastUsedAt: given.lastUsed,
        lastUsedService: given.lastUsed && (given.service ?? 's3'),
        lastUsedRegion: given.lastUsed && 'eu-west-1',
      },
    },
    newKeyInUse: given.newKeyInUse ?? false,
    plan: planOf(given),
  });
}

function judge(given: Case): string {
  const { verdict, next } = judged(given);
  return verdict === 'busy' ? `busy until ${instant(next)}` : verdict;
}

describe('S13 quiet is known only up to the margin', () => {
  test.each<[string, Case, string]>([
    // 48 h and the longest margin, 4 h 15 min.
    ['right after delivery', { now: delivered, lastUsed: '2026-12-06T09:59:59Z' }, 'busy until 2026-12-08T14:15:00Z'],
    [
      'a second before',
      { now: '2026-12-08T14:14:59Z', lastUsed: '2026-12-06T09:00:00Z' },
      'busy until 2026-12-08T14:15:00Z',
    ],
    ['to the second', { now: '2026-12-08T14:15:00Z', lastUsed: '2026-12-06T09:00:00Z' }, 'quiet'],
    [
      'counted from a use after delivery',
      { now: '2026-12-08T14:15:00Z', lastUsed: '2026-12-07T20:00:00Z' },
      'busy until 2026-12-10T00:15:00Z',
    ],
    ['that too to the second', { now: '2026-12-10T00:15:00Z', lastUsed: '2026-12-07T20:00:00Z' }, 'quiet'],
    // A quarter of 4 h is 1 h.
    [
      'a short quiet has a short margin',
      { now: '2026-12-06T14:59:59Z', lastUsed: '2026-12-06T09:00:00Z', quietFor: 4 * hour },
      'busy until 2026-12-06T15:00:00Z',
    ],
    [
      'a short quiet, to the second',
      { now: '2026-12-06T15:00:00Z', lastUsed: '2026-12-06T09:00:00Z', quietFor: 4 * hour },
      'quiet',
    ],
    [
      '17 h: the margin is at its longest',
      { now: '2026-12-07T07:14:59Z', lastUsed: '2026-12-06T09:00:00Z', quietFor: 17 * hour },
      'busy until 2026-12-07T07:15:00Z',
    ],
    [
      '18 h: no longer than that',
      { now: '2026-12-07T08:15:00Z', lastUsed: '2026-12-06T09:00:00Z', quietFor: 18 * hour },
      'quiet',
    ],
    ['a second', { now: '2026-12-06T10:00:02Z', lastUsed: '2026-12-06T10:00:00Z', quietFor: 1 }, 'quiet'],
    [
      'after a reactivation all of it again',
      { now: '2026-12-10T10:00:00Z', from: '2026-12-09T10:00:00Z', lastUsed: '2026-12-06T09:00:00Z' },
      'busy until 2026-12-11T14:15:00Z',
    ],
    [
      'a reactivation does not make the silence before it doubtful',
      { now: '2026-12-11T14:15:00Z', from: '2026-12-09T10:00:00Z', lastUsed: '2026-12-06T09:00:00Z' },
      'quiet',
    ],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('S14 silence proves something only where there was sound', () => {
  test.each<[string, Case, string]>([
    [
      'used right at quietFor before delivery',
      { now: '2026-12-08T14:15:00Z', lastUsed: '2026-12-04T10:00:00Z' },
      'quiet',
    ],
    // 48 h and 1 s of silence before: as long again lies within the wait for quiet.
    ['a second longer ago', { now: '2026-12-08T14:15:00Z', lastUsed: '2026-12-04T09:59:59Z' }, 'unproven'],
    // Silent for ten days before: watched for ten days.
    [
      'silent for ten days',
      { now: '2026-12-08T14:15:00Z', lastUsed: '2026-11-26T10:00:00Z' },
      'busy until 2026-12-16T10:00:00Z',
    ],
    [
      'silent for ten days, a second before the end',
      { now: '2026-12-16T09:59:59Z', lastUsed: '2026-11-26T10:00:00Z' },
      'busy until 2026-12-16T10:00:00Z',
    ],
    [
      'silent for ten days, to the second',
      { now: '2026-12-16T10:00:00Z', lastUsed: '2026-11-26T10:00:00Z' },
      'unproven',
    ],
    [
      'silent for longer than the watch may last',
      { now: '2027-01-05T09:59:59Z', lastUsed: '2026-01-01T00:00:00Z' },
      'busy until 2027-01-05T10:00:00Z',
    ],
    [
      'unproven, not overdue, at the end of the watch',
      { now: '2027-01-05T10:00:00Z', lastUsed: '2026-01-01T00:00:00Z' },
      'unproven',
    ],
    [
      'no use known counts from the creation',
      { now: '2026-12-08T14:15:00Z', lastUsed: null, createdAt: '2026-12-01T10:00:00Z' },
      'busy until 2026-12-11T10:00:00Z',
    ],
    [
      'no use known, to the second',
      { now: '2026-12-11T10:00:00Z', lastUsed: null, createdAt: '2026-12-01T10:00:00Z' },
      'unproven',
    ],
    [
      'the new key was heard',
      { now: '2026-12-08T14:15:00Z', lastUsed: '2026-01-01T00:00:00Z', newKeyInUse: true },
      'quiet',
    ],
    [
      'the new key was heard, and no use of the old one is known',
      { now: '2026-12-08T14:15:00Z', lastUsed: null, newKeyInUse: true },
      'quiet',
    ],
    [
      'decided beforehand',
      { now: '2026-12-16T10:00:00Z', lastUsed: '2026-11-26T10:00:00Z', unproven: 'proceed' },
      'quiet',
    ],
    [
      'decided beforehand, but not before its time',
      { now: '2026-12-16T09:59:59Z', lastUsed: '2026-11-26T10:00:00Z', unproven: 'proceed' },
      'busy until 2026-12-16T10:00:00Z',
    ],
    ['used in the watch: that is sound', { now: '2026-12-10T00:15:00Z', lastUsed: '2026-12-07T20:00:00Z' }, 'quiet'],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('S14 where the old key signs for keyturn until the delivery', () => {
  const recent = { lastUsedAt: '2026-12-06T09:00:00Z', lastUsedService: 's3' };
  const silent = { lastUsedAt: '2026-11-26T10:00:00Z', lastUsedService: 's3' };
  const ownCommand = { lastUsedAt: '2026-12-06T09:00:00Z', lastUsedService: 'iam' };
  const quietAt = '2026-12-08T14:15:00Z';

  test.each<[string, Case, string]>([
    [
      'somebody else was heard before',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 'iam', before: recent },
      'quiet',
    ],
    [
      'ours does not end the silence before',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 'iam', before: silent },
      'busy until 2026-12-16T10:00:00Z',
    ],
    [
      'nor a moment after the delivery, as AWS may date it',
      { now: '2026-12-08T14:16:00Z', lastUsed: '2026-12-06T10:01:00Z', service: 'sts', before: silent },
      'busy until 2026-12-16T10:01:00Z',
    ],
    [
      'what comes later is somebody else',
      { now: '2026-12-08T14:16:01Z', lastUsed: '2026-12-06T10:01:01Z', service: 'sts', before: silent },
      'quiet',
    ],
    [
      'another service is somebody else',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 's3', before: silent },
      'quiet',
    ],
    [
      'an earlier command of ours is no sound either',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 'iam', before: ownCommand },
      'busy until 2027-01-05T10:00:00Z',
    ],
    [
      'no use known before',
      {
        now: quietAt,
        lastUsed: '2026-12-06T09:58:00Z',
        service: 'iam',
        before: { lastUsedAt: null, lastUsedService: null },
        createdAt: '2026-12-01T10:00:00Z',
      },
      'busy until 2026-12-11T10:00:00Z',
    ],
    [
      'somebody else was heard with the new key',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 'iam', before: silent, newKeyInUse: true },
      'quiet',
    ],
    [
      'a plan of an earlier release does not know',
      { now: quietAt, lastUsed: '2026-12-06T09:58:00Z', service: 'iam' },
      'quiet',
    ],
    [
      'S15 sessions were made before ours hid it',
      {
        now: '2026-12-06T11:15:00Z',
        lastUsed: '2026-12-06T09:58:00Z',
        service: 'iam',
        quietFor: hour,
        newKeyInUse: true,
        before: { lastUsedAt: '2026-12-06T09:00:00Z', lastUsedService: 'sts' },
      },
      'busy until 2026-12-08T06:15:00Z',
    ],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('overdue', () => {
  test.each<[string, Case, string]>([
    [
      'in use until the end of the watch',
      { now: '2027-01-05T09:59:59Z', lastUsed: '2027-01-05T09:00:00Z' },
      'busy until 2027-01-05T10:00:00Z',
    ],
    ['to the second', { now: '2027-01-05T10:00:00Z', lastUsed: '2027-01-05T09:00:00Z' }, 'overdue'],
    ['quiet just in time wins', { now: '2027-01-05T10:00:00Z', lastUsed: '2027-01-03T05:45:00Z' }, 'quiet'],
    [
      'a watch that is shorter than quiet',
      { now: '2026-12-07T10:00:00Z', lastUsed: '2026-12-06T09:00:00Z', watchLimit: day },
      'overdue',
    ],
  ])('%s', (_, given, expected) => {
    expect(judge(given)).toBe(expected);
  });
});

describe('says why', () => {
  const use = 'the old key was last used 2026-12-06T09:00:00Z';
  const silence = 'and nobody was seen using the new one: its silence proves nothing';
  const hidden = { lastUsedAt: '2026-11-26T10:00:00Z', lastUsedService: 's3' };

  test.each<[string, Case, string]>([
    ['busy', { now: delivered, lastUsed: '2026-12-06T09:00:00Z' }, use],
    ['quiet', { now: '2026-12-08T14:15:00Z', lastUsed: '2026-12-06T09:00:00Z' }, use],
    ['no use known', { now: delivered, lastUsed: null }, 'no use of the old key is known'],
    [
      'no use known, unproven',
      { now: '2027-01-05T10:00:00Z', lastUsed: null },
      `no use of the old key is known, ${silence}`,
    ],
    [
      'unproven',
      { now: '2027-01-05T10:00:00Z', lastUsed: '2026-01-01T00:00:00Z' },
      `the old key was last used 2026-01-01T00:00:00Z, ${silence}`,
    ],
    [
      'unproven, decided beforehand',
      { now: '2027-01-05T10:00:00Z', lastUsed: '2026-01-01T00:00:00Z', unproven: 'proceed' },
      `the old key was last used 2026-01-01T00:00:00Z, ${silence}; decided beforehand to go on all the same`,
    ],
    [
      'overdue',
      { now: '2027-01-05T10:00:00Z', lastUsed: '2027-01-05T09:00:00Z' },
      'the old key was last used 2027-01-05T09:00:00Z: it is in use for longer than the watch may last',
    ],
    [
      'the last use may be ours',
      { now: delivered, lastUsed: '2026-12-06T09:00:00Z', service: 'iam', before: hidden },
      `${use}, as far as is known by keyturn itself`,
    ],
    [
      'the last use is not ours, though it could be',
      { now: delivered, lastUsed: '2026-12-06T09:00:00Z', before: hidden },
      use,
    ],
  ])('%s', (_, given, reason) => {
    expect(judged(given).reason).toBe(reason);
  });
});

describe('S15 where sessions may hang on the key', () => {
  const sts = { lastUsedAt: delivered, lastUsedService: 'sts', lastUsedRegion: 'us-east-1' };

  test.each<[string, Partial<Case>, number, number]>([
    ['40 h at least', { quietFor: hour }, 40 * hour, 7 * day],
    ['longer stays longer', { quietFor: 50 * hour }, 50 * hour, 7 * day],
    ['shorter where that was asked for and recorded', { quietFor: hour, overrides: ['shortQuiet'] }, hour, 7 * day],
    [
      'a short grace asked for shortens the grace alone',
      { quietFor: hour, overrides: ['shortGrace'] },
      40 * hour,
      7 * day,
    ],
  ])('%s', (_, given, quiet, grace) => {
    expect(quietForOf(planOf(given), sts) / 1000).toBe(quiet);
    expect(graceOf(planOf(given), sts) / 1000).toBe(grace);
  });

  test('a short grace is 40 h too, unless it was asked for', () => {
    const short = { ...planOf({}), grace: hour };
    const asked = { ...planOf({ overrides: ['shortGrace'] }), grace: hour };

    expect([graceOf(short, sts), graceOf(asked, sts)]).toEqual([144_000_000, 3_600_000]);
  });

  test('another service needs no more than was asked for', () => {
    expect(quietForOf(planOf({ quietFor: hour }), { ...sts, lastUsedService: 's3' })).toBe(3_600_000);
  });

  test('quiet is 44 h 15 min after the last use', () => {
    const given = { lastUsed: '2026-12-06T09:00:00Z', service: 'sts', quietFor: hour };

    expect(judge({ ...given, now: '2026-12-08T06:14:59Z' })).toBe('busy until 2026-12-08T06:15:00Z');
    expect(judge({ ...given, now: '2026-12-08T06:15:00Z' })).toBe('quiet');
  });

  test('only what is asked for below 40 h is an exception', () => {
    expect([isShort(143_999), isShort(144_000)]).toEqual([true, false]);
  });
});

describe('S16 a use that became known after the deactivation', () => {
  const deactivation = { at: '2026-12-08T14:15:00Z', lastUsedAt: '2026-12-06T09:00:00Z' };

  test.each([
    [null, false],
    ['2026-12-06T09:00:00Z', false],
    ['2026-12-06T09:15:00Z', true],
    ['2026-12-08T14:14:59Z', true],
    ['2026-12-08T14:15:00Z', false],
    ['2026-12-08T14:20:00Z', false],
    ['2026-12-08T14:20:01Z', true],
  ])('%s: %s', (lastUsedAt, expected) => {
    expect(wasUsedAfterAll(lastUsedAt, deactivation)).toBe(expected);
  });

  test('the first use ever known counts as well', () => {
    expect(wasUsedAfterAll('2026-12-07T09:00:00Z', { ...deactivation, lastUsedAt: null })).toBe(true);
  });
});
