// What holds for one user: defaults, then rules in their order, then rules matched by a tag, which only tighten.
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { originWords, policyFor } from '../../src/policy/policy-for.ts';
import { attendedSettings, unattendedSettings } from '../../src/policy/settings.ts';

const alice = { name: 'alice', path: '/team/', tags: { tier: 'prod' } };

function effective(text: string, user: Parameters<typeof policyFor>[1] = alice) {
  return policyFor(parsePolicy(text, 'keyturn.yaml'), user, attendedSettings);
}

test('without a file what is built in holds, and stands nowhere', () => {
  const { settings, origins } = policyFor(null, alice, unattendedSettings);

  expect(settings).toMatchObject({ maxAge: 7_776_000, watchLimit: 1_814_400, grace: 604_800, quietFor: 604_800 });
  expect(new Set(Object.values(origins))).toEqual(new Set([null]));
});

test('the last rule that matches and sets a key wins, and says where it stands', () => {
  const { settings, origins } = effective(
    [
      'defaults:',
      '  quietFor: 7d',
      '  grace: 3d',
      'rules:',
      '  - user: "a*"',
      '    grace: 5d',
      '    consumers: ["ssm:/one"]',
      '  - user: bob',
      '    grace: 1d',
      '  - path: /team/*',
      '    consumers: ["ssm:/two"]',
    ].join('\n'),
  );

  expect(settings).toMatchObject({ quietFor: 604_800, grace: 432_000, consumers: ['ssm:/two'], watchLimit: 2_592_000 });
  expect(origins).toMatchObject({
    quietFor: { line: 2, path: 'defaults.quietFor' },
    grace: { line: 6, path: 'rules[0].grace' },
    consumers: { line: 11, path: 'rules[2].consumers' },
    watchLimit: null,
  });
  expect(origins.grace && originWords(origins.grace)).toBe('keyturn.yaml:6 (rules[0].grace)');
});

describe('S27 a rule matched by a tag only tightens:', () => {
  test.each([
    ['quietFor: 1d', 'quietFor: 2d', 'quietFor', 172_800],
    ['quietFor: 2d', 'quietFor: 1d', 'quietFor', 172_800],
    ['quietFor: 2d', 'quietFor: 48h', 'quietFor', 172_800],
    ['grace: 1d', 'grace: 30d', 'grace', 2_592_000],
    ['grace: 30d', 'grace: 1s', 'grace', 2_592_000],
    ['watchLimit: 9d', 'watchLimit: 60d', 'watchLimit', 5_184_000],
    ['watchLimit: 60d', 'watchLimit: 9d', 'watchLimit', 5_184_000],
    ['freeSlot: inactive', 'freeSlot: never', 'freeSlot', 'never'],
    ['freeSlot: AKIAIOSFODNN7EXAMPLE', 'freeSlot: never', 'freeSlot', 'never'],
    ['unproven: proceed', 'unproven: ask', 'unproven', 'ask'],
    ['probes: ["alarm:a"]', 'probes: ["alarm:b"]', 'probes', ['alarm:a', 'alarm:b']],
    ['probes: ["alarm:a"]', 'probes: []', 'probes', ['alarm:a']],
    ['probes: ["alarm:a"]', 'probes: ["alarm:a"]', 'probes', ['alarm:a']],
  ] as const)('%s, and by tag %s', (plain, byTag, name, expected) => {
    const { settings } = effective(`defaults:\n  ${plain}\nrules:\n  - tag: { tier: prod }\n    ${byTag}\n`);

    expect(settings[name]).toEqual(expected);
  });

  test('also against what is built in', () => {
    const { settings, untaken } = effective('rules:\n  - tag: { tier: prod }\n    quietFor: 1h\n');

    expect(settings.quietFor).toBe(172_800);
    expect(untaken.map(({ origin }) => originWords(origin))).toEqual(['keyturn.yaml:3 (rules[0].quietFor)']);
  });

  test('also where it stands before, or names a user besides', () => {
    const { settings, origins } = effective(
      [
        'rules:',
        '  - { user: alice, tag: { tier: prod }, grace: 20d }',
        '  - { user: alice, tag: { tier: prod }, quietFor: 1h }',
        '  - { user: alice, grace: 10d, quietFor: 3d }',
      ].join('\n'),
    );

    expect(settings).toMatchObject({ grace: 1_728_000, quietFor: 259_200 });
    expect(origins).toMatchObject({ grace: { line: 2 }, quietFor: { line: 4 } });
  });

  test('blackouts add up', () => {
    const { settings } = effective(
      [
        'defaults: { blackout: [{ from: 2026-12-20, until: 2027-01-03 }] }',
        'rules: [{ tag: { tier: prod }, blackout: [{ days: [friday], from: 16:00, until: 24:00 }] }]',
      ].join('\n'),
    );

    expect(settings.blackout).toEqual([
      { from: '2026-12-20', until: '2027-01-03' },
      { days: ['friday'], from: '16:00', until: '24:00' },
    ]);
  });

  test('and nothing at all where the tag is another', () => {
    const { settings } = effective('rules: [{ tag: { tier: prod }, grace: 20d }]', {
      ...alice,
      tags: { tier: 'test' },
    });

    expect(settings).toEqual(attendedSettings);
  });
});
