// One rotation per user: whoever delivers, deactivates or deletes has a claim, and nobody else who did so has one still.
import type { Broken, Change, Moment } from '../contract.ts';

const rule = 'one rotation';
const words = { deactivate: 'deactivates', delete: 'deletes', deliver: 'delivers' };

export function oneAtATime({ kind, key, by, place }: Change, { watched: { user }, now, memory }: Moment): Broken[] {
  if (kind === 'create') return [];
  const does = `${words[kind]} ${key}${place ? ` to ${place}` : ''}`;
  if (by === null || !now.claims.has(by)) {
    const who = by === null ? 'somebody' : `rotation ${by}`;
    return [{ rule, subject: does, what: `${who} ${does} without a claim on ${user}` }];
  }
  const others = [...memory.busy].filter(([rotation]) => rotation !== by && now.claims.has(rotation));
  memory.busy.set(by, does);
  return others.map(([rotation, did]) => ({
    rule,
    subject: `${by} ${does}`,
    what: `rotation ${by} ${does} while rotation ${rotation}, which ${did}, is not over`,
  }));
}
