// A whole audit: the account-wide sources, every user judged once by the report to know who is worst and whose ids are needed,
// and then, in that order, judged for good and written out. No more than a window of users is in memory at a time.
import { instant, timeOf } from '../clock.ts';
import { KeyturnError, RefusedError } from '../errors.ts';
import type {
  AuditHead,
  AuditTail,
  Finding,
  Gap,
  Limits,
  Renderer,
  RuleSet,
  Severity,
  Source,
  UserFacts,
} from './contract.ts';
import type { ReportRow } from './credential-report.ts';
import { factsOf, rootName } from './facts.ts';
import { findingOfAccount, findingsOf, type Judged, severitiesOf } from './judge.ts';
import { type Listed, lookUpKeys } from './look-up-keys.ts';
import { lookups } from './lookups.ts';
import { notLookedAt, tooNew } from './not-looked-at.ts';
import { isIn } from './rule-sets.ts';
import { ak51, staleReport } from './rules/ak-51.ts';
import { gapsOf, type Stock, type StockDeps, takeStock } from './stock.ts';
import { newTally } from './tally.ts';

export interface AuditOptions {
  set: RuleSet;
  limits(stock: Stock): Limits;
  /** Only this user. Throws RefusedError where the account has none of that name. */
  user: string | null;
  /** What each user that has findings was judged by, and the only user in any case. */
  onUser?(facts: UserFacts, limits: Limits): void;
}

export const severities: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

interface Asked {
  name: string;
  row: ReportRow | null;
  worst: number;
}

/** Returns the tail as well. What a person stopped is written out as far as it is known, and marked incomplete. */
export async function runAudit(
  deps: StockDeps,
  { set, limits: limitsOf, user: only, onUser }: AuditOptions,
  renderer: Renderer,
): Promise<AuditTail> {
  const stock = await takeStock(deps);
  mustExist(stock, only);
  const judged: Judged = { account: stock.caller.account, set, limits: limitsOf(stock) };
  const reportAt = stock.report.state === 'known' ? stock.report.value.generatedAt : null;
  const head: AuditHead = { account: stock.caller.account, generatedAt: instant(stock.now), rules: set, reportAt };
  renderer.head(head);

  const gaps = gapsOf(stock, set);
  const tally = newTally(judged.limits);
  const newer = newcomers(reportAt);
  const write = (finding: Finding) => {
    tally.finding(finding);
    renderer.finding(finding);
  };
  const facts = ({ name, row }: Asked, listed: Listed) =>
    factsOf(stock, { name, row, listed, asReported: judged.limits.asProwler });
  const notListed = notAsked(deps.ids === 'never' ? '--ids never was given' : 'nothing is wrong by the report');

  const order: Asked[] = [];
  for (const [name, row] of usersOf(stock, only)) {
    const asked = { name, row, worst: -1 };
    const byReport = facts(asked, notListed);
    const found = severitiesOf(byReport, judged);
    if (found.length > 0 || only !== null || mayHaveMore(byReport)) order.push({ ...asked, worst: worstOf(found) });
    else tally.user(byReport);
  }
  order.sort((a, b) => b.worst - a.worst || (a.name < b.name ? -1 : 1));

  const look = async (asked: Asked): Promise<UserFacts> =>
    facts(asked, asked.name === rootName ? notListed : await lookUpKeys(deps, asked.name, asked.row));
  function* byReportAlone(): Generator<UserFacts> {
    for (const asked of order) yield facts(asked, notListed);
  }
  const givenUp = (asked: Asked, { message: why }: Error) =>
    facts(asked, { state: 'unknown', why, permission: null, everywhere: false });

  let done = 0;
  const unread: string[] = [];
  const judge = (user: UserFacts) => {
    onUser?.(user, judged.limits);
    for (const finding of findingsOf(user, judged)) write(finding);
    tally.user(user);
    newer.note(user);
    if (user.listed.state === 'unknown') unread.push(user.user);
    done += 1;
  };
  try {
    for await (const user of deps.ids === 'never' ? byReportAlone() : lookups(order, { ...deps, look, givenUp })) {
      judge(user);
      if (done % 25 === 0) deps.onProgress('users with findings', done, order.length);
    }
  } catch (error) {
    // What is half written has to be ended, and says itself that it is not whole.
    if (!deps.signal.aborted && !(error instanceof KeyturnError)) throw error;
    const why = deps.signal.aborted ? 'interrupted' : (error as Error).message;
    const rest = order.slice(done);
    for (const asked of rest) judge(facts(asked, notAsked(why)));
    gaps.push(cutShort(why, rest.length, order.length));
  }

  const stale = reportAt && isIn(set, ak51.id) ? staleReport(reportAt, newer, judged.limits) : null;
  if (stale) write(findingOfAccount(ak51, stale, judged));
  const missed = isIn(set, 'AK-50') ? [] : keysOf(unread);
  const skipped = [...notLookedAt(stock, set), ...tooNew(newer.users, set, deps.ids)];
  const tail = tally.tail([...gaps, ...missed], skipped);
  await renderer.tail(tail);
  return tail;
}

