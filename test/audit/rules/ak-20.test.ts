// AK-20: keys of administrators.
import { expect, test } from 'vitest';
import { denied, findings, key, keyInEvidence, known, secondKey, severitiesOf, user, wordsOf } from './judged.ts';

const mayDo = (given: object, keys = [key()]) =>
  user({
    keys,
    powers: known({ administratorBy: ['AdministratorAccess'], mintsKeysBy: [], boundary: null, ...given }),
  });

test('the finding in full', () => {
  expect(findings('AK-20', mayDo({ administratorBy: ['AdministratorAccess', 'team/all'] }))).toEqual([
    {
      id: 'd3024bc524db6b6d3f72fe15',
      rule: 'AK-20',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice opens everything, by AdministratorAccess, team/all',
      evidence: {
        ...keyInEvidence,
        administratorBy: ['AdministratorAccess', 'team/all'],
        mintsKeysBy: [],
        boundary: null,
        because: 'every action on every resource is allowed by AdministratorAccess, team/all',
        source:
          'CIS AWS Foundations, "Ensure IAM policies that allow full "*:*" administrative privileges are not attached"',
      },
      cis: ['2.15'],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'rotate it first of all; better let a role that is assumed with MFA have these rights',
      },
    },
  ]);
});

test('a boundary is named, and believed to take nothing away', () => {
  expect(wordsOf('AK-20', mayDo({ boundary: 'arn:aws:iam::123456789012:policy/edge' }))).toMatchObject([
    {
      because:
        'every action on every resource is allowed by AdministratorAccess; the boundary arn:aws:iam::123456789012:policy/edge may take some of it away',
    },
  ]);
});

test.each([
  ['one active key', [key()], ['high']],
  ['two active keys', [key(), secondKey()], ['high', 'high']],
  ['an inactive key beside it', [key(), secondKey({ active: false })], ['high']],
  ['no active key', [key({ active: false })], []],
])('%s', (_, keys, expected) => {
  expect(severitiesOf('AK-20', mayDo({}, keys))).toEqual(expected);
});

test('who is no administrator, or of whom that is not known', () => {
  expect(severitiesOf('AK-20', mayDo({ administratorBy: [], mintsKeysBy: ['helpdesk'] }))).toEqual([]);
  expect(severitiesOf('AK-20', user({ keys: [key()], powers: denied('iam:Get') }))).toEqual([]);
});
