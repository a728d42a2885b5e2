// One user's findings: every rule of the set asked, each judgement named so that the next run names it the same, and those that
// an exemption of the policy file covers shown as muted. Ended exemptions mute nothing, and doubts are never muted.
import { createHash } from 'node:crypto';
import type { AuditedKey, Finding, Judgement, Limits, PolicyWords, Rule, RuleSet, UserFacts } from './contract.ts';
import { aliasesOf, isIn, numbersOf } from './rule-sets.ts';
import { rules } from './rules/index.ts';

interface Judged {
  account: string;
  set: RuleSet;
  limits: Limits;
}

/** Sorted by rule, then as the rule gave them. An empty list: nothing is wrong as far as was looked. */
export function findingsOf(user: UserFacts, { account, set, limits }: Judged): Finding[] {
  return rulesOf(set).flatMap((rule) =>
    rule.judge(user, limits).map((judgement) => findingOf(account, set, rule, user, judgement)),
  );
}

export function rulesOf(set: RuleSet): readonly Rule[] {
  return rules.filter(({ id }) => isIn(set, id));
}

/** About the data itself, or about the exemption: no exemption speaks of these. */
const neverMuted = ['AK-43', 'AK-50', 'AK-52'];

function findingOf(account: string, set: RuleSet, rule: Rule, user: UserFacts, judgement: Judgement): Finding {
  const { key, severity, title, evidence, command, text, status } = judgement;
  const exemption = neverMuted.includes(rule.id) ? undefined : exemptionOf(user.policy, key);
  return {
    id: idOf([account, rule.id, user.arn, ...(key ? [identityOf(key)] : []), ...(status === 'OPEN' ? [] : [title])]),
    rule: rule.id,
    severity,
    status: status === 'OPEN' && exemption ? 'MUTED' : status,
    user: user.user,
    keyId: key?.id ?? null,
    title,
    evidence: { ...evidence, source: rule.source },
    cis: numbersOf(set, rule.id),
    aliases: aliasesOf(set, rule.id),
    remediation: { command, text },
    ...(status === 'OPEN' && exemption ? { muted: { reason: exemption.reason, until: exemption.until } } : {}),
  };
}

/** Two keys of the same second have different slots; a key's id says it all. */
function identityOf({ id, createdAt, slot }: AuditedKey): string {
  return id ?? `${createdAt} ${slot}`;
}

function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 24);
}

function exemptionOf(policy: PolicyWords | null, key: AuditedKey | null) {
  return (policy?.exemptions ?? []).find(
    (one) => !one.ended && (one.key === null || (key !== null && key.id === one.key)),
  );
}
