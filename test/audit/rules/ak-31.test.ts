// AK-31: keys that somebody else made.
import { expect, test } from 'vitest';
import {
  denied,
  event,
  findings,
  key,
  keyInEvidence,
  known,
  mallory,
  rotator,
  secondKey,
  severitiesOf,
  user,
} from './judged.ts';

const madeBy = (by: string, given = {}) => user({ keys: [key()], events: known([event({ by })]), ...given });

test('the finding in full', () => {
  expect(findings('AK-31', madeBy(mallory))).toEqual([
    {
      id: 'a1dd4da470acc0d24d83d19b',
      rule: 'AK-31',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was made by arn:aws:iam::123456789012:user/mallory',
      evidence: {
        ...keyInEvidence,
        event: {
          id: 'e-1',
          event: 'CreateAccessKey',
          at: '2026-11-26T10:00:00Z',
          by: 'arn:aws:iam::123456789012:user/mallory',
          user: 'alice',
          keyId: 'AKIAFIRSTFIRSTFIRST1',
          status: null,
          source: '198.51.100.7',
          agent: 'aws-cli/2.32.0',
        },
        because:
          'CreateAccessKey at 2026-11-26T10:00:00Z by arn:aws:iam::123456789012:user/mallory, who is not arn:aws:iam::123456789012:user/alice',
        source: 'MITRE ATT&CK T1098.001, Additional Cloud Credentials; CloudTrail User Guide, CreateAccessKey',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'ask whoever made it; if nobody knows, replace it: they have its secret',
      },
    },
  ]);
});

test.each([
  ['the user', 'arn:aws:iam::123456789012:user/alice', []],
  ['somebody else', mallory, ['medium']],
  ['somebody whose name begins alike', 'arn:aws:iam::123456789012:user/alice2', ['medium']],
  ['a role that is named like the user', 'arn:aws:iam::123456789012:role/alice', ['medium']],
  ['keyturn', rotator, []],
])('made by %s', (_, by, expected) => {
  expect(severitiesOf('AK-31', madeBy(by), { rotators: [rotator] })).toEqual(expected);
});

test('an administrator’s key in other hands is worse', () => {
  const powers = known({ administratorBy: ['Admin'], mintsKeysBy: [], boundary: null });

  expect(severitiesOf('AK-31', madeBy(mallory, { powers }))).toEqual(['high']);
  expect(severitiesOf('AK-31', madeBy(mallory, { powers: denied('iam:Get') }))).toEqual(['medium']);
});

test('a key that a rotation’s record names was made by keyturn, whoever ran it', () => {
  const ownKeys = new Set(['AKIAFIRSTFIRSTFIRST1']);

  expect(severitiesOf('AK-31', madeBy(mallory), { ownKeys })).toEqual([]);
  expect(severitiesOf('AK-31', madeBy(mallory), { ownKeys: new Set(['AKIAOTHEROTHEROTHER1']) })).toEqual(['medium']);
});

test.each([
  ['of a key that is gone', [event({ keyId: 'AKIAGONEGONEGONEGONE' })], [key()], []],
  ['that names no key, where ids are not known', [event({ keyId: null })], [key({ id: null })], []],
  ['of a switch', [event({ event: 'UpdateAccessKey', status: 'Inactive' })], [key()], []],
  ['told twice', [event(), event({ id: 'e-2' })], [key()], ['medium']],
  [
    'of each of two keys',
    [event(), event({ id: 'e-2', keyId: 'AKIASECONDSECONDSEC2' })],
    [key(), secondKey()],
    ['medium', 'medium'],
  ],
])('an event %s', (_, events, keys, expected) => {
  expect(severitiesOf('AK-31', user({ keys, events: known(events) }))).toEqual(expected);
});

test('where events are not known it says nothing', () => {
  expect(severitiesOf('AK-31', user({ keys: [key()], events: denied('cloudtrail:LookupEvents') }))).toEqual([]);
});
