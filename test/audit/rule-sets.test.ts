// Each rule set’s numbers, version by version, as the benchmarks have them.
import { expect, test } from 'vitest';
import type { RuleSet } from '../../src/audit/contract.ts';
import { rulesOf } from '../../src/audit/judge.ts';
import { aliasesOf, isIn, limitsOf, newestCis, numbersOf } from '../../src/audit/rule-sets.ts';

const versions: RuleSet[] = ['cis-1.4', 'cis-3.0', 'cis-5.0', 'cis-6.0', 'cis-7.0', 'fsbp'];

const rotated = ['1.14', '1.14', '1.13', '2.13', '2.12', 'IAM.3'];
const oneActive = ['1.13', '1.13', '1.12', '2.12', '', ''];
const atSetup = ['1.11', '1.11', '1.10', '2.10', '', ''];
const unused = ['1.12', '1.12', '1.11', '2.11', '2.11', 'IAM.22'];
const rootKey = ['1.4', '1.4', '1.3', '2.3', '2.4', 'IAM.4'];
const fullAccess = ['1.16', '1.16', '1.15', '2.15', '2.14', 'IAM.1'];
const mfaAndSetup = ['1.10 1.11', '1.10 1.11', '1.9 1.10', '2.9 2.10', '2.10', 'IAM.5'];
const none = ['', '', '', '', '', ''];

test.each([
  ['AK-01', rootKey],
  ['AK-02', rotated],
  ['AK-03', rotated],
  ['AK-04', oneActive],
  ['AK-05', oneActive],
  ['AK-06', unused],
  ['AK-07', none],
  ['AK-10', unused],
  ['AK-11', ['1.12 1.11', '1.12 1.11', '1.11 1.10', '2.11 2.10', '2.11', 'IAM.22']],
  ['AK-12', atSetup],
  ['AK-13', atSetup],
  ['AK-14', rotated],
  ['AK-15', rotated],
  ['AK-20', fullAccess],
  ['AK-21', none],
  ['AK-22', mfaAndSetup],
  ['AK-23', rotated],
  ['AK-24', unused],
  ['AK-31', none],
  ['AK-32', none],
  ['AK-33', none],
  ['AK-34', none],
  ['AK-40', none],
  ['AK-41', rotated],
  ['AK-42', none],
  ['AK-43', none],
  ['AK-44', none],
  ['AK-50', none],
  ['AK-51', none],
  ['AK-52', none],
])('%s', (rule, expected) => {
  expect(versions.map((set) => numbersOf(set, rule).join(' '))).toEqual(expected);
});

test('every rule has its row above', () => {
  expect(rulesOf('cis-7.0')).toHaveLength(30);
});

test('the newest benchmark has dropped two recommendations, and its rules are asked all the same', () => {
  expect(newestCis).toBe('cis-7.0');
  expect(['AK-04', 'AK-12'].map((rule) => [isIn('cis-7.0', rule), numbersOf('cis-7.0', rule)])).toEqual([
    [true, []],
    [true, []],
  ]);
});

test('Prowler’s set is its five checks under their own names, and no benchmark’s number', () => {
  const checks = rulesOf('prowler').map(({ id }) => [id, ...aliasesOf('prowler', id), ...numbersOf('prowler', id)]);

  expect(checks).toEqual([
    ['AK-01', 'iam_no_root_access_key'],
    ['AK-02', 'iam_rotate_access_key_90_days'],
    ['AK-04', 'iam_user_two_active_access_key'],
    ['AK-10', 'iam_user_accesskey_unused'],
    ['AK-12', 'iam_user_no_setup_initial_access_key'],
  ]);
  expect(limitsOf('prowler')).toMatchObject({ maxAgeDays: 90, unusedDays: 45, asProwler: true });
  expect(limitsOf('cis-7.0').asProwler).toBe(false);
});
