// AK-02: keys that are too old, at the second where they become so.
import { expect, test } from 'vitest';
import {
  ago,
  denied,
  findings,
  judge,
  key,
  keyInEvidence,
  known,
  policy,
  prowler,
  root,
  secondKey,
  severitiesOf,
  user,
  wordsOf,
} from './judged.ts';

const aged = (createdAt: string | null) => user({ keys: [key({ createdAt })] });
const admin = known({ administratorBy: ['AdministratorAccess'], mintsKeysBy: [], boundary: null });

test('the finding in full', () => {
  expect(findings('AK-02', aged(ago(91.04)))).toEqual([
    {
      id: '33bd2381e1364fab3d56363e',
      rule: 'AK-02',
      severity: 'medium',
      status: 'OPEN',
      user: 'alice',
      keyId: 'AKIAFIRSTFIRSTFIRST1',
      title: 'AKIAFIRSTFIRSTFIRST1 of alice is 91.0 days old; it may become 90',
      evidence: {
        ...keyInEvidence,
        createdAt: '2026-09-06T09:02:24Z',
        because: '91.0 days since 2026-09-06T09:02:24Z are more than 90, to the second',
        source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
      },
      cis: ['2.13'],
      aliases: [],
      remediation: {
        command: 'keyturn rotate --user alice --key AKIAFIRSTFIRSTFIRST1',
        text: 'replace it',
      },
    },
  ]);
});

test.each([
  ['89 days', ago(89), []],
  ['90 days to the second', ago(90), []],
  ['90 days and a second', ago(90, 1), ['medium']],
  ['90.04 days', ago(90.04), ['medium']],
  ['90.96 days', ago(90.96), ['medium']],
  ['91.04 days', ago(91.04), ['medium']],
  ['180 days to the second', ago(180), ['medium']],
  ['180 days and a second', ago(180, 1), ['high']],
  ['a stamp that is still to come', ago(-1), []],
  ['an age that AWS does not tell', null, []],
])('a key of %s', (_, createdAt, expected) => {
  expect(severitiesOf('AK-02', aged(createdAt))).toEqual(expected);
});

test.each([
  ['90 days and 23 hours', ago(90.96), []],
  ['91 days less a second', ago(91, -1), []],
  ['91 days', ago(91), ['medium']],
  ['91.04 days', ago(91.04), ['medium']],
])('as Prowler reckons, a key of %s', (_, createdAt, expected) => {
  expect(severitiesOf('AK-02', aged(createdAt), prowler)).toEqual(expected);
});

test('an inactive key is never too old', () => {
  expect(severitiesOf('AK-02', user({ keys: [key({ active: false, createdAt: ago(400) })] }))).toEqual([]);
});

test('an administrator’s key is worse from the first second on', () => {
  expect(severitiesOf('AK-02', { ...aged(ago(90, 1)), powers: admin })).toEqual(['high']);
  expect(severitiesOf('AK-02', { ...aged(ago(90, 1)), powers: denied('iam:Get') })).toEqual(['medium']);
});

test('each of two old keys is told for itself', () => {
  const said = judge('AK-02', user({ keys: [key({ createdAt: ago(200) }), secondKey({ createdAt: ago(100) })] }));

  expect(said.map(({ key: about }) => about?.id)).toEqual(['AKIAFIRSTFIRSTFIRST1', 'AKIASECONDSECONDSEC2']);
});

test('a root key is left to AK-01, and for Prowler root is a user whose key can only be deleted', () => {
  const facts = root({ keys: [key({ id: null, createdAt: ago(91.04) })] });

  expect(severitiesOf('AK-02', facts)).toEqual([]);
  expect(wordsOf('AK-02', facts, prowler)).toEqual([
    {
      title: 'the key in slot 1 of <root_account> is 91.0 days old; it may become 90',
      because: '91.0 days since 2026-09-06T09:02:24Z are more than 90, by whole days',
      command: null,
      text: 'delete the root key; it is not rotated',
    },
  ]);
});

test('a policy file may ask for more than the benchmark, and never for less', () => {
  const strict = { ...aged(ago(31)), policy: policy({ maxAgeDays: 30 }) };
  const lax = { ...aged(ago(91)), policy: policy({ maxAgeDays: 365 }) };

  expect(wordsOf('AK-02', strict)).toMatchObject([
    {
      title: 'AKIAFIRSTFIRSTFIRST1 of alice is 31.0 days old; it may become 30',
      because: '31.0 days since 2026-11-05T10:00:00Z are more than 30, to the second',
    },
  ]);
  expect(severitiesOf('AK-02', lax)).toEqual(['medium']);
  expect(severitiesOf('AK-02', strict, prowler)).toEqual([]);
});
