// AK-11: keys that were never used.
import { expect, test } from 'vitest';
import {
  ago,
  findings,
  key,
  keyInEvidence,
  known,
  prowler,
  root,
  rotation,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const neverUsed = (createdAt: string | null, given = {}, more = {}) =>
  user({
    keys: [key({ createdAt, lastUsedAt: null, lastUsedService: null, lastUsedRegion: null, ...more })],
    ...given,
  });

test('the finding in full', () => {
  expect(findings('AK-11', neverUsed(ago(50)))).toEqual([
    {
      id: '48018a66df8a138e8e7aa5a5',
      rule: 'AK-11',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was made 50.0 days ago and never used',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-10-17T10:00:00Z',
        lastUsedAt: null,
        lastUsedService: null,
        lastUsedRegion: null,
        because: 'no use is known, and 50.0 days since 2026-10-17T10:00:00Z are 45 or more',
        source:
          'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled": unused keys count from their creation',
      },
      cis: ['2.11', '2.10'],
      aliases: [],
      remediation: {
        command: 'aws iam update-access-key --user-name alice --access-key-id AKIAFIRSTFIRSTFIRST1 --status Inactive',
        text: 'deactivate it and delete it when nobody misses it; AWS knows of no use before 2015-04-22',
      },
    },
  ]);
});

test.each([
  ['7 days less a second', ago(7, -1), []],
  ['7 days', ago(7), ['informational']],
  ['45 days less a second', ago(45, -1), ['informational']],
  ['45 days to the second', ago(45), ['medium']],
  ['nobody knows how long', null, []],
])('never used in %s', (_, createdAt, expected) => {
  expect(severitiesOf('AK-11', neverUsed(createdAt))).toEqual(expected);
});

test('before the benchmark speaks, a week is what it is told by', () => {
  expect(wordsOf('AK-11', neverUsed(ago(10)))).toMatchObject([
    { because: 'no use is known, and 10.0 days since 2026-11-26T10:00:00Z are 7 or more' },
  ]);
});

test('the new key of a rotation has time until the benchmark speaks', () => {
  const rotations = known([rotation({ newKey: 'AKIAFIRSTFIRSTFIRST1', oldKey: null })]);

  expect(severitiesOf('AK-11', neverUsed(ago(10), { rotations }))).toEqual([]);
  expect(severitiesOf('AK-11', neverUsed(ago(45), { rotations }))).toEqual(['medium']);
});

test.each([
  ['the old key', {}, { oldKey: 'AKIAFIRSTFIRSTFIRST1', newKey: null }],
  ['another key', {}, { newKey: 'AKIASECONDSECONDSEC2' }],
  ['a key without an id', { id: null }, { newKey: null }],
])('%s of a rotation has not', (_, more, given) => {
  const rotations = known([rotation(given)]);

  expect(severitiesOf('AK-11', neverUsed(ago(10), { rotations }, more))).toEqual(['informational']);
});

test('a key that was used, or is inactive, is none of its', () => {
  expect(severitiesOf('AK-11', neverUsed(ago(60), {}, { lastUsedAt: ago(59) }))).toEqual([]);
  expect(severitiesOf('AK-11', neverUsed(ago(60), {}, { active: false }))).toEqual([]);
});

test('root’s is AK-01’s, but for Prowler', () => {
  const facts = root({ keys: neverUsed(ago(80), {}, { id: null }).keys });

  expect(severitiesOf('AK-11', facts)).toEqual([]);
  expect(wordsOf('AK-11', facts, prowler)).toMatchObject([
    { title: 'the key in slot 1 of <root_account> was made 80.0 days ago and never used', command: null },
  ]);
});
