// AK-10: keys that were last used long ago, at the second where that becomes too long.
import { expect, test } from 'vitest';
import { ago, findings, key, keyInEvidence, prowler, root, severitiesOf, user, wordsOf } from './judged.ts';

const usedAt = (lastUsedAt: string | null, given = {}) =>
  user({ keys: [key({ createdAt: ago(80), lastUsedAt, ...given })] });

test('the finding in full', () => {
  expect(findings('AK-10', usedAt(ago(46.04)))).toEqual([
    {
      id: 'c770737467877ee9f0dd8f70',
      rule: 'AK-10',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice was last used 46.0 days ago',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-09-17T10:00:00Z',
        lastUsedAt: '2026-10-21T09:02:24Z',
        because: '46.0 days since 2026-10-21T09:02:24Z are 45 or more',
        source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled"',
      },
      cis: ['2.11'],
      aliases: [],
      remediation: {
        command: 'aws iam update-access-key --user-name alice --access-key-id AKIAFIRSTFIRSTFIRST1 --status Inactive',
        text: 'deactivate it, wait, and delete it when nobody misses it; this can be undone until then',
      },
    },
  ]);
});

test.each([
  ['44.96 days', ago(44.96), []],
  ['45 days less a second', ago(45, -1), []],
  ['45 days to the second', ago(45), ['medium']],
  ['45.04 days', ago(45.04), ['medium']],
  ['46.04 days', ago(46.04), ['medium']],
  ['a stamp that is still to come', ago(-1), []],
])('last used %s ago', (_, lastUsedAt, expected) => {
  expect(severitiesOf('AK-10', usedAt(lastUsedAt))).toEqual(expected);
});

test.each([
  ['45.04 days', ago(45.04), []],
  ['46 days less a second', ago(46, -1), []],
  ['46 days', ago(46), ['medium']],
  ['46.04 days', ago(46.04), ['medium']],
])('as Prowler reckons, last used %s ago', (_, lastUsedAt, expected) => {
  expect(severitiesOf('AK-10', usedAt(lastUsedAt), prowler)).toEqual(expected);
});

test('a key that was never used is AK-11’s', () => {
  expect(severitiesOf('AK-10', usedAt(null))).toEqual([]);
  expect(severitiesOf('AK-11', usedAt(null))).toEqual(['medium']);
});

test('an inactive key is unused as it should be', () => {
  expect(severitiesOf('AK-10', usedAt(ago(60), { active: false }))).toEqual([]);
});

test('root’s is AK-01’s, but for Prowler', () => {
  const facts = root({ keys: [key({ id: null, lastUsedAt: ago(60) })] });

  expect(severitiesOf('AK-10', facts)).toEqual([]);
  expect(wordsOf('AK-10', facts, prowler)).toMatchObject([
    {
      title: 'the key in slot 1 of <root_account> was last used 60.0 days ago',
      because: '60.0 days since 2026-10-07T10:00:00Z are more than 45, by whole days',
      command: null,
    },
  ]);
});
