// A claim whose rotation is over, until what that left is taken away as well. It holds nobody off any more; it is what a
// function that dies for good leaves to be found, for no record outlives it.
import type { Aws, KeyStatusFacts } from '../aws/contract.ts';
import type { Outputs, Plan } from '../machine/context.ts';
import { claimTag, tagPrefix } from './claim.ts';
import { findKey, isActive } from './keys.ts';

const verdicts = [
  'rotated',
  'nothingToDo',
  'refused',
  'rolledBack',
] as const satisfies Outputs['releaseUser']['verdict'][];

export interface EndedClaim {
  rotation: string;
  /** How and when it ended, as was judged while the claim still held. */
  verdict: (typeof verdicts)[number];
  at: string;
  /** The old key, then the new one. */
  keys: string[];
}

/** From here on nothing of the rotation is open. Safe to call twice. */
export async function endClaim(aws: Aws, user: string, { rotation, verdict, at, keys }: EndedClaim): Promise<void> {
  const named = keys.length > 0 ? ` keys=${keys.join('/')}` : '';
  await aws.tagUser(user, claimTag(rotation), `released ${at} ${verdict}${named}`);
}

/** The user's ended claims, oldest first. */
export function endedClaimsOf(tags: Readonly<Record<string, string>>): EndedClaim[] {
  return Object.entries(tags)
    .flatMap(([key, value]) => {
      const [, at, said, keys] = /^released (\S+) (\w+)(?: keys=(\S+))?$/.exec(value) ?? [];
      const verdict = verdicts.find((one) => one === said);
      if (!key.startsWith(tagPrefix) || !at || !verdict) return [];
      return [{ rotation: key.slice(tagPrefix.length), verdict, at, keys: keys?.split('/') ?? [] }];
    })
    .sort((a, b) => a.at.localeCompare(b.at));
}

/** Whether the keys show what the tag says: others can write tags as well, and must not have a pair thrown away by one (S27). */
export function isBorneOut(
  { verdict, keys: named }: EndedClaim,
  keys: readonly KeyStatusFacts[],
  plan?: Plan,
): boolean {
  const oldKey = plan ? plan.oldKey : (named[0] ?? null);
  if (verdict === 'rotated') return findKey(keys, oldKey) === undefined;
  if (verdict === 'rolledBack') return oldKey === null || isActive(keys, oldKey);
  const known = plan?.keysAtStart ?? named;
  return keys.every(({ id }) => known.includes(id));
}
