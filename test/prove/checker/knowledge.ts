// What is written down about a key, and who did what.
import type { Sight } from './contract.ts';

export function isMentioned(id: string, { notes }: Sight): boolean {
  return notes.some(({ ids }) => ids.has(id));
}

/** Whether a rotation may call the key its own business: where claims name keys, one of them names this one. */
export function isClaimed(id: string, sight: Sight): boolean {
  const claims = [...sight.claims.values()].filter(({ ids }) => ids.size > 0);
  return claims.length > 0 ? claims.some(({ ids }) => ids.has(id)) : isMentioned(id, sight);
}

/** The rotation whose claim was raised last: that is done right before each dangerous step. */
export function lastRaised({ claims }: Sight): string | null {
  const last = [...claims].sort(([, a], [, b]) => Number(a.raised) - Number(b.raised) || a.since - b.since).at(-1);
  return last?.[0] ?? null;
}
