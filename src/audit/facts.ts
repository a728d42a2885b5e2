// One user's facts put together from what was asked for the whole account, and from ListAccessKeys where that was asked. Where
// two sources contradict each other the more direct one is believed and the doubt is kept.
import type { ListedUser, PolicyHolder } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { endedExemptionsOf } from '../policy/match.ts';
import { policyFor } from '../policy/policy-for.ts';
import { attendedSettings } from '../policy/settings.ts';
import { claimedRotations } from './claims.ts';
import type { AuditedKey, Doubt, OpenRotation, PolicyWords, Powers, Source, UserFacts } from './contract.ts';
import type { ReportRow } from './credential-report.ts';
import { joinKeys, keysOf } from './join-keys.ts';
import type { Listed } from './look-up-keys.ts';
import { powersOf } from './powers.ts';
import type { Stock } from './stock.ts';

export const rootName = '<root_account>';

/** `row` null: a user that the report does not have. `asReported`: what the report says of keys is not corrected by the list. */
export function factsOf(
  stock: Stock,
  { name, row, listed, asReported }: { name: string; row: ReportRow | null; listed: Listed; asReported: boolean },
): UserFacts {
  const isRoot = name === rootName;
  const user = stock.listed.state === 'known' ? stock.listed.value.get(name) : undefined;
  const holder = stock.holders.state === 'known' ? stock.holders.value.users.get(name) : undefined;
  const reported = row ? keysOf(row) : [];
  const reportAt = row && stock.report.state === 'known' ? stock.report.value.generatedAt : null;
  const { keys, doubts } =
    listed.state === 'known'
      ? joinKeys(reported, listed.value, { reportAt, asReported })
      : { keys: reported, doubts: [] };
  const arn = row?.arn ?? user?.arn ?? (isRoot ? rootArn(stock) : '');
  const path = user?.path ?? /:user(\/.*\/|\/)[^/]*$/.exec(arn)?.[1] ?? '/';
  return {
    user: name,
    arn,
    isRoot,
    path,
    createdAt: row?.createdAt ?? user?.createdAt ?? null,
    passwordEnabled: row?.passwordEnabled ?? null,
    passwordLastUsed: row?.passwordLastUsed ?? null,
    passwordLastChanged: row?.passwordLastChanged ?? null,
    mfa: row?.mfa ?? null,
    keys,
    reported: () => row?.raw() ?? null,
    listed,
    hasMoreKeys: row?.additional != null,
    rootHasKey: isRoot && stock.rootHasKey.state === 'known' ? stock.rootHasKey.value : null,
    tags: holder ? of(stock.holders, () => holder.tags) : missing(stock.holders, isRoot),
    powers: holder ? powers(stock, holder) : missing(stock.holders, isRoot),
    rotations: rotationsOf(stock, name, holder),
    events: of(stock.events, (all) => all.get(name) ?? []),
    policy: isRoot ? null : wordsOf(stock, { name, path }, holder),
    doubts: [...doubts, ...contradictions(stock, row, user, isRoot), ...inFuture(stock, keys)],
  };
}

/** Those of the records here, and those that only a claim in AWS tells of. */
function rotationsOf(
  { rotations, holders }: Stock,
  name: string,
  holder: PolicyHolder | undefined,
): Source<readonly OpenRotation[]> {
  const recorded = rotations.state === 'known' ? (rotations.value.get(name) ?? []) : [];
  const claimed = claimedRotations(holder?.tags ?? {}).filter(
    (claim) => !recorded.some(({ rotation }) => rotation === claim.rotation),
  );
  if (rotations.state === 'known') return { ...rotations, value: [...recorded, ...claimed] };
  if (holders.state === 'known' && claimed.length > 0) return { ...holders, value: claimed };
  return rotations;
}

function powers({ holders }: Stock, holder: PolicyHolder): Source<Powers> {
  if (holders.state !== 'known') return holders;
  try {
    return { ...holders, value: powersOf(holder, holders.value) };
  } catch {
    const why = 'a policy document cannot be read';
    return { state: 'unknown', why, permission: null, everywhere: false };
  }
}

function of<T, U>(source: Source<T>, pick: (value: T) => U): Source<U> {
  return source.state === 'known' ? { ...source, value: pick(source.value) } : source;
}

/** Known for everybody else: then this user is too new to be in it. */
function missing<T>(source: Source<unknown>, isRoot: boolean): Source<T> {
  if (isRoot) return { state: 'notAsked', why: 'the root user has none' };
  if (source.state !== 'known') return source;
  const why = 'the user is in one source only';
  return { state: 'unknown', why, permission: null, everywhere: false };
}

function wordsOf(
  { policy, now }: Stock,
  { name, path }: { name: string; path: string },
  holder: PolicyHolder | undefined,
): PolicyWords | null {
  if (!policy) return null;
  const { settings } = policyFor(policy, { name, path, tags: holder?.tags ?? {} }, attendedSettings);
  const all = (policy.content.exemptions ?? []).filter(
    (one) => one.user === undefined || one.user.toLowerCase() === name.toLowerCase(),
  );
  const ended = new Set(
    all
      .flatMap(({ key }) => endedExemptionsOf(policy, { user: name, key: key ?? null }, now))
      .map(({ exemption }) => exemption),
  );
  return {
    places: settings.consumers,
    owner: settings.owner,
    maxAgeDays: settings.maxAge / 86_400,
    exemptions: all.map((one) => ({
      key: one.key ?? null,
      reason: one.reason,
      until: one.until,
      ended: ended.has(one),
    })),
  };
}

function contradictions(
  { report, listed, rootHasKey }: Stock,
  row: ReportRow | null,
  user: ListedUser | undefined,
  isRoot: boolean,
): Doubt[] {
  if (!row || report.state !== 'known') return [];
  if (isRoot) {
    const isGone = keysOf(row).length > 0 && rootHasKey.state === 'known' && !rootHasKey.value;
    return isGone ? [{ about: 'a root key', text: 'the report has a root key, the account summary has none' }] : [];
  }
  if (listed.state !== 'known' || !user || !row.createdAt) return [];
  if (timeOf(user.createdAt) === timeOf(row.createdAt)) return [];
  const text = `the report says the user was made at ${row.createdAt}, ListUsers at ${user.createdAt}`;
  return [{ about: 'when the user was made', text }];
}

function inFuture({ now }: Stock, keys: readonly AuditedKey[]): Doubt[] {
  const late = keys.flatMap(({ createdAt }) => (createdAt !== null && timeOf(createdAt) > now ? createdAt : []));
  return [...new Set(late)].map((createdAt) => {
    const named = keys.flatMap((key) => (key.createdAt === createdAt && key.id ? key.id : [])).join(' and ') || 'a key';
    const text = `${named} was made at ${createdAt}, which is still to come: its age counts as 0`;
    return { about: `the age of a key made at ${createdAt}`, text };
  });
}

function rootArn({ caller }: Stock): string {
  return `arn:${caller.partition}:iam::${caller.account}:root`;
}
