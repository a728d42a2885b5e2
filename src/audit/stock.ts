// What is asked once for the whole account. A source that is denied or fails is kept as such and named: what it would have
// told is not known, and never a pass.
import type { Aws, Caller, ListedUser, PolicyHolder } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import { AccessDeniedError, KeyturnError } from '../errors.ts';
import type { Policy } from '../policy/policy.ts';
import type { Gap, KeyEvent, OpenRotation, Source } from './contract.ts';
import { type CredentialReport, credentialReport } from './credential-report.ts';

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
  /** Events about access keys, by user; only in us-east-1 are there any. */
  events(): Promise<ReadonlyMap<string, readonly KeyEvent[]>>;
  signal: AbortSignal;
  /** What is asked for; where it is one of many, how many are done. */
  onProgress(what: string, done?: number, of?: number): void;
}

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
  policy: Policy | null;
}

/** Throws where nobody can be named who is asking, or a person wants to stop. */
export async function takeStock(deps: StockDeps): Promise<Stock> {
  const { aws, clock, ids, fresh, signal, onProgress } = deps;
  const caller = await aws.caller();
  const inventory = aws.inventory();
  const why = '--ids never was given';
  const at = () => new Date(aws.time() ?? clock.now()).toISOString();
  const ask = async <T>(what: string, action: string, wanted: boolean, look: () => Promise<T>): Promise<Source<T>> => {
    signal.throwIfAborted();
    if (!wanted) return { state: 'notAsked', why };
    onProgress(what);
    return known(action, at, look);
  };

  const report = fresh
    ? ({ state: 'notAsked', why: '--fresh was given' } as const)
    : await ask('the credential report', 'iam:GetCredentialReport', true, () => credentialReport(deps, signal));
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
    events: await ask('events of CloudTrail', 'cloudtrail:LookupEvents', ids === 'auto', () => deps.events()),
    policy: deps.policy,
    now: aws.time() ?? clock.now(),
  };
}

/** Account-wide sources that could not be read. */
export function gapsOf(stock: Stock): Gap[] {
  const sources: [string, Source<unknown>][] = [
    ['the credential report', stock.report],
    ['the list of users', stock.listed],
    ['the account summary', stock.rootHasKey],
    ['policies and tags', stock.holders],
    ['open rotations', stock.rotations],
    ['events of CloudTrail', stock.events],
  ];
  return sources.flatMap(([what, source]) =>
    source.state === 'unknown' ? [{ what, why: source.why, permission: source.permission }] : [],
  );
}

/** What is thrown by whoever wants to stop goes on; every other trouble becomes a source that is not known. */
export async function known<T>(action: string, at: () => string, look: () => Promise<T>): Promise<Source<T>> {
  try {
    const value = await look();
    return { state: 'known', value, from: action, at: at() };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return { state: 'unknown', why: error.message, permission: error instanceof AccessDeniedError ? action : null };
  }
}
