// One user's facts put together from what was asked for the whole account, and from ListAccessKeys where that was asked. Where
// two sources contradict each other the more direct one is believed and the doubt is kept.
import type { KeyStatusFacts, ListedUser, PolicyHolder } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { endedExemptionsOf } from '../policy/match.ts';
import { policyFor } from '../policy/policy-for.ts';
import { attendedSettings } from '../policy/settings.ts';
import type { AuditedKey, PolicyWords, Powers, Source, UserFacts } from './contract.ts';
import type { ReportedKey, ReportRow } from './credential-report.ts';
import { powersOf } from './powers.ts';
import type { Stock } from './stock.ts';

export type Listed = Source<readonly KeyStatusFacts[]>;

/** `row` null: a user that the report does not have yet. */
export function factsOf(stock: Stock, name: string, row: ReportRow | null, listed: Listed): UserFacts {
  const isRoot = row?.isRoot === true;
  const user = stock.listed.state === 'known' ? stock.listed.value.get(name) : undefined;
  const holder = stock.holders.state === 'known' ? stock.holders.value.users.get(name) : undefined;
  const reported = row ? keysOf(row) : [];
  const { keys, doubts } = isRoot ? { keys: reported, doubts: [] } : withIds(reported, listed);
  return {
    user: name,
    arn: row?.arn ?? user?.arn ?? '',
    isRoot,
    path: user?.path ?? '/',
    createdAt: row?.createdAt ?? user?.createdAt ?? null,
    passwordEnabled: row?.passwordEnabled ?? null,
    passwordLastUsed: row?.passwordLastUsed ?? null,
    passwordLastChanged: row?.passwordLastChanged ?? null,
    mfa: row?.mfa ?? null,
    keys,
    reported: () => row?.raw() ?? null,
    listed,
    tags: holder ? of(stock.holders, () => holder.tags) : missing(stock.holders, isRoot),
    powers: holder ? powers(stock, holder) : missing(stock.holders, isRoot),
    rotations: of(stock.rotations, (all) => all.get(name) ?? []),
    events: of(stock.events, (all) => all.get(name) ?? []),
    policy: wordsOf(stock, user, holder),
    doubts: [...doubts, ...presence(stock, row, user, isRoot)],
  };
}

function keysOf({ keys }: ReportRow): AuditedKey[] {
  const asAudited = (key: ReportedKey, slot: 1 | 2): AuditedKey[] =>
    key.lastRotated === null && !key.active
      ? []
      : [
          {
            slot,
            id: null,
            active: key.active === true,
            createdAt: key.lastRotated,
            dated: 'last_rotated',
            lastUsedAt: key.lastUsedAt,
            lastUsedService: key.lastUsedService,
            lastUsedRegion: key.lastUsedRegion,
          },
        ];
  return [...asAudited(keys[0], 1), ...asAudited(keys[1], 2)];
}

/**
 * The report's slots go by ascending key id, so two listed keys are told by that; by their dates it is checked. A key that only
 * one of both has is shown as the list has it: the list is newer.
 */
function withIds(reported: AuditedKey[], listed: Listed): { keys: AuditedKey[]; doubts: string[] } {
  if (listed.state !== 'known') return { keys: reported, doubts: [] };
  const doubts: string[] = [];
  const byId = [...listed.value].sort((a, b) => (a.id < b.id ? -1 : 1));
  const left = [...reported];
  const keys = byId.map((key): AuditedKey => {
    const same = left.filter(({ createdAt }) => createdAt === key.createdAt);
    const match = same[0] ?? (left.length === 1 && byId.length === 1 ? left[0] : undefined);
    if (match) left.splice(left.indexOf(match), 1);
    if (same.length > 1)
      doubts.push('two keys were made in the same second: the report does not say which was used when');
    if (match && match.createdAt !== key.createdAt)
      doubts.push(`the report dates ${key.id} ${match.createdAt}, ListAccessKeys ${key.createdAt}`);
    const active = key.status === 'Active';
    if (match && match.active !== active)
      doubts.push(`${key.id} is ${key.status}, and in the report ${match.active ? 'active' : 'inactive'}`);
    if (!match) doubts.push(`${key.id} is not in the report`);
    return {
      slot: match?.slot ?? null,
      id: key.id,
      active,
      createdAt: key.createdAt,
      dated: 'CreateDate',
      lastUsedAt: match?.lastUsedAt ?? null,
      lastUsedService: match?.lastUsedService ?? null,
      lastUsedRegion: match?.lastUsedRegion ?? null,
    };
  });
  if (left.length > 0) doubts.push('the report has a key that is gone');
  return { keys, doubts };
}

function powers({ holders }: Stock, holder: PolicyHolder): Source<Powers> {
  if (holders.state !== 'known') return holders;
  try {
    return { ...holders, value: powersOf(holder, holders.value) };
  } catch {
    return { state: 'unknown', why: 'a policy document cannot be read', permission: null };
  }
}

function of<T, U>(source: Source<T>, pick: (value: T) => U): Source<U> {
  return source.state === 'known' ? { ...source, value: pick(source.value) } : source;
}

/** Known for everybody else: then this user is too new to be in it. */
function missing<T>(source: Source<unknown>, isRoot: boolean): Source<T> {
  if (isRoot) return { state: 'notAsked', why: 'the root user has none' };
  if (source.state !== 'known') return source;
  return { state: 'unknown', why: 'the user is in one source only', permission: null };
}

function wordsOf(
  { policy, now }: Stock,
  user: ListedUser | undefined,
  holder: PolicyHolder | undefined,
): PolicyWords | null {
  if (!policy || !user) return null;
  const { settings } = policyFor(
    policy,
    { name: user.name, path: user.path, tags: holder?.tags ?? {} },
    attendedSettings,
  );
  const all = (policy.content.exemptions ?? []).filter(
    (one) => one.user === undefined || one.user.toLowerCase() === user.name.toLowerCase(),
  );
  const ended = new Set(
    all
      .flatMap(({ key }) => endedExemptionsOf(policy, { user: user.name, key: key ?? null }, now))
      .map(({ exemption }) => exemption),
  );
  return {
    places: settings.consumers,
    owner: settings.owner,
    exemptions: all.map((one) => ({
      key: one.key ?? null,
      reason: one.reason,
      until: one.until,
      ended: ended.has(one),
    })),
  };
}

function presence(
  { report, listed }: Stock,
  row: ReportRow | null,
  user: ListedUser | undefined,
  isRoot: boolean,
): string[] {
  if (isRoot || report.state !== 'known' || listed.state !== 'known') return [];
  if (!row)
    return [
      `made at ${user?.createdAt}, after the report of ${report.value.generatedAt}: judged by ListAccessKeys alone`,
    ];
  if (user && row.createdAt && timeOf(user.createdAt) !== timeOf(row.createdAt))
    return [`the report says the user was made at ${row.createdAt}, ListUsers at ${user.createdAt}`];
  return [];
}
