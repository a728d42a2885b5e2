// Rules about when a key was used, at the second where they begin to speak.
import { describe, expect, test } from 'vitest';
import { ago, judge, key, known, root, rotation, severitiesOf, user } from './judged.ts';

const prowler = { asProwler: true };
const usedAt = (lastUsedAt: string | null) => user({ keys: [key({ createdAt: ago(80), lastUsedAt })] });
const neverUsed = (createdAt: string, given = {}) => user({ keys: [key({ createdAt, lastUsedAt: null })], ...given });
const notKnown = user({
  keys: [key({ createdAt: ago(80), lastUsedAt: null, isUseKnown: false })],
  passwordEnabled: true,
});

describe('AK-10', () => {
  test.each([
    ['44.96 days', ago(44.96), []],
    ['45 days less a second', ago(45, -1), []],
    ['45 days to the second', ago(45), ['medium']],
    ['45.04 days', ago(45.04), ['medium']],
    ['46.04 days', ago(46.04), ['medium']],
    ['a stamp that is still to come', ago(-1), []],
  ])('last used %s ago', (_, lastUsedAt, expected) => {
    expect(severitiesOf('AK-10', usedAt(lastUsedAt))).toEqual(expected);
  });

  test.each([
    ['45.04 days', ago(45.04), []],
    ['46 days less a second', ago(46, -1), []],
    ['46 days', ago(46), ['medium']],
    ['46.04 days', ago(46.04), ['medium']],
  ])('as Prowler reckons, last used %s ago', (_, lastUsedAt, expected) => {
    expect(severitiesOf('AK-10', usedAt(lastUsedAt), prowler)).toEqual(expected);
  });

  test('a key that was never used is AK-11’s', () => {
    expect(severitiesOf('AK-10', usedAt(null))).toEqual([]);
    expect(severitiesOf('AK-11', usedAt(null))).toEqual(['medium']);
  });
});

describe('AK-11', () => {
  test.each([
    ['7 days less a second', ago(7, -1), []],
    ['7 days', ago(7), ['informational']],
    ['45 days less a second', ago(45, -1), ['informational']],
    ['45 days to the second', ago(45), ['medium']],
  ])('never used in %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-11', neverUsed(createdAt))).toEqual(expected);
  });

  test('the new key of a rotation has time until the benchmark speaks', () => {
    const rotations = known([rotation({ newKey: 'AKIAFIRSTFIRSTFIRST1', oldKey: null })]);

    expect(severitiesOf('AK-11', neverUsed(ago(10), { rotations }))).toEqual([]);
    expect(severitiesOf('AK-11', neverUsed(ago(45), { rotations }))).toEqual(['medium']);
  });
});

describe('AK-12', () => {
  const console = { passwordEnabled: true };

  test.each([
    ['24 hours to the second', ago(1), []],
    ['24 hours and a second', ago(1, 1), ['medium']],
  ])('a console user’s key, never used in %s', (_, createdAt, expected) => {
    expect(severitiesOf('AK-12', neverUsed(createdAt, console))).toEqual(expected);
  });

  test('Prowler gives it no time at all, and no allowance for a rotation', () => {
    const rotations = known([rotation({ newKey: 'AKIAFIRSTFIRSTFIRST1', oldKey: null })]);

    expect(severitiesOf('AK-12', neverUsed(ago(0), { ...console, rotations }), prowler)).toEqual(['medium']);
  });

  test('nor is the new key of an open rotation wrong', () => {
    const rotations = known([rotation({ newKey: 'AKIAFIRSTFIRSTFIRST1', oldKey: null })]);

    expect(severitiesOf('AK-12', neverUsed(ago(5), { ...console, rotations }))).toEqual([]);
  });

  test.each([
    ['no password', false],
    ['a password of which AWS does not say', null],
  ])('%s', (_, passwordEnabled) => {
    expect(severitiesOf('AK-12', neverUsed(ago(60), { passwordEnabled }))).toEqual([]);
  });
});

describe('AK-13', () => {
  const madeAfter = (seconds: number, given = {}) =>
    user({
      createdAt: ago(20, 100),
      passwordEnabled: true,
      keys: [key({ createdAt: ago(20, 100 - seconds), ...given })],
    });

  test.each([
    ['at once, used', 0, {}, ['low']],
    ['59 seconds later, used', 59, {}, ['low']],
    ['60 seconds later', 60, {}, []],
    ['before the user', -1, {}, []],
    ['5 seconds later, never used', 5, { lastUsedAt: null }, ['medium']],
    ['5 seconds later, in the second slot', 5, { slot: 2 }, ['low']],
    ['5 seconds later, inactive', 5, { active: false }, ['low']],
  ])('a key made %s', (_, seconds, given, expected) => {
    expect(severitiesOf('AK-13', madeAfter(seconds, given))).toEqual(expected);
  });

  test('the evidence says what others would make of it', () => {
    expect(judge('AK-13', madeAfter(30))[0]?.evidence.elsewhere).toEqual({
      powerpipe: false,
      cloudGuard: true,
      prowler: false,
    });
  });

  test('a user without a password may have a key from the start', () => {
    expect(severitiesOf('AK-13', { ...madeAfter(5), passwordEnabled: false })).toEqual([]);
  });
});

describe('AK-24', () => {
  const signedIn = (passwordLastUsed: string | null, lastUsedAt: string) =>
    user({ passwordEnabled: true, passwordLastUsed, keys: [key({ lastUsedAt })] });

  test.each([
    ['90 days ago, the key in use', ago(90), ago(1), []],
    ['90 days and a second ago, the key in use', ago(90, 1), ago(1), ['high']],
    ['100 days ago, the key unused for 45 days', ago(100), ago(45), ['high']],
    ['100 days ago, the key unused for longer', ago(100), ago(45, 1), []],
    ['never, or AWS does not know', null, ago(1), []],
  ])('signed in %s', (_, passwordLastUsed, lastUsedAt, expected) => {
    expect(severitiesOf('AK-24', signedIn(passwordLastUsed, lastUsedAt))).toEqual(expected);
  });
});

test.each(['AK-10', 'AK-11', 'AK-12', 'AK-24'])('%s takes what is not known for no use at all of none', (rule) => {
  expect(severitiesOf(rule, notKnown)).toEqual([]);
  expect(severitiesOf(rule, notKnown, prowler)).toEqual([]);
});

test.each(['AK-10', 'AK-11', 'AK-12'])('%s leaves root to AK-01, but for Prowler', (rule) => {
  const lastUsedAt = rule === 'AK-10' ? ago(60) : null;
  const facts = root({ passwordEnabled: true, keys: [key({ id: null, createdAt: ago(80), lastUsedAt })] });

  expect(severitiesOf(rule, facts)).toEqual([]);
  expect(severitiesOf(rule, facts, prowler)).toEqual(['medium']);
});
