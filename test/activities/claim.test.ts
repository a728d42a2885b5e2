import { describe, expect, test } from 'vitest';
import { type Claim, claimsOf, claimTag, formatClaim } from '../../src/activities/claim.ts';

const claim: Claim = {
  rotation: '20261206-7f3a',
  since: '2026-12-06T10:00:00Z',
  counter: 3,
  step: 'deactivateKey',
  at: '2026-12-08T14:15:03Z',
  keys: ['AKIAOLDOLDOLDOLD0001', 'AKIANEWNEWNEWNEW0002'],
};
const text =
  'since=2026-12-06T10:00:00Z n=3 step=deactivateKey at=2026-12-08T14:15:03Z keys=AKIAOLDOLDOLDOLD0001/AKIANEWNEWNEWNEW0002';

describe('a claim', () => {
  test.each<[string, Claim, string]>([
    ['with its keys', claim, text],
    ['without a key', { ...claim, keys: [] }, text.replace(/ keys=.*/, '')],
    ['with an unsettled request', { ...claim, asked: '2026-12-06T10:00:02Z' }, `${text} asked=2026-12-06T10:00:02Z`],
  ])('%s is written and read', (_, given, expected) => {
    expect(formatClaim(given)).toBe(expected);
    expect(claimsOf({ [claimTag(given.rotation)]: expected })).toStrictEqual([given]);
  });

  test('that says nothing readable is still one', () => {
    const unread = { rotation: 'r-1', since: '', counter: 0, step: '', at: '', keys: [] };

    expect(claimsOf({ 'keyturn:claim:r-1': 'what?' })).toStrictEqual([unread]);
  });

  test('fits into a tag with the longest of everything that AWS hands out', () => {
    const longest = formatClaim({
      ...claim,
      counter: 9_999,
      step: 'preflightConsumers',
      asked: '2026-12-06T10:00:02Z',
    });

    expect(longest.length).toBeLessThanOrEqual(256);
    expect(longest).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u);
    expect(claimTag(claim.rotation)).toBe('keyturn:claim:20261206-7f3a');
  });
});

describe('S10 of several claims', () => {
  const at = (since: string, n = 0) => `since=${since} n=${n} step=claimUser at=${since}`;

  test.each<[string, Record<string, string>, string[]]>([
    [
      'the older one is first',
      { 'keyturn:claim:b': at('2026-12-06T10:00:00Z'), 'keyturn:claim:a': at('2026-12-06T10:00:01Z') },
      ['b', 'a'],
    ],
    [
      'in the same second the smaller id is',
      { 'keyturn:claim:b': at('2026-12-06T10:00:00Z'), 'keyturn:claim:a': at('2026-12-06T10:00:00Z') },
      ['a', 'b'],
    ],
    [
      'one that cannot be read is',
      { 'keyturn:claim:a': at('2020-01-01T00:00:00Z'), 'keyturn:claim:b': 'what?' },
      ['b', 'a'],
    ],
    ['an empty one is', { 'keyturn:claim:a': at('2020-01-01T00:00:00Z'), 'keyturn:claim:b': '' }, ['b', 'a']],
    [
      'a released one is none',
      { 'keyturn:claim:a': 'released 2026-12-06T10:00:00Z', 'keyturn:claim:b': at('2026-12-06T10:00:00Z') },
      ['b'],
    ],
    ['other tags are none', { team: 'web', 'keyturn:user': 'alice', 'keyturn:claims': 'x' }, []],
  ])('%s', (_, tags, expected) => {
    expect(claimsOf(tags).map(({ rotation }) => rotation)).toEqual(expected);
  });
});
