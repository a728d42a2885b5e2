// AK-12: keys that console users never used.
import { expect, test } from 'vitest';
import {
  ago,
  findings,
  key,
  keyInEvidence,
  known,
  prowler,
  root,
  rotation,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const neverUsed = (createdAt: string | null, given = {}, more = {}) =>
  user({ passwordEnabled: true, keys: [key({ createdAt, lastUsedAt: null, ...more })], ...given });
const isNew = { rotations: known([rotation({ newKey: 'AKIAFIRSTFIRSTFIRST1', oldKey: null })]) };

test('the finding in full', () => {
  expect(findings('AK-12', neverUsed(ago(5)))).toEqual([
    {
      id: '2526267ca6805665ef56f225',
      rule: 'AK-12',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'alice signs in to the console and has a key that was never used: AKIAFIRSTFIRSTFIRST1',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-12-01T10:00:00Z',
        lastUsedAt: null,
        because: 'the password is enabled, the key is active, and no use is known in 5.0 days',
        source:
          'CIS AWS Foundations, "Do not create access keys during initial setup for IAM users with a console password"',
      },
      cis: ['2.10'],
      aliases: [],
      remediation: {
        command: 'aws iam delete-access-key --user-name alice --access-key-id AKIAFIRSTFIRSTFIRST1',
        text: 'delete it; whoever needs one can have one made',
      },
    },
  ]);
});

test.each([
  ['24 hours to the second', ago(1), []],
  ['24 hours and a second', ago(1, 1), ['medium']],
  ['nobody knows how long', null, []],
])('a console user’s key, never used in %s', (_, createdAt, expected) => {
  expect(severitiesOf('AK-12', neverUsed(createdAt))).toEqual(expected);
});

test('nor is the new key of an open rotation wrong', () => {
  expect(severitiesOf('AK-12', neverUsed(ago(5), isNew))).toEqual([]);
});

test('Prowler gives it no time at all, and no allowance for a rotation', () => {
  expect(severitiesOf('AK-12', neverUsed(ago(0), isNew), prowler)).toEqual(['medium']);
  expect(wordsOf('AK-12', neverUsed(null), prowler)).toMatchObject([
    { because: 'the password is enabled, the key is active, and no use is known' },
  ]);
});

test.each([
  ['no password', { passwordEnabled: false }, {}],
  ['a password of which AWS does not say', { passwordEnabled: null }, {}],
  ['a key that was used', {}, { lastUsedAt: ago(50) }],
  ['an inactive key', {}, { active: false }],
])('%s', (_, given, more) => {
  expect(severitiesOf('AK-12', neverUsed(ago(60), given, more))).toEqual([]);
});

test('root’s is AK-01’s, but for Prowler', () => {
  const facts = root({ passwordEnabled: true, keys: [key({ id: null, lastUsedAt: null })] });

  expect(severitiesOf('AK-12', facts)).toEqual([]);
  expect(wordsOf('AK-12', facts, prowler)).toMatchObject([
    {
      title: '<root_account> signs in to the console and has a key that was never used: the key in slot 1',
      command: null,
    },
  ]);
});
