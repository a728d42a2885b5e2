import { expect, test } from 'vitest';
import { awsTime, skewSeconds, stamp, waitUntil } from '../../src/activities/aws-time.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { timeOf } from '../../src/clock.ts';

const now = timeOf('2026-12-06T10:00:00Z');

test.each([
  ['2026-12-06T11:00:00Z', 3_600, '2026-12-06T11:00:00Z'],
  ['2026-12-06T10:00:01Z', 1, '2026-12-06T10:00:01Z'],
  ['2026-12-06T10:00:00Z', 1, '2026-12-06T10:00:01Z'],
  ['2020-01-01T00:00:00Z', 1, '2026-12-06T10:00:01Z'],
  ['2027-11-30T05:06:39Z', 30_999_999, '2027-11-30T05:06:39Z'],
  ['2027-11-30T05:06:40Z', 31_000_000, '2027-11-30T05:06:40Z'],
  ['2040-01-01T00:00:00Z', 31_000_000, '2027-11-30T05:06:40Z'],
])('S12 a wait until %s is %d s', (until, seconds, really) => {
  expect(waitUntil(now, timeOf(until))).toEqual({ until: really, seconds });
});

test('S12 a wait is a whole number of seconds, rounded up', () => {
  expect(waitUntil(now, now + 1_001)).toEqual({ until: '2026-12-06T10:00:02Z', seconds: 2 });
});

test.each([
  [null, '2026-12-06T10:00:00Z', 0],
  ['2026-11-26T10:00:00Z', '2026-11-26T10:00:00Z', 864_000],
  ['2026-12-06T10:05:00Z', '2026-12-06T10:05:00Z', -300],
])('S11 where AWS says %s it is %s, and this machine is %d s ahead', (date, at, ahead) => {
  const deps = { aws: { time: () => date && timeOf(date) }, clock: { now: () => now } } as unknown as ActivityDeps;

  expect([awsTime(deps), stamp(deps), skewSeconds(deps)]).toEqual([timeOf(at), at, ahead]);
});
