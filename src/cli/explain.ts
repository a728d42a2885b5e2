// keyturn audit --explain: what one rule makes of one user, with the raw values, where they come from, and the arithmetic; of a
// pass, too, what was compared with what.
import type { AuditedKey, AuditTail, Finding, Limits, Rule, Source, UserFacts } from '../audit/contract.ts';
import { days, keyEvidence, since } from '../audit/rules/reckoning.ts';
import { RefusedError } from '../errors.ts';
import { shown } from '../shown.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

interface Explained {
  rule: Rule;
  findings: readonly Finding[];
  reportAt: string | null;
  /** Null where the run ended before this user was looked at. */
  looked: { user: UserFacts; limits: Limits } | null;
  tail: AuditTail;
}

export function explain(io: Pick<Io, 'stdout'>, { key, user = '', json }: Flags, explained: Explained): void {
  const { rule, looked, findings } = explained;
  if (key !== undefined && looked && !looked.user.keys.some(({ id }) => id === key)) {
    throw new RefusedError(`${user} has no key ${key}`, { hint: `see aws iam list-access-keys --user-name ${user}` });
  }
  const keys = (looked?.user.keys ?? [])
    .filter(({ id }) => key === undefined || id === key)
    .map((one) => compared(one, looked?.limits as Limits));
  const document = {
    rule: rule.id,
    title: rule.title,
    source: rule.source,
    user,
    verdict: verdictOf(explained, findings),
    findings,
    keys,
    limits: looked ? limitsOf(looked.limits) : null,
    sources: looked ? sourcesOf(looked.user, explained.reportAt) : {},
  };
  io.stdout.write(json ? `${JSON.stringify(document, null, 2)}\n` : `${shown(words(document).join('\n'))}\n`);
}

function verdictOf({ rule, looked, tail }: Explained, findings: readonly Finding[]): string {
  const [worst] = findings;
  if (worst) return worst.status;
  if (!looked || !tail.complete) return 'INCOMPLETE';
  const unasked = tail.notLookedAt.find(({ what }) => what.startsWith(`${rule.id},`));
  return unasked ? `not looked at: ${unasked.why}` : 'PASS';
}

/** The key's values as they came, and what was reckoned from them. */
function compared(key: AuditedKey, limits: Limits): Record<string, unknown> {
  const age = since(key.createdAt, limits);
  const unused = since(key.lastUsedAt, limits);
  return {
    ...keyEvidence(key, limits),
    age: age === null ? null : `${days(age)}: judgedAt less createdAt`,
    unusedFor: unused === null ? null : `${days(unused)}: judgedAt less lastUsedAt`,
  };
}

function limitsOf({ now: _, ownKeys: __, ...limits }: Limits): Record<string, unknown> {
  return limits;
}

function sourcesOf(user: UserFacts, reportAt: string | null): Record<string, unknown> {
  const { listed, tags, powers, rotations, events } = user;
  return {
    credentialReport: { value: user.reported(), from: 'iam:GetCredentialReport', at: reportAt },
    ...Object.fromEntries(
      Object.entries({ listed, tags, powers, rotations, events }).map(([name, source]) => [name, told(source)]),
    ),
  };
}

function told(source: Source<unknown>): Record<string, unknown> {
  const { state, ...rest } = source;
  return state === 'known' ? rest : { [state === 'notAsked' ? 'not asked' : 'not known']: rest };
}

function words(document: {
  rule: string;
  title: string;
  source: string;
  user: string;
  verdict: string;
  findings: readonly Finding[];
  keys: readonly Record<string, unknown>[];
  limits: Record<string, unknown> | null;
  sources: Record<string, unknown>;
}): string[] {
  const { rule, title, source, user, verdict, findings, keys, limits, sources } = document;
  const listed = (values: Record<string, unknown>, indent: string) =>
    Object.entries(values).map(
      ([name, value]) => `${indent}${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
  return [
    `${rule}: ${title}`,
    `  source: ${source}`,
    `  ${user}: ${verdict === 'PASS' ? 'passes' : verdict}`,
    ...findings.flatMap(({ severity, status, title, evidence }) => [
      `  ${status === 'OPEN' ? severity : status}: ${title}`,
      ...(typeof evidence.because === 'string' ? [`    ${evidence.because}`] : []),
    ]),
    ...keys.flatMap((key) => [
      `  what was compared of ${String(key.keyId ?? `slot ${key.slot}`)}`,
      ...listed(key, '    '),
    ]),
    ...(limits ? ['  with the limits', ...listed(limits, '    ')] : []),
    '  as AWS gave it',
    ...listed(sources, '    '),
  ];
}
