// What activities have come to, for a record that nobody wants to go the whole way for: each outcome is complete, and nothing
// about it is remarkable but what is given.
import type { ActivityName, Outputs, RotationContext } from '../../src/machine/context.ts';

const at = '2026-12-06T09:30:00Z';
const until = '2026-12-06T10:30:00Z';
const wait = { at, reason: 'as seen', until, seconds: 3_600 };
const use = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };

const outcomes: Outputs = {
  claimUser: { at, counter: 0, resumed: false, skewSeconds: 0 },
  inspectKeys: { at, verdict: 'create', reason: 'as seen', keys: [] },
  preflightConsumers: { at, consumers: [], oldPairKept: true },
  freeSlot: { at, counter: 0, removed: null },
  createKey: { at, counter: 1, newKey: 'AKIANEWNEWNEWNEW0002', createdAt: at },
  verifyNewKey: { at, verdict: 'accepted', reason: 'as seen', attempts: 3 },
  deliverKey: { at, counter: 2, verdict: 'delivered', reason: 'as seen', consumers: [] },
  checkOldKeyUse: { ...wait, ...use, verdict: 'busy', watchedFrom: at },
  awaitQuiet: { signal: 'elapsed' },
  deactivateKey: { at, counter: 3, lastUsedAt: null, graceUntil: until, undo: 'as said' },
  checkHealth: { ...wait, verdict: 'healthy', lookedBefore: null },
  noteMissedLook: { ...wait, verdict: 'waiting', missedSince: at },
  awaitGrace: { signal: 'elapsed' },
  awaitNextLook: { signal: 'elapsed' },
  reactivateKey: { at, counter: 4, changed: true, times: 1 },
  deleteKey: { at, counter: 4, deleted: 'AKIAOLDOLDOLDOLD0001' },
  verifyOldKey: { at, verdict: 'accepted', reason: 'as seen' },
  restoreConsumers: { at, counter: 5, verdict: 'restored', reason: 'as seen', consumers: [] },
  removeNewKey: { at, counter: 6, verdict: 'left', reason: 'as seen' },
  releaseUser: { at, verdict: 'rotated', reason: 'as seen' },
};

/** A member of a record. */
export function came<Name extends keyof Outputs>(name: Name, given: Partial<Outputs[Name]> = {}) {
  return { [name]: { ...outcomes[name], ...given } } as Pick<Required<RotationContext>, Name>;
}

/** An earlier run did not come to the end of these. */
export function cutOffIn(...activities: ActivityName[]): Pick<RotationContext, 'interruptions'> {
  return { interruptions: activities.map((activity) => ({ activity, at })) };
}
