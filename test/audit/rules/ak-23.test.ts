// AK-23: passwords that were changed while the key was left.
import { expect, test } from 'vitest';
import { ago, denied, findings, key, keyInEvidence, known, rotation, severitiesOf, user } from './judged.ts';

const changed = (passwordLastChanged: string | null, given = {}) =>
  user({ passwordEnabled: true, passwordLastChanged, keys: [key({ createdAt: ago(50) })], ...given });

test('the finding in full', () => {
  expect(findings('AK-23', changed(ago(5)))).toEqual([
    {
      id: 'f5052a843255b7afdc6ad760',
      rule: 'AK-23',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'the password of alice was changed 45.0 days after AKIAFIRSTFIRSTFIRST1 was made',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-10-17T10:00:00Z',
        because:
          'changed at 2026-12-01T10:00:00Z, the key made at 2026-10-17T10:00:00Z: whatever the password was changed for, the key was left',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'replace the key as well',
      },
    },
  ]);
});

test.each([
  ['a day after the key, to the second', ago(49), []],
  ['a day and a second after the key', ago(49, -1), ['low']],
  ['before the key', ago(51), []],
  ['nobody knows when', null, []],
])('a password changed %s', (_, at, expected) => {
  expect(severitiesOf('AK-23', changed(at))).toEqual(expected);
});

test.each([
  ['a password that is disabled', { passwordEnabled: false }],
  ['a password of which AWS does not say', { passwordEnabled: null }],
  ['an inactive key', { keys: [key({ createdAt: ago(50), active: false })] }],
  ['a key made nobody knows when', { keys: [key({ createdAt: null })] }],
  ['a key that is being rotated', { rotations: known([rotation()]) }],
])('%s says nothing', (_, given) => {
  expect(severitiesOf('AK-23', changed(ago(1), given))).toEqual([]);
});

test('whether the key is being rotated may not be known', () => {
  expect(severitiesOf('AK-23', changed(ago(1), { rotations: denied('the state folder') }))).toEqual(['low']);
});