function mustExist({ caller, report, listed }: Stock, name: string | null): void {
  if (name === null || listed.state !== 'known' || listed.value.has(name)) return;
  if (report.state === 'known' && name === rootName) return;
  throw new RefusedError(`there is no user ${name} in account ${caller.account}`, {
    hint: 'see aws iam list-users, and check the account with aws sts get-caller-identity',
  });
}

/** Root first, then users by the report and those that it does not have; not those that are gone since. */
function* usersOf({ report, listed, rootHasKey }: Stock, only: string | null): Generator<[string, ReportRow | null]> {
  const isMeant = (name: string) => only === null || name === only;
  const seen = new Set<string>();
  if (report.state === 'known') {
    for (const row of report.value.rows()) {
      const isGone = row.user !== rootName && listed.state === 'known' && !listed.value.has(row.user);
      seen.add(row.user);
      if (isMeant(row.user) && !isGone) yield [row.user, row];
    }
  }
  const hasRoot = rootHasKey.state === 'known' && rootHasKey.value;
  if (hasRoot && !seen.has(rootName) && isMeant(rootName)) yield [rootName, null];
  if (listed.state !== 'known') return;
  for (const name of listed.value.keys()) {
    if (!seen.has(name) && isMeant(name)) yield [name, null];
  }
}

/** By ids there may be more to find than by the report. */
function mayHaveMore({ reported, isRoot, rotations, events, policy, hasMoreKeys }: UserFacts): boolean {
  if (isRoot) return false;
  const isTold = (source: Source<readonly unknown[]>) => source.state === 'known' && source.value.length > 0;
  const hasExemptKey = (policy?.exemptions ?? []).some(({ key }) => key !== null);
  return reported() === null || isTold(rotations) || isTold(events) || hasExemptKey || hasMoreKeys;
}

function worstOf(found: readonly (Severity | null)[]): number {
  return Math.max(-1, ...found.map((one) => (one === null ? -1 : severities.indexOf(one))));
}

/** Who and what is newer than the report. */
function newcomers(reportAt: string | null) {
  const users: string[] = [];
  const newer: string[] = [];
  return {
    users,
    newer,
    note: ({ user, isRoot, reported, keys }: UserFacts) => {
      if (isRoot || reportAt === null) return;
      if (reported() === null) users.push(user);
      const key = keys.find(({ createdAt }) => createdAt !== null && timeOf(createdAt) > timeOf(reportAt));
      if (reported() === null) newer.push(`user ${user}`);
      else if (key) newer.push(`a key of ${user}`);
    },
  };
}

function notAsked(why: string): Listed {
  return { state: 'notAsked', why };
}

function cutShort(reason: string, left: number, all: number): Gap {
  const why = `${reason}: ${left} of ${all} users with findings were judged by the report alone, without their key ids`;
  return { what: 'the rest of the users', why, permission: null };
}

/** Where no rule of the set says so itself. */
function keysOf(users: readonly string[]): Gap[] {
  const [first, ...others] = users;
  if (first === undefined) return [];
  const what = `the keys of ${first}${others.length > 0 ? ` and ${others.length} more users` : ''}`;
  return [{ what, why: 'they could not be looked up', permission: 'iam:ListAccessKeys' }];
}
