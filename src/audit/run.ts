// A whole audit: the account-wide sources, every user judged once by the report to know who is worst and whose ids are needed,
// and then, in that order, judged for good and written out. No more than a window of users is in memory at a time.
import type { KeyStatusFacts } from '../aws/contract.ts';
import { instant } from '../clock.ts';
import { KeyturnError, RefusedError } from '../errors.ts';
import type {
  AuditHead,
  AuditTail,
  Finding,
  Gap,
  Limits,
  Need,
  Renderer,
  RuleSet,
  Severity,
  UserFacts,
} from './contract.ts';
import type { ReportRow } from './credential-report.ts';
import { factsOf, type Listed } from './facts.ts';
import { findingsOf, rulesOf } from './judge.ts';
import { lookups } from './lookups.ts';
import { day, since } from './rules/reckoning.ts';
import { gapsOf, known, type Stock, type StockDeps, takeStock } from './stock.ts';

export interface AuditOptions {
  set: RuleSet;
  limits(stock: Stock): Limits;
  /** Only this user. Throws RefusedError where the account has none of that name. */
  user: string | null;
  /** What each user that has findings was judged by, and the only user in any case. */
  onUser?(facts: UserFacts, limits: Limits): void;
}

export const severities: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** Returns the tail as well. What a person stopped is written out as far as it is known, and marked incomplete. */
export async function runAudit(
  deps: StockDeps,
  { set, limits: limitsOf, user: only, onUser }: AuditOptions,
  renderer: Renderer,
): Promise<AuditTail> {
  const stock = await takeStock(deps);
  mustExist(stock, only);
  const limits = limitsOf(stock);
  const head: AuditHead = {
    account: stock.caller.account,
    generatedAt: instant(stock.now),
    rules: set,
    reportAt: stock.report.state === 'known' ? stock.report.value.generatedAt : null,
  };
  renderer.head(head);

  const tally = newTally(limits);
  const gaps = gapsOf(stock);
  const judged = { account: stock.caller.account, set, limits };
  const notListed: Listed = {
    state: 'notAsked',
    why: deps.ids === 'never' ? '--ids never was given' : 'nothing is wrong with this user by the report',
  };

  try {
    const order = [...usersOf(stock, only)]
      .map(([name, row]) => {
        const facts = factsOf(stock, name, row, notListed);
        const findings = findingsOf(facts, judged);
        tally.user(facts);
        return { name, row, worst: worstOf(findings), hasFindings: findings.length > 0, isRoot: facts.isRoot };
      })
      .filter(({ hasFindings, row }) => hasFindings || row === null || only !== null)
      .sort((a, b) => b.worst - a.worst || a.name.localeCompare(b.name, 'en'));

    const look = async ({ name, row, isRoot }: (typeof order)[number]): Promise<UserFacts> => {
      const needsIds = deps.ids === 'auto' && !isRoot;
      const listed = needsIds ? await listedOf(deps, name) : notListed;
      return factsOf(stock, name, row, listed);
    };
    let done = 0;
    for await (const facts of lookups(order, look, deps)) {
      onUser?.(facts, limits);
      for (const finding of findingsOf(facts, judged)) {
        tally.finding(finding);
        renderer.finding(finding);
      }
      done += 1;
      if (done % 25 === 0) deps.onProgress('users with findings', done, order.length);
    }
  } catch (error) {
    // What is half written has to be ended, and says itself that it is not whole.
    if (!deps.signal.aborted && !(error instanceof KeyturnError)) throw error;
    const why = deps.signal.aborted ? 'interrupted' : (error as Error).message;
    gaps.push({ what: 'the rest of the users', why, permission: null });
  }

  const tail = tally.tail(gaps, notLookedAt(stock, set));
  await renderer.tail(tail);
  return tail;
}

function mustExist({ caller, report, listed }: Stock, name: string | null): void {
  if (name === null || listed.state !== 'known' || listed.value.has(name)) return;
  const isRoot = report.state === 'known' && name === '<root_account>';
  if (isRoot) return;
  throw new RefusedError(`there is no user ${name} in account ${caller.account}`, {
    hint: 'see aws iam list-users, and check the account with aws sts get-caller-identity',
  });
}

/** Users by the report, and those that it does not have; not those that are gone since. */
function* usersOf({ report, listed }: Stock, only: string | null): Generator<[string, ReportRow | null]> {
  const seen = new Set<string>();
  if (report.state === 'known') {
    for (const row of report.value.rows()) {
      seen.add(row.user);
      if (only !== null && row.user !== only) continue;
      if (!row.isRoot && listed.state === 'known' && !listed.value.has(row.user)) continue;
      yield [row.user, row];
    }
  }
  if (listed.state !== 'known') return;
  for (const name of listed.value.keys()) {
    if (!seen.has(name) && (only === null || name === only)) yield [name, null];
  }
}

/** For a user that the report does not have, when each key was used has to be asked for itself. */
async function listedOf({ aws, clock }: StockDeps, user: string): Promise<Listed> {
  const at = () => instant(aws.time() ?? clock.now());
  return known<readonly KeyStatusFacts[]>('iam:ListAccessKeys', at, () => aws.keys(user));
}

function worstOf(findings: Finding[]): number {
  return Math.max(
    -1,
    ...findings.filter(({ status }) => status !== 'MUTED').map(({ severity }) => severities.indexOf(severity)),
  );
}

function notLookedAt(stock: Stock, set: RuleSet): Gap[] {
  const sources: Record<Need, { state: string; why?: string }> = {
    ids: stock.holders,
    tags: stock.holders,
    powers: stock.holders,
    rotations: stock.rotations,
    events: stock.events,
  };
  return rulesOf(set).flatMap(({ id, title, needs }) => {
    const [unasked] = needs.filter((need) => sources[need].state === 'notAsked');
    return unasked
      ? [{ what: `${id}, ${title}`, why: `it needs ${unasked}: ${sources[unasked].why ?? ''}`, permission: null }]
      : [];
  });
}

/** Days at which a bar of the histogram begins: 90 is where most policies draw the line. */
const ageSteps = [0, 30, 60, 90, 180, 365, 730];

function newTally({ now }: Pick<Limits, 'now'>) {
  const bySeverity = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  const byStatus = { OPEN: 0, MUTED: 0, PASS: 0, INCOMPLETE: 0 };
  const counts = { users: 0, keys: 0, activeKeys: 0 };
  const ages = ageSteps.map((from, index) => ({ from, to: ageSteps[index + 1] ?? null, keys: 0 }));
  return {
    user: ({ keys }: UserFacts) => {
      counts.users += 1;
      counts.keys += keys.length;
      for (const { active, createdAt } of keys) {
        if (!active) continue;
        counts.activeKeys += 1;
        const age = (since(createdAt, { now }) ?? 0) / day;
        const bar = ages.findLast(({ from }) => age >= from);
        if (bar && createdAt !== null) bar.keys += 1;
      }
    },
    finding: ({ severity, status }: Finding) => {
      byStatus[status] += 1;
      if (status === 'OPEN') bySeverity[severity] += 1;
    },
    tail: (incomplete: Gap[], notLookedAt: Gap[]): AuditTail => ({
      complete: incomplete.length === 0 && byStatus.INCOMPLETE === 0,
      incomplete,
      notLookedAt,
      summary: { ...counts, bySeverity, byStatus, ages },
    }),
  };
}
