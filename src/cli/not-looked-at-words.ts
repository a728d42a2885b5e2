// What a search for places left open, in few lines: for whoever asked for something else and is told by the way. keyturn find
// names each.
import type { NotLookedAt } from '../consumers/contract.ts';

/** One line for all that lacks a permission, and one for each other reason. */
export function notLookedAtWords(all: readonly NotLookedAt[], oldKey: string): string[] {
  const missing = [...new Set(all.flatMap(({ permission }) => permission ?? []))];
  const others = all.filter(({ permission }) => permission === null);
  const reasons = [...new Set(others.map(({ why }) => why))];
  return [
    ...reasons.map((reason) => {
      const [first, ...more] = others.filter(({ why }) => why === reason).map(({ what }) => what);
      return `not looked at: ${first}${more.length > 0 ? ` and ${more.length} more` : ''}: ${reason}`;
    }),
    ...(missing.length > 0 ? [`not all was looked at, for want of ${missing.join(', ')}: keyturn find ${oldKey}`] : []),
  ];
}
