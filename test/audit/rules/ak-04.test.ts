// AK-04: two active keys.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  key,
  keyInEvidence,
  known,
  prowler,
  root,
  rotation,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const third = key({ slot: null, id: 'AKIATHIRDTHIRDTHIRD3' });
const two = [key({ createdAt: ago(10) }), secondKey({ createdAt: ago(20) })];

test('the finding in full: the newer key is to stay, whatever its slot', () => {
  expect(findings('AK-04', user({ keys: two }))).toEqual([
    {
      id: '8ed94bd7dc5d3e248ff56ce2',
      rule: 'AK-04',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'alice has 2 active keys: AKIAFIRSTFIRSTFIRST1 and AKIASECONDSECONDSEC2',
      evidence: {
        keys: [
          keyInEvidence,
          { ...keyInEvidence, keyId: 'AKIASECONDSECONDSEC2', slot: 2, createdAt: '2026-11-16T10:00:00Z' },
        ],
        because: '2 keys are active, and no rotation of this user is open',
        source: 'CIS AWS Foundations, "Ensure there is only one active access key for any single IAM user"',
      },
      cis: ['2.12'],
      aliases: [],
      remediation: {
        command: 'keyturn retire --user alice --key AKIASECONDSECONDSEC2 --new-key AKIAFIRSTFIRSTFIRST1',
        text: 'retire the one that nobody needs: keyturn watches it first, and deletes it when it is quiet',
      },
    },
  ]);
});

test.each([
  ['no key', [], []],
  ['one', [key()], []],
  ['one active, one not', [key(), secondKey({ active: false })], []],
  ['two active', [key(), secondKey()], ['medium']],
  ['three active', [key(), secondKey(), third], ['medium']],
])('%s', (_, keys, expected) => {
  expect(severitiesOf('AK-04', user({ keys }))).toEqual(expected);
});

test.each([
  ['no ids', [key({ id: null }), secondKey({ id: null })], null],
  ['the older one’s id alone', [key({ createdAt: ago(20) }), secondKey({ id: null })], null],
  ['the newer one’s id alone', [key({ createdAt: ago(20), id: null }), secondKey()], null],
  [
    'the first without a date, which counts as the older',
    [key({ createdAt: null }), secondKey()],
    'keyturn retire --user alice --key AKIAFIRSTFIRSTFIRST1 --new-key AKIASECONDSECONDSEC2',
  ],
  [
    'the second without a date',
    [key(), secondKey({ createdAt: null })],
    'keyturn retire --user alice --key AKIASECONDSECONDSEC2 --new-key AKIAFIRSTFIRSTFIRST1',
  ],
])('the command, with %s', (_, keys, command) => {
  expect(wordsOf('AK-04', user({ keys }))).toMatchObject([{ command }]);
});

test('an open rotation explains them, but not to Prowler', () => {
  const facts = user({ keys: two, rotations: known([rotation()]) });

  expect(severitiesOf('AK-04', facts)).toEqual([]);
  expect(wordsOf('AK-04', facts, prowler)).toMatchObject([{ because: '2 keys are active' }]);
});

test('what is not known explains nothing', () => {
  expect(wordsOf('AK-04', user({ keys: two, rotations: denied('the state folder') }))).toMatchObject([
    { because: '2 keys are active, and whether a rotation of this user is open is not known' },
  ]);
});

test('root’s are AK-01’s, and for Prowler root is a user whose keys can only be deleted', () => {
  const facts = root({ keys: [key({ id: null }), secondKey({ id: null })] });

  expect(severitiesOf('AK-04', facts)).toEqual([]);
  expect(wordsOf('AK-04', facts, prowler)).toEqual([
    {
      title: '<root_account> has 2 active keys: the key in slot 1 and the key in slot 2',
      because: '2 keys are active',
      command: null,
      text: 'delete both root keys',
    },
  ]);
});
