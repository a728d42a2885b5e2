// AK-32: keys that were made outside of keyturn.
import { expect, test } from 'vitest';
import {
  ago,
  event,
  findings,
  key,
  keyInEvidence,
  known,
  mallory,
  rotation,
  rotator,
  secondKey,
  severitiesOf,
  user,
} from './judged.ts';

const rotators = [rotator, 'arn:aws:iam::123456789012:role/keyturn-2'];
const made = (given = {}, more = {}) => user({ keys: [key()], events: known([event(given)]), ...more });

test('the finding in full', () => {
  expect(findings('AK-32', made(), { rotators })).toEqual([
    {
      id: 'e36233b4235ae74c9c6e1200',
      rule: 'AK-32',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was made outside of keyturn, by arn:aws:iam::123456789012:user/mallory',
      evidence: {
        ...keyInEvidence,
        event: event({ at: '2026-11-26T10:00:00Z', by: 'arn:aws:iam::123456789012:user/mallory' }),
        because:
          'CreateAccessKey at 2026-11-26T10:00:00Z by arn:aws:iam::123456789012:user/mallory; no rotation names the key, and arn:aws:iam::123456789012:role/keyturn, arn:aws:iam::123456789012:role/keyturn-2 did not make it',
        source: 'CloudTrail User Guide, CreateAccessKey',
      },
      cis: [],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1 --dry-run',
        text: 'let keyturn replace it, or delete it; to prevent more see docs/prevention.md',
      },
    },
  ]);
});

test.each([
  ['the user', { by: 'arn:aws:iam::123456789012:user/alice' }, ['medium']],
  ['somebody else', { by: mallory }, ['medium']],
  ['keyturn', { by: rotator }, []],
  ['somebody, and is gone', { keyId: 'AKIAGONEGONEGONEGONE' }, []],
])('a key made by %s', (_, given, expected) => {
  expect(severitiesOf('AK-32', made(given), { rotators })).toEqual(expected);
});

test('where nobody knows who keyturn is, it says nothing', () => {
  expect(severitiesOf('AK-32', made())).toEqual([]);
});

test.each([
  ['the record of an ended rotation', {}, { ownKeys: new Set(['AKIAFIRSTFIRSTFIRST1']) }],
  ['an open rotation as its old key', { rotations: known([rotation({ newKey: null })]) }, {}],
  [
    'an open rotation as its new key',
    { rotations: known([rotation({ oldKey: null, newKey: 'AKIAFIRSTFIRSTFIRST1' })]) },
    {},
  ],
])('not one that is named by %s', (_, given, more) => {
  expect(severitiesOf('AK-32', made({}, given), { rotators, ...more })).toEqual([]);
});

test('another key is not excused by a rotation', () => {
  const events = known([event({ keyId: 'AKIATHIRDTHIRDTHIRD3', at: ago(3) })]);
  const keys = [key(), secondKey({ id: 'AKIATHIRDTHIRDTHIRD3' })];

  expect(severitiesOf('AK-32', user({ keys, events, rotations: known([rotation()]) }), { rotators })).toEqual([
    'medium',
  ]);
});
