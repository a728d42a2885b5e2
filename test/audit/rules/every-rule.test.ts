// What holds for several rules at once.
import { expect, test } from 'vitest';
import type { Need } from '../../../src/audit/contract.ts';
import { rulesNeeding } from '../../../src/audit/judge.ts';
import { rules } from '../../../src/audit/rules/index.ts';
import { ago, event, judge, key, known, mallory, prowler, root, secondKey, severitiesOf, user } from './judged.ts';

const ofUsers = [
  'AK-03',
  'AK-06',
  'AK-07',
  'AK-13',
  'AK-20',
  'AK-21',
  'AK-22',
  'AK-23',
  'AK-24',
  'AK-34',
  'AK-40',
  'AK-41',
  'AK-44',
];

test.each(ofUsers)('%s speaks of users, and leaves root alone', (rule) => {
  const facts = {
    createdAt: ago(80),
    passwordEnabled: true,
    passwordLastUsed: ago(100),
    passwordLastChanged: ago(2),
    keys: [key({ createdAt: ago(80) }), secondKey({ createdAt: ago(400), active: false })],
    tags: known({ made: 'by terraform' }),
    powers: known({ administratorBy: ['Admin'], mintsKeysBy: ['Admin'], boundary: null }),
    events: known([event({ keyId: 'AKIAGONEGONEGONEGONE', by: mallory })]),
    policy: { places: [], owner: null, maxAgeDays: 90, exemptions: [] },
  };

  expect(judge(rule, user(facts))).not.toEqual([]);
  expect(judge(rule, root(facts))).toEqual([]);
});

test.each<[Need, string[]]>([
  ['report', ['AK-12', 'AK-13', 'AK-22', 'AK-23', 'AK-24']],
  ['ids', ['AK-05', 'AK-14', 'AK-15', 'AK-31', 'AK-32', 'AK-34']],
  ['uses', ['AK-10', 'AK-11', 'AK-12', 'AK-13', 'AK-14', 'AK-15', 'AK-24']],
  ['tags', ['AK-40', 'AK-44']],
  ['powers', ['AK-20', 'AK-21']],
  ['rotations', ['AK-05', 'AK-14', 'AK-15', 'AK-32', 'AK-42']],
  ['events', ['AK-06', 'AK-31', 'AK-32', 'AK-33', 'AK-34']],
  ['rotators', ['AK-31', 'AK-32', 'AK-33']],
])('where %s are not known, these cannot be passed', (need, expected) => {
  expect(rulesNeeding('cis-7.0', need)).toEqual(expected);
});

test('these can be passed whatever is not known', () => {
  expect(rules.filter(({ needs }) => needs.length === 0).map(({ id }) => id)).toEqual([
    'AK-01',
    'AK-02',
    'AK-03',
    'AK-04',
    'AK-06',
    'AK-07',
    'AK-41',
    'AK-43',
    'AK-50',
    'AK-51',
    'AK-52',
  ]);
});

test.each(['AK-10', 'AK-11', 'AK-12', 'AK-24'])('%s takes what is not known for no use at all of none', (rule) => {
  const keys = [key({ createdAt: ago(80), lastUsedAt: null, isUseKnown: false })];
  const facts = user({ keys, passwordEnabled: true, passwordLastUsed: ago(100) });

  expect(severitiesOf(rule, facts)).toEqual([]);
  expect(severitiesOf(rule, facts, prowler)).toEqual([]);
});
