// AK-14: old keys that are used after their replacement reached every place.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  key,
  keyInEvidence,
  known,
  rotation,
  rotationInEvidence,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const rotating = (old = {}, given = {}) =>
  user({ keys: [key(old), secondKey({ lastUsedAt: ago(0) })], rotations: known([rotation(given)]) });

test('the finding in full', () => {
  expect(findings('AK-14', rotating())).toEqual([
    {
      id: '04fc70cdff22dda025d68698',
      rule: 'AK-14',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was used for s3 after every place had the new key',
      evidence: {
        ...keyInEvidence,
        ...rotationInEvidence,
        because: 'used at 2026-12-05T10:00:00Z, and every place had the new key at 2026-12-04T10:00:00Z',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less", the remediation',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn who AKIAFIRSTFIRSTFIRST1',
        text: 'somebody that keyturn does not know of still uses it: find out who, and give them the new key',
      },
    },
  ]);
});

test.each([
  ['before every place had the new key', { lastUsedAt: ago(3) }, []],
  ['at the same second', { lastUsedAt: ago(2) }, []],
  ['a second later', { lastUsedAt: ago(2, -1) }, ['high']],
  ['never', { lastUsedAt: null }, []],
])('the old key was last used %s', (_, old, expected) => {
  expect(severitiesOf('AK-14', rotating(old))).toEqual(expected);
});

test.each([
  ['not delivered everywhere', {}, { deliveredAt: null }],
  ['of a key that is gone', {}, { oldKey: 'AKIAGONEGONEGONEGONE' }],
  ['of a key without an id', { id: null }, { oldKey: null }],
])('a rotation %s says nothing', (_, old, given) => {
  expect(severitiesOf('AK-14', rotating(old, given))).toEqual([]);
});

test('nor does one that nobody knows of', () => {
  expect(severitiesOf('AK-14', user({ keys: [key()], rotations: denied('the state folder') }))).toEqual([]);
});

test('where AWS does not say for what it was used, nor does it', () => {
  expect(wordsOf('AK-14', rotating({ lastUsedService: null }))).toMatchObject([
    { title: 'AKIAFIRSTFIRSTFIRST1 of alice was used for an unknown service after every place had the new key' },
  ]);
});
