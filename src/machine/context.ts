// The one plain JSON record that both engines carry from step to step: what is planned, and what each activity found or
// did. It never holds a secret. Instants are ISO 8601 in AWS's time; durations are whole seconds.

export const contextSchema = 1;

export type Intent = 'forward' | 'rollBack';

/** An exception that a person or a flag made to the rules, kept for the record (and for an auditor). */
export interface Override {
  at: string;
  what:
    | 'shortQuiet'
    | 'shortGrace'
    | 'proceed'
    | 'deleteNow'
    | 'blindGrace'
    | 'unproven'
    | 'watchLimit'
    | 'allowSmtp'
    | 'freeSlot'
    | 'probes'
    | 'places'
    | 'unreadable';
  why: string;
}

/** What was decided before the first change, and stays frozen afterwards. */
export interface Plan {
  account: string;
  partition: string;
  region: string;
  user: string;
  /** The user's unique id, `AIDA…`: a name can be given to another user later, an id cannot. */
  userId: string;
  /** The key to replace; null where the user has none and gets a first one. */
  oldKey: string | null;
  /** Known from the start only where something else made the replacement (`from: 'watch'`). */
  newKey: string | null;
  /** Every key id the user had when the plan was made. Any other id is this rotation's, or a stranger's. */
  keysAtStart: string[];
  /** Resolved consumer specs: absolute paths, no defaults left open. */
  consumers: string[];
  quietFor: number;
  grace: number;
  watchLimit: number;
  probeEvery: number;
  probes: string[];
  /** `never`, `inactive`, or the id of an inactive key that may be removed to make room. */
  freeSlot: string;
  minAge: number;
  allowSmtp: boolean;
  /** What to do where silence proves nothing: a person decides (`ask` ends stuck) or has decided (`proceed`). */
  unproven: 'ask' | 'proceed';
  vault: 'file' | 'secretsmanager';
  /** `watch`: only the second half, for a key that something else replaced. */
  from: 'start' | 'watch';
  /** When the plan was made, in AWS's time. */
  startedAt: string;
  /**
   * There where the old key signs for us up to the delivery, for itself or for a role: its last use as it was known before
   * our first request, since ours hide it from then on.
   */
  useBeforeOurs?: { lastUsedAt: string | null; lastUsedService: string | null };
  overrides: Override[];
}

/** One access key as AWS describes it. `lastUsedAt` null means "no use known", never "unused". */
export interface KeyFacts {
  id: string;
  status: string;
  createdAt: string;
  lastUsedAt: string | null;
  lastUsedService: string | null;
  lastUsedRegion: string | null;
}

export interface ConsumerStatus {
  spec: string;
  state: 'pending' | 'delivered' | 'restored' | 'left' | 'failed';
  /** Why it failed or was left, or what else a person should know about the place. */
  note?: string;
  /** There where nobody can read back what the place holds (S25). */
  readable?: false;
}

/** AWS's time in this activity. */
interface Stamp {
  at: string;
}

/** A dangerous step raises the claim's counter before it acts. */
interface Fenced extends Stamp {
  counter: number;
}

/** A verdict that leads to a park: wait until `until`, which is `seconds` (a whole number from 1) after `at`. */
interface Judged extends Stamp {
  reason: string;
  until: string;
  seconds: number;
}

export type Signal = 'elapsed' | 'proceed' | 'reactivate' | 'rollBack';

/** What each activity returns, under the activity's name. */
export interface Outputs {
  claimUser: Fenced & { resumed: boolean; skewSeconds: number };
  inspectKeys: Stamp & {
    verdict:
      | 'create'
      | 'verify'
      | 'deliver'
      | 'watch'
      | 'grace'
      | 'release'
      | 'rollBack'
      | 'nothingToDo'
      | 'noSlot'
      | 'refused';
    reason: string;
    keys: KeyFacts[];
  };
  preflightConsumers: Stamp & { consumers: ConsumerStatus[]; oldPairKept: boolean };
  freeSlot: Fenced & { removed: string | null };
  createKey: Fenced & { newKey: string; createdAt: string };
  verifyNewKey: Stamp & { verdict: 'accepted' | 'rejected'; reason: string; attempts: number };
  deliverKey: Fenced & { verdict: 'delivered' | 'failed'; reason: string; consumers: ConsumerStatus[] };
  checkOldKeyUse: Judged & {
    verdict: 'quiet' | 'busy' | 'unproven' | 'overdue' | 'lost' | 'gone';
    lastUsedAt: string | null;
    lastUsedService: string | null;
    lastUsedRegion: string | null;
    watchedFrom: string;
  };
  awaitQuiet: { signal: Signal; at?: string };
  deactivateKey: Fenced & { lastUsedAt: string | null; graceUntil: string; undo: string };
  checkHealth: Judged & {
    verdict: 'healthy' | 'passed' | 'failing' | 'failingAgain' | 'reactivated' | 'gone' | 'hold';
    /** An earlier passing look at the end of this grace: after oversleeping, two of them are needed. */
    lookedBefore: string | null;
  };
  noteMissedLook: Judged & { verdict: 'waiting' | 'tooLong' | 'hold'; missedSince: string };
  awaitGrace: { signal: Signal; at?: string };
  awaitNextLook: { signal: Signal; at?: string };
  reactivateKey: Fenced & { changed: boolean; times: number };
  deleteKey: Fenced & { deleted: string };
  verifyOldKey: Stamp & { verdict: 'accepted' | 'rejected' | 'unkept' | 'notNeeded'; reason: string };
  restoreConsumers: Fenced & { verdict: 'restored' | 'failed'; reason: string; consumers: ConsumerStatus[] };
  removeNewKey: Fenced & { verdict: 'removed' | 'left'; reason: string };
  releaseUser: Stamp & { verdict: 'rotated' | 'nothingToDo' | 'refused' | 'rolledBack' | 'stuck'; reason: string };
}

/** The activities, in the order in which a rotation first meets them. */
export const activityNames = [
  'claimUser',
  'inspectKeys',
  'preflightConsumers',
  'freeSlot',
  'createKey',
  'verifyNewKey',
  'deliverKey',
  'checkOldKeyUse',
  'deactivateKey',
  'checkHealth',
  'noteMissedLook',
  'deleteKey',
  'reactivateKey',
  'verifyOldKey',
  'restoreConsumers',
  'removeNewKey',
  'releaseUser',
] as const satisfies (keyof Outputs)[];

export const parkNames = ['awaitQuiet', 'awaitGrace', 'awaitNextLook'] as const satisfies (keyof Outputs)[];

/** The activities whose verdict can lead to a wait. */
export type OutputsWithDeadline = 'checkOldKeyUse' | 'checkHealth' | 'noteMissedLook';

export type ActivityName = (typeof activityNames)[number];
export type ParkName = (typeof parkNames)[number];

export interface RotationContext extends Partial<Outputs> {
  schema: typeof contextSchema;
  rotation: string;
  intent: Intent;
  plan: Plan;
  /** The run that carries this context: locally made by the engine, in ASL from `$$.Execution`. */
  execution?: { id: string; name: string; startTime: string };
  /**
   * Activities that did not come to their end, by a crash or an error: each may have been done, wholly or in part. One that
   * is `untouched` said that it changed no key and no place; it may have raised the claim's counter all the same.
   */
  interruptions: { activity: ActivityName; at: string; untouched?: true }[];
  error?: { Error: string; Cause: string };
}
