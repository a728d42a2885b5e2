// AK-01: keys of the root user.
import { expect, test } from 'vitest';
import {
  findings,
  judge,
  key,
  keyInEvidence,
  prowler,
  root,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const reported = key({ id: null });
const other = secondKey({ id: null });
const inactive = key({ id: null, active: false });

test('the finding in full', () => {
  const keys = [reported, { ...other, active: false }];

  expect(findings('AK-01', root({ keys, rootHasKey: true }))).toEqual([
    {
      id: 'e0839ba9e315eb4515edc25d',
      rule: 'AK-01',
      severity: 'critical',
      status: 'OPEN',
      user: '<root_account>',
      keyId: null,
      title: 'the root user has an access key, active: the key in slot 1',
      evidence: {
        keys: [
          { ...keyInEvidence, keyId: null },
          { ...keyInEvidence, keyId: null, slot: 2, status: 'Inactive' },
        ],
        accountAccessKeysPresent: true,
        because: 'there should be none; the report has 2, of which 1 active',
        source:
          'CIS AWS Foundations, "Ensure no root user account access key exists"; IAM User Guide, "Root user best practices"',
      },
      cis: ['2.3'],
      aliases: [],
      remediation: {
        command: null,
        text: 'sign in as root and delete it under Security credentials, or centralise root access for the organisation; keyturn never touches root keys',
      },
    },
  ]);
});

test.each([
  ['no key', [], []],
  ['an active one', [reported], ['critical']],
  ['an inactive one', [inactive], ['medium']],
  ['both', [inactive, other], ['critical']],
])('%s', (_, keys, expected) => {
  expect(severitiesOf('AK-01', root({ keys }))).toEqual(expected);
});

test.each([
  [
    'two active ones',
    { keys: [reported, other] },
    'the root user has an access key, active: the key in slot 1 and the key in slot 2',
    'there should be none; the report has 2, of which 2 active',
  ],
  [
    'an inactive one',
    { keys: [inactive] },
    'the root user has an access key, inactive: the key in slot 1',
    'there should be none; the report has 1, of which 0 active',
  ],
  [
    'one that only the account summary counts',
    { keys: [], rootHasKey: true },
    'the root user has an access key, of which the report does not know',
    'there should be none; the account summary counts one',
  ],
])('in words, of %s', (_, given, title, because) => {
  expect(wordsOf('AK-01', root(given))).toMatchObject([{ title, because }]);
});

test('a key that only the account summary counts is not overlooked', () => {
  expect(severitiesOf('AK-01', root({ rootHasKey: true }))).toEqual(['critical']);
  expect(severitiesOf('AK-01', root({ rootHasKey: false }))).toEqual([]);
  expect(severitiesOf('AK-01', root({ rootHasKey: null }))).toEqual([]);
});

test('Prowler sees active keys of the report alone', () => {
  expect(severitiesOf('AK-01', root({ rootHasKey: true }), prowler)).toEqual([]);
  expect(severitiesOf('AK-01', root({ keys: [key({ active: false })] }), prowler)).toEqual([]);
  expect(severitiesOf('AK-01', root({ keys: [key()] }), prowler)).toEqual(['critical']);
});

test('a user may have keys, and root’s are never touched', () => {
  const [said] = judge('AK-01', root({ keys: [reported] }));

  expect(severitiesOf('AK-01', user({ keys: [key()] }))).toEqual([]);
  expect(said).toMatchObject({ key: null, command: null });
});
