// What is asked once for the whole account. A source that is denied or fails is kept as such and named: what it would have
// told is not known, and never a pass.
import type { Aws, Caller, ListedUser, PolicyHolder } from '../aws/contract.ts';
import { type Clock, instant } from '../clock.ts';
import { AccessDeniedError, KeyturnError, ThrottledError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gap, KeyEvent, Need, OpenRotation, RuleSet, Source } from './contract.ts';
import { type CredentialReport, credentialReport } from './credential-report.ts';
import { rulesNeeding } from './judge.ts';
import { keyEvents } from './key-events.ts';

export interface StockDeps {
  aws: Aws;
  clock: Clock;
  policy: Policy | null;
  /** `never`: the report alone; policies, tags, events and open rotations are not looked at. */
  ids: 'auto' | 'never';
  /** Leave the report, which may be four hours old, and ask for every user. */
  fresh: boolean;
  /** Open rotations that this machine's records know of, by user. */
  rotations(): Promise<ReadonlyMap<string, readonly OpenRotation[]>>;
  /** Events about access keys, by user; by default they are asked of CloudTrail. */
  events?(): Promise<ReadonlyMap<string, readonly KeyEvent[]>>;
  signal: AbortSignal;
  /** What is asked for; where it is one of many, how many are done. */
  onProgress(what: string, done?: number, of?: number): void;
}

/** The path of every role that a deployment of keyturn makes. */
const rolePath = '/keyturn/';

export interface Stock {
  caller: Caller;
  /** AWS's time, in milliseconds. */
  now: number;
  report: Source<CredentialReport>;
  listed: Source<ReadonlyMap<string, ListedUser>>;
  holders: Source<{
    users: ReadonlyMap<string, PolicyHolder>;
    groups: ReadonlyMap<string, PolicyHolder>;
    managed: ReadonlyMap<string, string>;
  }>;
  rootHasKey: Source<boolean>;
  rotations: Source<ReadonlyMap<string, readonly OpenRotation[]>>;
  events: Source<ReadonlyMap<string, readonly KeyEvent[]>>;
  /** ARNs of the roles that a deployed keyturn works in; none where it is not deployed. */
  rotators: Source<readonly string[]>;
  policy: Policy | null;
}

/** Throws where nobody can be named who is asking. What a person stops is not known from there on. */
export async function takeStock(deps: StockDeps): Promise<Stock> {
  const { aws, clock, ids, fresh, signal, onProgress } = deps;
  const caller = await aws.caller();
  const inventory = aws.inventory();
  const why = '--ids never was given';
  const now = () => aws.time() ?? clock.now();
  const at = () => instant(now());
  const ask = async <T>(what: string, action: string, wanted: boolean, look: () => Promise<T>): Promise<Source<T>> => {
    if (!wanted) return { state: 'notAsked', why };
    if (signal.aborted) return { state: 'unknown', why: 'interrupted', permission: null, everywhere: true };
    onProgress(what);
    const found = await known(action, at, look, { signal, evenThrottled: true });
    return found.state === 'unknown' ? { ...found, everywhere: true } : found;
  };

  const report = fresh
    ? ({ state: 'notAsked', why: '--fresh was given' } as const)
    : await ask('the credential report', 'iam:GetCredentialReport', true, () =>
        readable(credentialReport(deps, signal)),
      );
  const listed = await ask('the users', 'iam:ListUsers', true, async () => {
    const users = new Map<string, ListedUser>();
    for await (const user of inventory.users()) users.set(user.name, user);
    return users;
  });
  return {
    caller,
    report,
    listed,
    rootHasKey: await ask('the account summary', 'iam:GetAccountSummary', true, () => inventory.rootHasKey()),
    holders: await ask('policies and tags', 'iam:GetAccountAuthorizationDetails', ids === 'auto', async () => {
      const { users, groups, managed } = await inventory.holders();
      const byName = (holders: PolicyHolder[]) => new Map(holders.map((one) => [one.name, one]));
      return { users: byName(users), groups: byName(groups), managed };
    }),
    rotations: await ask('open rotations', 'the state folder', ids === 'auto', () => deps.rotations()),
    events: await ask('events of CloudTrail', 'cloudtrail:LookupEvents', ids === 'auto', () =>
      deps.events ? deps.events() : keyEvents(aws, caller, { now: now(), signal }),
    ),
    rotators: await ask("keyturn's own roles", 'iam:ListRoles', ids === 'auto', () => inventory.roles(rolePath)),
    policy: deps.policy,
    now: now(),
  };
}

/** A report that breaks off in the middle is none. */
async function readable(asked: Promise<CredentialReport>): Promise<CredentialReport> {
  const report = await asked;
  for (const _ of report.rows());
  return report;
}

/** Account-wide sources that could not be read, each named once, with the rules that cannot be passed without it. */
export function gapsOf(stock: Stock, set: RuleSet): Gap[] {
  const sources: [string, Source<unknown>, Need[]][] = [
    ['the credential report', stock.report, ['report']],
    ['the list of users', stock.listed, []],
    ['the account summary', stock.rootHasKey, []],
    ['policies and tags', stock.holders, ['tags', 'powers']],
    ['open rotations', stock.rotations, ['rotations']],
    ['events of CloudTrail', stock.events, ['events']],
    ["keyturn's own roles", stock.rotators, ['rotators']],
  ];
  return sources.flatMap(([what, source, needs]) => {
    if (source.state !== 'unknown') return [];
    const rules = source === stock.rootHasKey ? ['AK-01'] : needs.flatMap((need) => rulesNeeding(set, need));
    const named = [...new Set(rules)].sort();
    // Where no rule of the set asks for it, nothing is missing.
    if (needs.length > 0 && named.length === 0) return [];
    const why = named.length > 0 ? `${source.why}; INCOMPLETE: ${named.join(', ')}` : source.why;
    return { what, why, permission: source.permission, rules: named };
  });
}

/**
 * What is thrown by whoever wants to stop goes on unless `signal` says so; so does throttling, which may be asked again, unless
 * it is `evenThrottled`. Every other trouble becomes a source that is not known.
 */
export async function known<T>(
  action: string,
  at: () => string,
  look: () => Promise<T>,
  { signal, evenThrottled = false }: { signal?: AbortSignal; evenThrottled?: boolean } = {},
): Promise<Source<T>> {
  try {
    const value = await look();
    return { state: 'known', value, from: action, at: at() };
  } catch (error) {
    const isStopped = signal?.aborted === true;
    if (!isStopped && (!(error instanceof KeyturnError) || (error instanceof ThrottledError && !evenThrottled)))
      throw error;
    const why = isStopped ? 'interrupted' : (error as KeyturnError).message;
    const permission = !isStopped && error instanceof AccessDeniedError ? (deniedIn(error) ?? action) : null;
    return { state: 'unknown', why, permission, everywhere: false };
  }
}

/** One question may be several calls; the refusal names the one that was refused. */
function deniedIn({ message }: AccessDeniedError): string | null {
  return /^([a-z]+:[A-Za-z]+) is denied/.exec(message)?.[1] ?? null;
}
