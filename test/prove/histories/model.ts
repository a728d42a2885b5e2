// The plain model of a history: what is known of alice's keys, of her place, and of what people did to both.
import type { Pair } from '../checker.ts';
import type { Sight } from './town.ts';

export interface ModelKey {
  status: string;
  /** Made by keyturn's doing; else it was there, or a person made it. */
  ofKeyturn: boolean;
  /** Its last use by anybody but keyturn, in milliseconds. */
  usedAt: number | null;
  /** Since when it is inactive. */
  offSince: number | null;
  /** A person made it inactive last. */
  offByHand: boolean;
  /** The place has held it. */
  offered: boolean;
}

export interface Model {
  keys: Map<string, ModelKey>;
  holds: Pair | null;
  rest: string | null;
  /** A person wrote what the place holds. */
  placeByHand: boolean;
  /** The place does not work since somebody's own doing. */
  brokenByHand: boolean;
  /** The rotation that is open. */
  open: string | null;
  denied: readonly string[];
  /** What AWS fails at, each time, until it does not. */
  failing: readonly string[];
  /** A rotation without the place in its plan is about this key. */
  retiring: string | null;
}

export function newModel(sight: Sight, now: number): Model {
  const model: Model = {
    keys: new Map(),
    holds: null,
    rest: null,
    placeByHand: false,
    brokenByHand: false,
    open: null,
    denied: [],
    failing: [],
    retiring: null,
  };
  takeUp(model, sight, { now, ofKeyturn: false });
  for (const key of model.keys.values()) key.usedAt = now - 3_600_000;
  return model;
}

/** The model is what is seen. */
export function takeUp(model: Model, sight: Sight, { now, ofKeyturn }: { now: number; ofKeyturn: boolean }): void {
  for (const id of model.keys.keys()) if (!sight.keys.has(id)) model.keys.delete(id);
  for (const [id, status] of sight.keys) {
    const key = model.keys.get(id);
    if (!key) {
      const offSince = status === 'Active' ? null : now;
      model.keys.set(id, { status, ofKeyturn, usedAt: null, offSince, offByHand: !ofKeyturn, offered: false });
    } else if (key.status !== status) {
      key.status = status;
      key.offSince = status === 'Active' ? null : now;
      key.offByHand = status !== 'Active' && !ofKeyturn;
    }
  }
  const key = model.keys.get(sight.holds?.accessKeyId ?? '');
  if (key) key.offered = true;
  if (ofKeyturn && sight.holds?.accessKeyId !== model.holds?.accessKeyId) model.placeByHand = false;
  model.holds = sight.holds;
  model.rest = sight.rest;
  const open = sight.records.find(({ outcome, released }) => (outcome === null || outcome === 'stuck') && !released);
  model.open = open?.rotation ?? null;
  model.retiring = open?.context.plan.from === 'watch' ? open.context.plan.oldKey : null;
}

/** Whether the application can work with what the place holds. */
export function placeWorks({ holds, keys }: Model): boolean {
  return holds !== null && keys.get(holds.accessKeyId)?.status === 'Active';
}
