// When an old key counts as quiet (S13 to S15): pure arithmetic over instants in milliseconds, apart from any call so that
// every boundary can be tested.

import type { KeyUse } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import type { Outputs, Plan } from '../machine/context.ts';

const hour = 3_600_000;

/** Sessions made from a key live for up to 36 h after it, and only the making is seen (S15). */
const sessionsLive = 40 * hour;
/** GetAccessKeyLastUsed is published late, in steps of 15 minutes (S13). */
const longestMargin = 4.25 * hour;
/** Where keyturn's own calls are seen: what another service saw was somebody else. */
export const ownServices: readonly (string | null)[] = ['iam', 'sts'];
/** AWS may date the last of them before the delivery a little later. */
const ownUseEnds = hour / 60;
/** A use dated shortly after the deactivation was let through while the new status spread (S16). */
const propagation = hour / 12;

export interface Watch {
  now: number;
  /** Since when the old key has to be quiet: the delivery, or a reactivation after it. */
  from: number;
  /** When every place had the new key; for retire its start. What was heard before it tells whether silence proves anything. */
  delivered: number;
  oldKey: { createdAt: string; use: KeyUse };
  /** Whether somebody else than keyturn was seen using the new key. */
  newKeyInUse: boolean;
  plan: Plan;
}

export interface QuietJudgement {
  verdict: 'quiet' | 'busy' | 'unproven' | 'overdue';
  reason: string;
  /** When to look again, where busy. */
  next: number;
}

export function judgeQuiet({ now, from, delivered, oldKey, newKeyInUse, plan }: Watch): QuietJudgement {
  const lastUse = oldKey.use.lastUsedAt === null ? null : timeOf(oldKey.use.lastUsedAt);
  const sound = lastSound(oldKey.use, plan, delivered);
  const quietFor = quietForOf(plan, oldKey.use);
  const overdueAt = from + plan.watchLimit * 1000;
  const silentSince = Math.max(from, lastUse ?? from);
  const quietAt = silentSince + quietFor + marginOf(quietFor);

  // Silence proves something only where there was sound (S14).
  const heard = newKeyInUse || (sound ?? Number.NEGATIVE_INFINITY) >= delivered - quietFor;
  const silenceBefore = Math.max(0, delivered - (sound ?? timeOf(oldKey.createdAt)));
  const doubtUntil = Math.max(quietAt, silentSince + Math.min(silenceBefore, plan.watchLimit * 1000));
  const by = sound === lastUse ? '' : ', as far as is known by keyturn itself';
  const use =
    lastUse === null ? 'no use of the old key is known' : `the old key was last used ${oldKey.use.lastUsedAt}${by}`;

  if (now >= quietAt && heard) return { verdict: 'quiet', reason: use, next: now };
  if (now >= doubtUntil) {
    const doubt = `${use}, and nobody was seen using the new one: its silence proves nothing`;
    return plan.unproven === 'proceed'
      ? { verdict: 'quiet', reason: `${doubt}; decided beforehand to go on all the same`, next: now }
      : { verdict: 'unproven', reason: doubt, next: now };
  }
  if (now >= overdueAt)
    return { verdict: 'overdue', reason: `${use}: it is in use for longer than the watch may last`, next: now };
  const next = now < quietAt ? quietAt : doubtUntil;
  return { verdict: 'busy', reason: use, next: Math.min(next, overdueAt) };
}

/**
 * The last use of the old key that tells of somebody else, in milliseconds; null where none is known. Where the old key
 * signs for us, what IAM and STS saw of it before the delivery may be us, in an earlier command too (S14).
 */
export function lastSound(
  use: Pick<KeyUse, 'lastUsedAt' | 'lastUsedService'>,
  { useBeforeOurs }: Plan,
  delivered: number,
): number | null {
  const mayBeOurs = ({ lastUsedAt, lastUsedService }: typeof use) =>
    ownServices.includes(lastUsedService) && timeOf(lastUsedAt ?? '') <= delivered + ownUseEnds;
  const heard = useBeforeOurs && mayBeOurs(use) ? useBeforeOurs : use;
  if (heard.lastUsedAt === null || (useBeforeOurs && mayBeOurs(heard))) return null;
  return timeOf(heard.lastUsedAt);
}

/** Up to how long before now nothing is known: last use is published late (S13). All in milliseconds. */
export function marginOf(quietFor: number): number {
  return Math.min(quietFor / 4, longestMargin);
}

/** Milliseconds of quiet that are needed; where sessions may hang on the key at least 40 h, unless less was asked for. */
export function quietForOf(plan: Plan, use: KeyUse): number {
  return atLeastSessions(plan.quietFor * 1000, use, plan, 'shortQuiet');
}

/** Milliseconds of grace, under the same rule. */
export function graceOf(plan: Plan, use: KeyUse): number {
  return atLeastSessions(plan.grace * 1000, use, plan, 'shortGrace');
}

function atLeastSessions(asked: number, use: KeyUse, plan: Plan, override: 'shortQuiet' | 'shortGrace'): number {
  const makesSessions = [use, plan.useBeforeOurs].some((one) => one?.lastUsedService === 'sts');
  const allowed = !makesSessions || plan.overrides.some((one) => one.what === override);
  return allowed ? asked : Math.max(asked, sessionsLive);
}

/** Whether a shorter time than sessions live is asked for: recorded as an exception when the plan is made. */
export function isShort(seconds: number): boolean {
  return seconds * 1000 < sessionsLive;
}

/** Whether a use became known that was not known at the deactivation; right after it the status was still spreading. */
export function wasUsedAfterAll(
  lastUsedAt: string | null,
  deactivation: Pick<Outputs['deactivateKey'], 'at' | 'lastUsedAt'>,
): lastUsedAt is string {
  if (lastUsedAt === null || lastUsedAt === deactivation.lastUsedAt) return false;
  const after = timeOf(lastUsedAt) - timeOf(deactivation.at);
  return after < 0 || after > propagation;
}
