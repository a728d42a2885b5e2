// A key is deactivated only by who knows it, and only once no place that the rotation was told of holds it.
import type { Broken, Change, Moment } from '../contract.ts';
import { isClaimed } from '../knowledge.ts';

export function deactivateLast({ kind, key }: Change, { now, memory }: Moment): Broken[] {
  if (kind !== 'deactivate') return [];
  const broken: Broken[] = [];
  if (!memory.made.has(key) && !memory.agreed.has(key) && !isClaimed(key, now)) {
    broken.push({ rule: 'only its own', subject: key, what: `deactivates ${key}, which no claim or record names` });
  }
  const holder = now.holdings.find(
    ({ place, pairs }) =>
      !place.unplanned &&
      memory.working.has(place.name) &&
      !memory.changedByHand.has(place.name) &&
      pairs.some(({ accessKeyId }) => accessKeyId === key),
  );
  if (holder) {
    const what = `deactivates ${key}, which ${holder.place.name} still holds`;
    broken.push({ rule: 'deliver first', subject: key, what });
  }
  return broken;
}
