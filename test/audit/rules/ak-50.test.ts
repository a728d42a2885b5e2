// AK-50: what could not be found out of a user.
import { expect, test } from 'vitest';
import { ago, denied, findings, judge, key, known, user, wordsOf } from './judged.ts';

const withKey = (given = {}) => user({ keys: [key()], ...given });
const unusedKey = key({ lastUsedAt: null, isUseKnown: false });
const listed = (use: object) =>
  known([{ id: 'AKIAFIRSTFIRSTFIRST1', status: 'Active' as const, createdAt: ago(10), use: use as never }]);

test('the finding in full: it names the rules that cannot be passed', () => {
  expect(findings('AK-50', withKey({ tags: denied('iam:ListUserTags') }))).toEqual([
    {
      id: 'ad75145c74b545f1b78e8922',
      rule: 'AK-50',
      severity: 'high',
      status: 'INCOMPLETE',
      user: 'alice',
      keyId: null,
      title: 'its tags could not be looked up for alice: iam:ListUserTags is denied',
      evidence: {
        what: 'its tags',
        why: 'iam:ListUserTags is denied',
        permission: 'iam:ListUserTags',
        rules: ['AK-40', 'AK-44'],
        source: 'IAM User Guide, "Get credential reports": up to four hours old',
      },
      cis: [],
      aliases: [],
      remediation: { command: null, text: 'allow iam:ListUserTags, and look again' },
    },
  ]);
});

test.each([
  ['ids', 'its keys', { listed: denied('iam:List') }],
  ['uses', 'when its keys were used', { listed: listed(denied('iam:Get')), keys: [unusedKey] }],
  ['tags', 'its tags', { tags: denied('iam:Get') }],
  ['powers', 'its policies', { powers: denied('iam:Get') }],
  ['rotations', 'its rotations', { rotations: denied('the state folder') }],
  ['events', 'its events', { events: denied('cloudtrail:LookupEvents') }],
])('the user’s %s are not known', (need, what, given) => {
  expect(judge('AK-50', withKey(given))).toMatchObject([
    { status: 'INCOMPLETE', need, key: null, about: what, evidence: { what } },
  ]);
});

test.each([
  ['ids', { listed: denied('iam:List', true) }],
  ['tags', { tags: denied('iam:Get', true) }],
  ['powers', { powers: denied('iam:Get', true) }],
  ['rotations', { rotations: denied('the state folder', true) }],
  ['events', { events: denied('cloudtrail:LookupEvents', true) }],
  ['uses', { listed: listed(denied('iam:Get', true)), keys: [unusedKey] }],
])('%s that are not known of anybody are not said of each', (_, given) => {
  expect(judge('AK-50', withKey(given))).toEqual([]);
});

test('one key of two is enough', () => {
  const use = { state: 'notAsked', why: 'the report says it' } as const;
  const second = { id: 'AKIASECONDSECONDSEC2', status: 'Active', createdAt: ago(9), use: denied('iam:Get') } as const;
  const first = { ...second, id: 'AKIAFIRSTFIRSTFIRST1', use };
  const facts = withKey({ listed: known([first, second]), keys: [key(), unusedKey] });

  expect(judge('AK-50', facts).map(({ need }) => need)).toEqual(['uses']);
});

test('several are told one by one', () => {
  const facts = withKey({ tags: denied('iam:Get'), events: denied('cloudtrail:LookupEvents') });

  expect(judge('AK-50', facts).map(({ need }) => need)).toEqual(['tags', 'events']);
});

test.each([
  ['of a key that is used', listed(denied('iam:Get')), [key()]],
  ['of an inactive key', listed(denied('iam:Get')), [{ ...unusedKey, active: false }]],
  ['that AWS answered', listed(known({ lastUsedAt: null })), [unusedKey]],
])('when a key was used is not missed %s', (_, list, keys) => {
  expect(judge('AK-50', withKey({ listed: list, keys }))).toEqual([]);
});

test('the report tells of more than two keys, and nobody looked them up', () => {
  expect(wordsOf('AK-50', withKey({ hasMoreKeys: true }))).toMatchObject([
    {
      title: 'its further keys could not be looked up for alice: the report tells of more keys than it shows',
      text: 'look again',
    },
  ]);
  expect(judge('AK-50', withKey({ hasMoreKeys: true }))).toMatchObject([
    { status: 'INCOMPLETE', need: 'ids', evidence: { permission: null } },
  ]);
});

test.each([
  ['were looked up', { listed: known([]) }, []],
  ['could not be looked up', { listed: denied('iam:List') }, ['its keys']],
  ['were not looked up, nor the tags', { tags: denied('iam:Get') }, ['its tags', 'its further keys']],
])('further keys that %s', (_, given, expected) => {
  expect(judge('AK-50', withKey({ hasMoreKeys: true, ...given })).map(({ about }) => about)).toEqual(expected);
});
