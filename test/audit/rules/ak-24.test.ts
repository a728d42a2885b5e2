// AK-24: keys in use whose person does not sign in any more.
import { expect, test } from 'vitest';
import { ago, findings, key, keyInEvidence, severitiesOf, user, wordsOf } from './judged.ts';

const signedIn = (passwordLastUsed: string | null, given = {}, more = {}) =>
  user({ passwordEnabled: true, passwordLastUsed, keys: [key(given)], ...more });

test('the finding in full', () => {
  expect(findings('AK-24', signedIn(ago(100)))).toEqual([
    {
      id: 'a2777d1b8bbb8d889b7b477e',
      rule: 'AK-24',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'alice last signed in 100.0 days ago, and AKIAFIRSTFIRSTFIRST1 was used 1.0 days ago',
      evidence: {
        ...keyInEvidence,
        because: '100.0 days since 2026-08-28T10:00:00Z are more than 90, and the key was used at 2026-12-05T10:00:00Z',
        source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled"',
      },
      cis: ['2.11'],
      aliases: [],
      remediation: {
        command: 'keyturn who AKIAFIRSTFIRSTFIRST1',
        text: 'find out who uses it; where the person has left, deactivate it',
      },
    },
  ]);
});

test.each([
  ['90 days ago, the key in use', ago(90), ago(1), []],
  ['90 days and a second ago, the key in use', ago(90, 1), ago(1), ['high']],
  ['100 days ago, the key unused for 45 days', ago(100), ago(45), ['high']],
  ['100 days ago, the key unused for longer', ago(100), ago(45, 1), []],
  ['100 days ago, the key never used', ago(100), null, []],
  ['never, or AWS does not know', null, ago(1), []],
])('signed in %s', (_, passwordLastUsed, lastUsedAt, expected) => {
  expect(severitiesOf('AK-24', signedIn(passwordLastUsed, { lastUsedAt }))).toEqual(expected);
});

test.each([
  ['a password that is disabled', {}, { passwordEnabled: false }],
  ['a password of which AWS does not say', {}, { passwordEnabled: null }],
  ['an inactive key', { active: false }, {}],
])('%s says nothing', (_, given, more) => {
  expect(severitiesOf('AK-24', signedIn(ago(100), given, more))).toEqual([]);
});

test('who uses a key can be asked only by its id', () => {
  expect(wordsOf('AK-24', signedIn(ago(100), { id: null }))).toMatchObject([{ command: null }]);
});
