// Which rules a rule set has, by which numbers it knows them, and by which limits it judges. One table, version by version.
// Numbers are those of the CIS AWS Foundations Benchmark of that version, and of Security Hub's FSBP.
import type { Limits, RuleSet } from './contract.ts';

type Numbers = Partial<Record<Exclude<RuleSet, 'prowler'>, string>>;

const rotated: Numbers = {
  'cis-1.4': '1.14',
  'cis-3.0': '1.14',
  'cis-5.0': '1.13',
  'cis-6.0': '2.13',
  'cis-7.0': '2.12',
  fsbp: 'IAM.3',
};
const oneActive: Numbers = { 'cis-1.4': '1.13', 'cis-3.0': '1.13', 'cis-5.0': '1.12', 'cis-6.0': '2.12' };
const notAtSetup: Numbers = { 'cis-1.4': '1.11', 'cis-3.0': '1.11', 'cis-5.0': '1.10', 'cis-6.0': '2.10' };
const unused: Numbers = {
  'cis-1.4': '1.12',
  'cis-3.0': '1.12',
  'cis-5.0': '1.11',
  'cis-6.0': '2.11',
  'cis-7.0': '2.11',
  fsbp: 'IAM.22',
};
const noRootKey: Numbers = {
  'cis-1.4': '1.4',
  'cis-3.0': '1.4',
  'cis-5.0': '1.3',
  'cis-6.0': '2.3',
  'cis-7.0': '2.4',
  fsbp: 'IAM.4',
};
const mfa: Numbers = {
  'cis-1.4': '1.10',
  'cis-3.0': '1.10',
  'cis-5.0': '1.9',
  'cis-6.0': '2.9',
  'cis-7.0': '2.10',
  fsbp: 'IAM.5',
};
const noFullAccess: Numbers = {
  'cis-1.4': '1.16',
  'cis-3.0': '1.16',
  'cis-5.0': '1.15',
  'cis-6.0': '2.15',
  'cis-7.0': '2.14',
  fsbp: 'IAM.1',
};

/** Rules that no benchmark has a number for are keyturn's own. A rule may be about two recommendations. */
const numbers: Readonly<Record<string, readonly Numbers[]>> = {
  'AK-01': [noRootKey],
  'AK-02': [rotated],
  'AK-03': [rotated],
  'AK-04': [oneActive],
  'AK-05': [oneActive],
  'AK-06': [unused],
  'AK-10': [unused],
  'AK-11': [unused, notAtSetup],
  'AK-12': [notAtSetup],
  'AK-13': [notAtSetup],
  'AK-14': [rotated],
  'AK-15': [rotated],
  'AK-20': [noFullAccess],
  'AK-22': [mfa, notAtSetup],
  'AK-23': [rotated],
  'AK-24': [unused],
  'AK-41': [rotated],
};

/** Prowler's names for its checks of access keys. */
const prowler: Readonly<Record<string, string>> = {
  'AK-01': 'iam_no_root_access_key',
  'AK-02': 'iam_rotate_access_key_90_days',
  'AK-04': 'iam_user_two_active_access_key',
  'AK-10': 'iam_user_accesskey_unused',
  'AK-12': 'iam_user_no_setup_initial_access_key',
};

export const newestCis: RuleSet = 'cis-7.0';
export const ruleSets: readonly RuleSet[] = ['cis-1.4', 'cis-3.0', 'cis-5.0', 'cis-6.0', 'cis-7.0', 'fsbp', 'prowler'];

/** Whether the set judges by this rule: Prowler's by its five checks, every other by all of ours. */
export function isIn(set: RuleSet, rule: string): boolean {
  return set !== 'prowler' || rule in prowler;
}

export function numbersOf(set: RuleSet, rule: string): string[] {
  return set === 'prowler' ? [] : (numbers[rule] ?? []).flatMap((one) => one[set] ?? []);
}

export function aliasesOf(set: RuleSet, rule: string): string[] {
  const name = prowler[rule];
  return set === 'prowler' && name ? [name] : [];
}

/** What is the same in every set but Prowler's, which cuts ages to whole days. */
export function limitsOf(
  set: RuleSet,
): Pick<
  Limits,
  'maxAgeDays' | 'unusedDays' | 'dueSoonDays' | 'overlapDays' | 'inactiveDays' | 'setupSeconds' | 'asProwler'
> {
  return {
    maxAgeDays: 90,
    unusedDays: 45,
    dueSoonDays: 15,
    overlapDays: 14,
    inactiveDays: 30,
    setupSeconds: 60,
    asProwler: set === 'prowler',
  };
}
