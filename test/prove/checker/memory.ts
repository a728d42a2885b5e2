// What the checker remembers from one look to the next, and how it takes up what it sees. It judges nothing.
import type { RequestEvent } from '../../../src/sandbox/index.ts';
import { isKeyturns } from './actors.ts';
import type { Change, Memory, Moment, Sight } from './contract.ts';
import { isMentioned } from './knowledge.ts';
import { isIntended } from './rules/keys-known.ts';
import { worksNow } from './rules/places-work.ts';

export function createMemory(): Memory {
  return {
    before: new Set(),
    made: new Map(),
    deactivated: new Map(),
    agreed: new Set(),
    working: new Set(),
    changedByHand: new Set(),
    claimed: new Set(),
    busy: new Map(),
  };
}

/** Who made a key has gone on with whatever is done about another one. */
export function rememberChange({ kind, key, by, place }: Change, moment: Moment): void {
  const { now, memory } = moment;
  for (const [id, made] of memory.made) if (made.by === by && (kind === 'deliver' || id !== key)) made.left = true;
  if (place) memory.changedByHand.delete(place);
  if (kind === 'create') {
    const intended = isIntended(moment, by);
    memory.made.set(key, { by, look: now.look, intended, offered: false, mentioned: false, left: false });
  }
}

/** A status that a request set, by hand or not. */
export function rememberStatus(event: RequestEvent, was: Change['was'], { now, memory }: Moment): void {
  const id = String(event.params.AccessKeyId);
  if (event.params.Status === 'Active') memory.deactivated.delete(id);
  else if (!isKeyturns(event)) return;
  else if (was?.status === 'Active') memory.deactivated.set(id, { at: now.at, mends: true });
  else if (!memory.deactivated.has(id)) memory.deactivated.set(id, { at: now.at, mends: false });
}

export function rememberSight(moment: Moment): void {
  const { now, memory } = moment;
  for (const rotation of now.claims.keys()) memory.claimed.add(rotation);
  for (const rotation of memory.busy.keys()) if (!now.claims.has(rotation)) memory.busy.delete(rotation);
  for (const [id, made] of memory.made) {
    made.mentioned ||= isMentioned(id, now);
    made.offered ||= now.holdings.some(({ pairs }) => pairs.some(({ accessKeyId }) => accessKeyId === id));
  }
  for (const holding of now.holdings) if (worksNow(holding, moment)) memory.working.add(holding.place.name);
}

/** After a change by hand: it is how things are now. */
export function rememberByHand(last: Sight, moment: Moment, changed: readonly string[]): void {
  const { now, memory } = moment;
  for (const { id, status } of now.keys.values()) {
    if (!last.keys.has(id)) memory.before.add(id);
    if (status === 'Active') memory.deactivated.delete(id);
  }
  for (const name of changed) memory.changedByHand.add(name);
  for (const holding of now.holdings) if (!worksNow(holding, moment)) memory.working.delete(holding.place.name);
  rememberSight(moment);
}
