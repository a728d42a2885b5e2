// One user's findings: every rule of the set asked, each judgement named so that the next run names it the same, and those that
// an exemption of the policy file covers shown as muted. Ended exemptions mute nothing, and doubts are never muted.
import { hash } from 'node:crypto';
import type { AuditedKey, Finding, Judgement, Limits, Need, Rule, RuleSet, Severity, UserFacts } from './contract.ts';
import { aliasesOf, isIn, numbersOf, ruleSets } from './rule-sets.ts';
import { rules } from './rules/index.ts';

export interface Judged {
  account: string;
  set: RuleSet;
  limits: Limits;
}

/** Sorted by rule, then as the rule gave them. An empty list: nothing is wrong as far as was looked. */
export function findingsOf(user: UserFacts, { account, set, limits }: Judged): Finding[] {
  return rulesOf(set).flatMap((rule) =>
    rule.judge(user, limits).map((judgement) => findingOf({ account, set, rule }, user, judgement)),
  );
}

/** What a rule says of the account as a whole. */
export function findingOfAccount(rule: Rule, judgement: Judgement, { account, set }: Judged): Finding {
  const nobody = { user: '<account>', arn: account, keys: [], policy: null };
  return findingOf({ account, set, rule }, nobody, judgement);
}

/** How bad each finding is, without what it takes to show it; null where it is muted. */
export function severitiesOf(user: UserFacts, { set, limits }: Judged): (Severity | null)[] {
  return rulesOf(set).flatMap((rule) =>
    rule.judge(user, limits).map((judgement) => (exemptionFor(rule, user, judgement) ? null : judgement.severity)),
  );
}

const rulesBySet = new Map(ruleSets.map((set) => [set, rules.filter(({ id }) => isIn(set, id))]));

export function rulesOf(set: RuleSet): readonly Rule[] {
  return rulesBySet.get(set) ?? [];
}

/** About the data itself, or about the exemption: no exemption speaks of these. */
const neverMuted = ['AK-43', 'AK-50', 'AK-51', 'AK-52'];

function findingOf(
  { account, set, rule }: { account: string; set: RuleSet; rule: Rule },
  user: Pick<UserFacts, 'user' | 'arn' | 'keys' | 'policy'>,
  judgement: Judgement,
): Finding {
  const { key, about, need, severity, title, evidence, command, text, status } = judgement;
  const exemption = exemptionFor(rule, user, judgement);
  const rules = need ? { rules: rulesNeeding(set, need) } : {};
  return {
    id: idOf([account, rule.id, user.arn, key ? identityOf(key, user.keys) : '', about ?? '']),
    rule: rule.id,
    severity,
    status: exemption ? 'MUTED' : status,
    user: user.user,
    keyId: key?.id ?? null,
    title,
    evidence: { ...evidence, ...rules, source: rule.source },
    cis: numbersOf(set, rule.id),
    aliases: aliasesOf(set, rule.id),
    remediation: { command, text },
    ...(exemption ? { muted: { reason: exemption.reason, until: exemption.until } } : {}),
  };
}

/** Rules that cannot be passed without these facts. */
export function rulesNeeding(set: RuleSet, need: Need): string[] {
  return rulesOf(set)
    .filter(({ needs, weighs = [] }) => needs.includes(need) || weighs.includes(need))
    .map(({ id }) => id);
}

/**
 * By when it was made, which the report and ListAccessKeys both tell, so that a finding has one id however an audit was asked
 * for; of keys of one second the others are numbered in the order of their ids, which is that of the report's slots.
 */
function identityOf(key: AuditedKey, keys: readonly AuditedKey[]): string {
  const same = keys.filter(({ createdAt }) => createdAt === key.createdAt);
  const place = ({ id, slot }: AuditedKey) => (same.every((one) => one.id !== null) ? (id ?? '') : String(slot ?? '3'));
  const before = same.filter((other) => place(other) < place(key)).length;
  return before === 0 ? String(key.createdAt) : `${key.createdAt} ${before + 1}`;
}

function idOf(parts: readonly string[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 24);
}

function exemptionFor({ id }: Rule, { policy }: Pick<UserFacts, 'policy'>, { key, status }: Judgement) {
  if (neverMuted.includes(id) || status !== 'OPEN') return undefined;
  return (policy?.exemptions ?? []).find(
    (one) => !one.ended && (one.key === null || (key !== null && key.id === one.key)),
  );
}
