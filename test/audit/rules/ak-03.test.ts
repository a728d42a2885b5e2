// AK-03: keys that are soon too old.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  key,
  keyInEvidence,
  known,
  policy,
  rotation,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const aged = (createdAt: string | null, given = {}) => user({ keys: [key({ createdAt, ...given })] });

test('the finding in full', () => {
  expect(findings('AK-03', aged(ago(80)))).toEqual([
    {
      id: '66f04287e65928cdf26bce90',
      rule: 'AK-03',
      severity: 'low',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice is 80.0 days old and due by 2026-12-16T10:00:00Z',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-09-17T10:00:00Z',
        due: '2026-12-16T10:00:00Z',
        because: '80.0 days since 2026-09-17T10:00:00Z are more than 75 and not yet more than 90',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'replace it before it is too old; a rotation takes weeks',
      },
    },
  ]);
});

test.each([
  ['75 days to the second', ago(75), []],
  ['75 days and a second', ago(75, 1), ['low']],
  ['90 days to the second', ago(90), ['low']],
  ['90 days and a second', ago(90, 1), []],
  ['an age that AWS does not tell', null, []],
])('a key of %s', (_, createdAt, expected) => {
  expect(severitiesOf('AK-03', aged(createdAt))).toEqual(expected);
});

test.each([
  ['the old key', { oldKey: 'AKIAFIRSTFIRSTFIRST1', newKey: null }, []],
  ['the new key', { oldKey: null, newKey: 'AKIAFIRSTFIRSTFIRST1' }, []],
  ['no part', { oldKey: 'AKIAOTHEROTHEROTHER1', newKey: null }, ['low']],
])('%s of an open rotation', (_, given, expected) => {
  expect(severitiesOf('AK-03', { ...aged(ago(80)), rotations: known([rotation(given)]) })).toEqual(expected);
});

test('of a key without an id no rotation can be known', () => {
  const rotations = known([rotation({ oldKey: null, newKey: null })]);

  expect(severitiesOf('AK-03', { ...aged(ago(80), { id: null }), rotations })).toEqual(['low']);
  expect(severitiesOf('AK-03', { ...aged(ago(80)), rotations: denied('the state folder') })).toEqual(['low']);
});

test('an inactive key is never due', () => {
  expect(severitiesOf('AK-03', aged(ago(80), { active: false }))).toEqual([]);
});

test('a user whose keys may become ten days old has one that is always due soon', () => {
  const facts = { ...aged(ago(1)), policy: policy({ maxAgeDays: 10 }) };

  expect(wordsOf('AK-03', facts)).toMatchObject([
    {
      title: 'AKIAFIRSTFIRSTFIRST1 of alice is 1.0 days old and due by 2026-12-15T10:00:00Z',
      because: '1.0 days since 2026-12-05T10:00:00Z are more than 0 and not yet more than 10',
    },
  ]);
  expect(severitiesOf('AK-03', { ...facts, keys: [key({ createdAt: ago(-1) })] })).toEqual([]);
});
