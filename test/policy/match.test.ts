// Whom a rule is for, and whom an exemption leaves alone.
import { describe, expect, test } from 'vitest';
import { endedExemptionsOf, exemptionOf, matches } from '../../src/policy/match.ts';
import { parsePolicy } from '../../src/policy/parse.ts';

const alice = { name: 'alice', path: '/team/web/', tags: { tier: 'prod', Team: 'web' } };

describe('a rule is for alice of /team/web/, tagged tier=prod and Team=web:', () => {
  test.each([
    [{ user: 'alice' }, true],
    [{ user: 'ALICE' }, true],
    [{ user: 'alic' }, false],
    [{ user: 'lice' }, false],
    [{ user: 'a*' }, true],
    [{ user: '*' }, true],
    [{ user: '*e' }, true],
    [{ user: 'al?ce' }, true],
    [{ user: 'alice?' }, false],
    [{ user: 'alice*' }, true],
    [{ user: 'a.*' }, false],
    [{ user: '[a-z]*' }, false],
    [{ user: ['bob', 'alice'] }, true],
    [{ user: ['bob', 'carol'] }, false],
    [{ path: '/team/web/' }, true],
    [{ path: '/team/*' }, true],
    [{ path: '/team' }, false],
    [{ path: '/TEAM/*' }, false],
    [{ path: '*/web/' }, true],
    [{ tag: { tier: 'prod' } }, true],
    [{ tag: { TIER: 'prod' } }, true],
    [{ tag: { tier: 'PROD' } }, false],
    [{ tag: { tier: 'p*' } }, true],
    [{ tag: { tier: '*' } }, true],
    [{ tag: { owner: '*' } }, false],
    [{ tag: { tier: 'prod', team: 'web' } }, true],
    [{ tag: { tier: 'prod', team: 'api' } }, false],
    [{ user: 'alice', path: '/team/*' }, true],
    [{ user: 'alice', path: '/ci/*' }, false],
    [{ user: 'bob', path: '/team/*' }, false],
    [{ user: 'alice', tag: { tier: 'test' } }, false],
  ])('%j: %s', (rule, expected) => {
    expect(matches(rule, alice)).toBe(expected);
  });

  test.each([
    ['user.name', 'userXname', false],
    ['user+name', 'user+name', true],
    ['user=na,me@x-y', 'user=na,me@x-y', true],
    ['**', 'anybody', true],
  ])('the pattern %s and the user %s: %s', (user, name, expected) => {
    expect(matches({ user }, { ...alice, name })).toBe(expected);
  });
});

const policy = parsePolicy(
  [
    'exemptions:',
    '  - { user: alice, reason: replaced in May, until: 2027-01-31 }',
    '  - { key: AKIAIOSFODNN7EXAMPLE, reason: printed into firmware, until: 2027-06-30 }',
    '  - { user: bob, key: AKIAIOSFODNN7EXAMPL2, reason: audit, until: 2027-06-30 }',
  ].join('\n'),
  'keyturn.yaml',
);

describe('an exemption', () => {
  test.each([
    ['alice', null, '2027-01-01T00:00:00Z', 0],
    ['alice', 'AKIAIOSFODNN7EXAMPL9', '2027-01-01T00:00:00Z', 0],
    ['Alice', null, '2027-01-01T00:00:00Z', 0],
    ['alice', null, '2027-01-31T23:59:59Z', 0],
    ['alice', null, '2027-02-01T00:00:00Z', undefined],
    ['alice', 'AKIAIOSFODNN7EXAMPLE', '2027-02-01T00:00:00Z', 1],
    ['carol', 'AKIAIOSFODNN7EXAMPLE', '2027-01-01T00:00:00Z', 1],
    ['carol', 'AKIAIOSFODNN7EXAMPL9', '2027-01-01T00:00:00Z', undefined],
    ['carol', null, '2027-01-01T00:00:00Z', undefined],
    ['bob', null, '2027-01-01T00:00:00Z', undefined],
    ['bob', 'AKIAIOSFODNN7EXAMPL2', '2027-01-01T00:00:00Z', 2],
    ['carol', 'AKIAIOSFODNN7EXAMPL2', '2027-01-01T00:00:00Z', undefined],
  ])('of %s and key %s at %s: %s', (user, key, at, index) => {
    expect(exemptionOf(policy, { user, key }, Date.parse(at))?.index).toBe(index);
  });

  test.each([
    ['2027-01-31T23:59:59Z', []],
    ['2027-02-01T00:00:00Z', [0]],
  ])('that ended is told from one that holds, at %s', (at, ended) => {
    const found = endedExemptionsOf(policy, { user: 'alice', key: null }, Date.parse(at));

    expect(found.map(({ index }) => index)).toEqual(ended);
  });
});
