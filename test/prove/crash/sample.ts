// Drawing and going through many things for a lane.
import { createHash } from 'node:crypto';
import { settings } from '../settings.ts';

/** So many of all, drawn by the run's seed. */
export function drawnBy<T>(all: readonly T[], count: number, name: (one: T) => string): T[] {
  const { seed } = settings();
  const rank = (one: T) =>
    createHash('sha256')
      .update(`${seed} ${name(one)}`)
      .digest('hex');
  return all
    .map((one) => ({ one, rank: rank(one) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ one }) => one);
}

/** What comes of each, in their order, so many at once. */
export async function inTurn<T, R>(all: readonly T[], atOnce: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < all.length; index = next++) results[index] = await work(all[index] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
