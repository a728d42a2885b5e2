// AK-21: keys that can make keys of others.
import { expect, test } from 'vitest';
import { denied, findings, key, keyInEvidence, known, secondKey, severitiesOf, user } from './judged.ts';

const mayDo = (given: object, keys = [key()]) =>
  user({ keys, powers: known({ administratorBy: [], mintsKeysBy: ['helpdesk'], boundary: null, ...given }) });

test('the finding in full', () => {
  expect(findings('AK-21', mayDo({ mintsKeysBy: ['helpdesk', 'ops'] }))).toEqual([
    {
      id: 'd94881b73957b48b8b13ea64',
      rule: 'AK-21',
      severity: 'high',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice can make or activate keys of others, by helpdesk, ops',
      evidence: {
        ...keyInEvidence,
        administratorBy: [],
        mintsKeysBy: ['helpdesk', 'ops'],
        boundary: null,
        because: 'iam:CreateAccessKey or iam:UpdateAccessKey on other users is allowed by helpdesk, ops',
        source: 'MITRE ATT&CK T1098.001, Additional Cloud Credentials',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: null,
        text: `narrow the policy to the user itself: arn:aws:iam::*:user/\${aws:username}`,
      },
    },
  ]);
});

test.each([
  ['one active key', [key()], ['high']],
  ['two active keys', [key(), secondKey()], ['high', 'high']],
  ['an inactive key beside it', [key(), secondKey({ active: false })], ['high']],
  ['no active key', [key({ active: false })], []],
])('%s', (_, keys, expected) => {
  expect(severitiesOf('AK-21', mayDo({}, keys))).toEqual(expected);
});

test('who may not, or of whom that is not known', () => {
  expect(severitiesOf('AK-21', mayDo({ mintsKeysBy: [] }))).toEqual([]);
  expect(severitiesOf('AK-21', user({ keys: [key()], powers: denied('iam:Get') }))).toEqual([]);
});
