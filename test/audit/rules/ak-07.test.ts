// AK-07: no room for a new key.
import { expect, test } from 'vitest';
import { findings, key, keyInEvidence, known, rotation, secondKey, severitiesOf, user, wordsOf } from './judged.ts';

const third = key({ slot: null, id: 'AKIATHIRDTHIRDTHIRD3' });

test('the finding in full: the inactive one is to be deleted', () => {
  expect(findings('AK-07', user({ keys: [key(), secondKey({ active: false })] }))).toEqual([
    {
      id: '9ae556116125550857cb459b',
      rule: 'AK-07',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'alice has 2 keys, so the next rotation has no room',
      evidence: {
        keys: [keyInEvidence, { ...keyInEvidence, keyId: 'AKIASECONDSECONDSEC2', slot: 2, status: 'Inactive' }],
        because: '2 keys exist (AKIAFIRSTFIRSTFIRST1, AKIASECONDSECONDSEC2) and AWS allows two',
        source: 'IAM User Guide, "IAM and STS quotas": two access keys for a user, inactive ones included',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: 'aws iam delete-access-key --user-name alice --access-key-id AKIASECONDSECONDSEC2',
        text: 'delete the inactive one first, or let the rotation do it: keyturn rotate --free-slot inactive',
      },
    },
  ]);
});

test('where both are active, a person has to choose', () => {
  expect(wordsOf('AK-07', user({ keys: [key(), secondKey()] }))).toMatchObject([
    { command: null, text: 'retire the one that nobody needs: keyturn retire' },
  ]);
});

test.each([
  ['no key', [], []],
  ['one key', [key()], []],
  ['two, whatever their status', [key(), secondKey({ active: false })], ['low']],
  ['three', [key(), secondKey(), third], ['low']],
])('%s', (_, keys, expected) => {
  expect(severitiesOf('AK-07', user({ keys }))).toEqual(expected);
});

test('while a rotation is open, two are as they should be', () => {
  const rotations = known([rotation()]);

  expect(severitiesOf('AK-07', user({ keys: [key(), secondKey()], rotations }))).toEqual([]);
});
