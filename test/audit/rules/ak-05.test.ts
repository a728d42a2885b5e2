// AK-05: both keys of a rotation active for too long.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  key,
  known,
  rotation,
  rotationInEvidence,
  secondKey,
  severitiesOf,
  user,
} from './judged.ts';

const overlapping = (since: string, createdAt: string, given = {}) =>
  user({
    keys: [key({ createdAt: ago(80) }), secondKey({ createdAt, ...given })],
    rotations: known([rotation({ since })]),
  });

test('the finding in full', () => {
  expect(findings('AK-05', overlapping(ago(15), ago(20)))).toEqual([
    {
      id: 'c469562ebd3b7f83b149f0e9',
      rule: 'AK-05',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: null,
      title: 'both keys of alice have been active for 15.0 days in rotation r-1',
      evidence: {
        ...rotationInEvidence,
        since: '2026-11-21T10:00:00Z',
        because: '15.0 days since 2026-11-21T10:00:00Z are more than 14',
        source: 'CIS AWS Foundations, "Ensure there is only one active access key for any single IAM user"',
      },
      cis: ['2.12'],
      aliases: [],
      remediation: {
        command: 'keyturn status r-1',
        text: 'see who still uses the old key (keyturn who AKIAFIRSTFIRSTFIRST1), then keyturn resume or keyturn proceed',
      },
    },
  ]);
});

test.each([
  ['for 14 days to the second', ago(14), ago(14), {}, []],
  ['for 14 days and a second', ago(14, 1), ago(14, 1), {}, ['medium']],
  ['in a rotation that began later than its new key was made', ago(10), ago(60), {}, []],
  ['in a rotation that made its new key late', ago(60), ago(10), {}, []],
  ['no more', ago(60), ago(60), { active: false }, []],
  ['but one of them is not the rotation’s', ago(60), ago(60), { id: 'AKIATHIRDTHIRDTHIRD3' }, []],
  ['since nobody knows when', '', ago(60), { createdAt: null }, ['medium']],
])('both active %s', (_, since, createdAt, given, expected) => {
  expect(severitiesOf('AK-05', overlapping(since, createdAt, given))).toEqual(expected);
});

test('of a key without an id, or of no rotation that is known, it says nothing', () => {
  const keys = [key({ createdAt: ago(80) }), secondKey({ id: null, createdAt: ago(60) })];

  expect(severitiesOf('AK-05', user({ keys, rotations: known([rotation({ since: ago(60), newKey: null })]) }))).toEqual(
    [],
  );
  expect(severitiesOf('AK-05', user({ keys, rotations: denied('the state folder') }))).toEqual([]);
});
