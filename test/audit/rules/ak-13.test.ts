// AK-13: keys that were made together with their user.
import { expect, test } from 'vitest';
import { ago, findings, judge, key, keyInEvidence, severitiesOf, user, wordsOf } from './judged.ts';

const madeAfter = (seconds: number, given = {}) =>
  user({
    createdAt: ago(20, 100),
    passwordEnabled: true,
    keys: [key({ createdAt: ago(20, 100 - seconds), ...given })],
  });

test('the finding in full', () => {
  expect(findings('AK-13', madeAfter(5))).toEqual([
    {
      id: '93938a9062f3234e6b3e685a',
      rule: 'AK-13',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 was made 5 seconds after alice',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-11-16T09:58:25Z',
        gapSeconds: 5,
        elsewhere: { powerpipe: true, cloudGuard: true, prowler: false },
        because: 'made at 2026-11-16T09:58:25Z, the user at 2026-11-16T09:58:20Z: 5 seconds are less than 60',
        source:
          'CIS AWS Foundations, "Do not create access keys during initial setup for IAM users with a console password"',
      },
      cis: ['2.10'],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'it is in use: replace it, and make keys only where somebody asks for one',
      },
    },
  ]);
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

const deletion = 'aws iam delete-access-key --user-name alice --access-key-id AKIAFIRSTFIRSTFIRST1';

test.each([
  ['never used', { lastUsedAt: null }, deletion, 'delete it; it was never used'],
  ['never used and inactive', { lastUsedAt: null, active: false }, deletion, 'delete it; it was never used'],
  ['used and inactive', { active: false }, deletion, 'delete it; it is inactive'],
])('what to do with one that is %s', (_, given, command, text) => {
  expect(wordsOf('AK-13', madeAfter(5, given))).toMatchObject([{ command, text }]);
});

test.each([
  ['9 seconds later', 9, {}, { powerpipe: true, cloudGuard: true, prowler: false }],
  ['10 seconds later', 10, {}, { powerpipe: false, cloudGuard: true, prowler: false }],
  ['59 seconds later', 59, {}, { powerpipe: false, cloudGuard: true, prowler: false }],
  ['60 seconds later', 60, {}, { powerpipe: false, cloudGuard: false, prowler: false }],
  ['in the second slot', 5, { slot: 2 }, { powerpipe: false, cloudGuard: false, prowler: false }],
  ['and never used', 5, { lastUsedAt: null }, { powerpipe: true, cloudGuard: true, prowler: true }],
  ['but inactive', 5, { lastUsedAt: null, active: false }, { powerpipe: true, cloudGuard: true, prowler: false }],
])('what others would make of one made %s', (_, seconds, given, elsewhere) => {
  const [said] = judge('AK-13', madeAfter(seconds, given), { setupSeconds: 120 });

  expect(said?.evidence.elsewhere).toEqual(elsewhere);
});

test.each([
  ['a user without a password', { passwordEnabled: false }],
  ['a user of whom AWS does not say', { passwordEnabled: null }],
  ['a user made nobody knows when', { createdAt: null }],
  ['a key made nobody knows when', { keys: [key({ createdAt: null })] }],
])('%s may have a key from the start', (_, given) => {
  expect(severitiesOf('AK-13', { ...madeAfter(5), ...given })).toEqual([]);
});
