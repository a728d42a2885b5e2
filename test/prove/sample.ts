// Drawing from many things, and going through them.
import { createHash } from 'node:crypto';

/** So many of all, drawn by a seed: the same ones in every run, whatever else there is to draw from. */
export function drawnBy<T>(all: readonly T[], count: number, seed: number, name: (one: T) => string): T[] {
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
