// What all rules reckon with, and the commands that they hand out.
import { describe, expect, test } from 'vitest';
import { days, nameOf, quoted, since } from '../../../src/audit/rules/reckoning.ts';
import { ago, findings, judge, key, keyInEvidence, limits, secondKey, user, wordsOf } from './judged.ts';

test.each([
  ['a day ago', '2026-12-05T10:00:00Z', 86_400_000],
  ['still to come', '2026-12-06T10:00:01Z', 0],
  ['nobody knows when', null, null],
  ['in words that are no time', 'N/A', null],
])('the time since an instant %s', (_, moment, expected) => {
  expect(since(moment, limits())).toBe(expected);
});

test.each([
  [0, '0.0 days'],
  [86_399_999, '0.9 days'],
  [86_400_000, '1.0 days'],
  [90.96 * 86_400_000, '90.9 days'],
])('%d ms are told as whole tenths of days that have passed', (ms, expected) => {
  expect(days(ms)).toBe(expected);
});

test.each([
  ['its id', key(), 'AKIAFIRSTFIRSTFIRST1'],
  ['its slot', key({ id: null, slot: 2 }), 'the key in slot 2'],
  ['nothing', key({ id: null, slot: null }), 'a key'],
])('a key is named by %s', (_, one, expected) => {
  expect(nameOf(one)).toBe(expected);
});

test.each([
  ['alice', 'alice'],
  ['a_b+c=d,e.f@g-h1', 'a_b+c=d,e.f@g-h1'],
  ['<root_account>', "'<root_account>'"],
  ['a b', "'a b'"],
  [' a', "' a'"],
  ['a ', "'a '"],
  ["o'brien'", "'o'\\''brien'\\'''"],
])('the name %s stands in a command as %s', (name, expected) => {
  expect(quoted(name)).toBe(expected);
});

test('a use that is not known is no use that did not happen', () => {
  const [said] = findings('AK-02', user({ keys: [key({ createdAt: ago(100), lastUsedAt: null, isUseKnown: false })] }));

  expect(said?.evidence).toMatchObject({ lastUsedAt: 'unknown' });
});

test('each judgement says of when it is', () => {
  const facts = user({ keys: [key({ createdAt: ago(100) })] });
  const judgedAt = (now: string) =>
    judge('AK-02', facts, { now: Date.parse(now) }).map(({ evidence }) => evidence.judgedAt);

  expect(judgedAt('2026-12-07T10:00:00Z')).toEqual(['2026-12-07T10:00:00Z']);
  expect(judgedAt('2026-12-08T10:00:00Z')).toEqual(['2026-12-08T10:00:00Z']);
  expect(judgedAt(keyInEvidence.judgedAt)).toEqual(['2026-12-06T10:00:00Z']);
});

describe('a command that can be copied as it is', () => {
  const old = { createdAt: ago(100) };

  test.each([
    ['its id', [key(old)], 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1'],
    ['no id, where it is the only active one', [key({ ...old, id: null })], 'keyturn rotate --user alice'],
    [
      'no id, beside an inactive one',
      [key({ ...old, id: null }), secondKey({ active: false })],
      'keyturn rotate --user alice',
    ],
    [
      'no id, beside another active one',
      [key({ ...old, id: null }), secondKey({ id: null })],
      'keyturn audit --user alice',
    ],
    [
      'its id, beside another active one',
      [key(old), secondKey()],
      'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
    ],
  ])('rotates a key with %s', (_, keys, command) => {
    expect(wordsOf('AK-02', user({ keys }))).toMatchObject([{ command }]);
  });

  test.each([
    ['deactivates', 'AK-10', key({ id: null, lastUsedAt: ago(50) })],
    ['deletes', 'AK-06', key({ id: null, active: false, createdAt: ago(100) })],
  ])('%s nothing of which the id is not known, and says how to learn it', (_, rule, one) => {
    expect(wordsOf(rule, user({ user: 'a b', keys: [one] }))).toMatchObject([
      { command: "keyturn audit --user 'a b'" },
    ]);
  });

  test.each([
    ['AK-02', "keyturn rotate --user 'a b' --key AKIAFIRSTFIRSTFIRST1"],
    ['AK-04', "keyturn retire --user 'a b' --key AKIAFIRSTFIRSTFIRST1 --new-key AKIASECONDSECONDSEC2"],
    ['AK-10', "aws iam update-access-key --user-name 'a b' --access-key-id AKIAFIRSTFIRSTFIRST1 --status Inactive"],
    ['AK-40', "aws iam tag-user --user-name 'a b' --tags Key=owner,Value=NAME@DOMAIN"],
  ])('has a name quoted: %s', (rule, command) => {
    const keys = [key({ createdAt: ago(100), lastUsedAt: ago(50) }), secondKey()];
    const tags = { state: 'known', value: {}, from: 'iam:Ask', at: ago(0) } as const;

    expect(wordsOf(rule, user({ user: 'a b', keys, tags }))).toMatchObject([{ command }]);
  });
});
