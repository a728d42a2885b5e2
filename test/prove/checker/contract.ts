// What the checker is told, what it sees at one moment, what it remembers, and what a rule is.
import type { InspectedKey, Sandbox } from '../../../src/sandbox/index.ts';

export interface Pair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Where a consumer finds its pair, read by code of the checker's own. */
export interface Place {
  name: string;
  /** What it holds now; [] where it holds none. */
  read(): Pair[];
  /** The file that it is, where it is one: what is left beside it is looked for at the end. */
  path?: string;
  /** No rotation was told of this place, so it may still hold a key when that is deactivated. */
  unplanned?: boolean;
}

export interface Watched {
  sandbox: Sandbox;
  user: string;
  places: readonly Place[];
  /** Folders where keyturn may have written things down (state folders); secrets named keyturn/… and the user's tags are looked at as well. */
  stateFolders: readonly string[];
  /** How long at least a key stays inactive before it is deleted unless a person agreed, in milliseconds. Default: an hour. */
  grace?: number;
}

/** Something written down: a file in a state folder, a secret named keyturn/…, or a claim among the user's tags. */
export interface Note {
  name: string;
  kind: 'file' | 'secret' | 'claim';
  text: string;
  /** Key ids that it mentions. */
  ids: ReadonlySet<string>;
  pairs: readonly Pair[];
  /** The look that first saw it with this content. */
  since: number;
  /** A claim that was written before with another value: raised, not only made. */
  raised: boolean;
}

export interface Holding {
  place: Place;
  pairs: readonly Pair[];
  /** Why it could not be read. */
  unreadable: string | null;
}

/** Everything at one moment. */
export interface Sight {
  look: number;
  /** By the sandbox's clock, in milliseconds. */
  at: number;
  keys: ReadonlyMap<string, InspectedKey>;
  /** The claims that are open, by rotation. */
  claims: ReadonlyMap<string, Note>;
  /** Temporary files and locks are no notes. */
  notes: readonly Note[];
  holdings: readonly Holding[];
}

/** A key that was made by a request, and not by hand. */
export interface MadeKey {
  by: string | null;
  look: number;
  /** Something had been written down before. */
  intended: boolean;
  /** Some place has held it. */
  offered: boolean;
  /** Something was written down about it, by its id. */
  mentioned: boolean;
  /** Whoever made it has gone on to something else. */
  left: boolean;
}

export interface Memory {
  /** Keys that the account had before, or got by hand. */
  readonly before: Set<string>;
  readonly made: Map<string, MadeKey>;
  /** Keys that keyturn deactivated. `mends`: they were active until then, so that activating them brings them back. */
  readonly deactivated: Map<string, { at: number; mends: boolean }>;
  readonly agreed: Set<string>;
  /** Places that held a working pair, so that they must hold one from then on. */
  readonly working: Set<string>;
  /** Places that a person changed last. */
  readonly changedByHand: Set<string>;
  /** Rotations that ever had a claim. */
  readonly claimed: Set<string>;
  /** Rotations that have delivered, deactivated or deleted, and what. */
  readonly busy: Map<string, string>;
}

/** One thing that was changed, and not by hand. */
export interface Change {
  kind: 'create' | 'deactivate' | 'delete' | 'deliver';
  /** The key's id; of a delivery, the one that the place holds now. */
  key: string;
  /** The key right before. */
  was: InspectedKey | undefined;
  place: string | null;
  /** The rotation that did it, where anything tells. */
  by: string | null;
}

export interface Broken {
  rule: string;
  /** What it is about: the same thing is not reported again while it lasts. */
  subject: string;
  what: string;
}

export interface Moment {
  watched: Watched;
  now: Sight;
  memory: Memory;
}

/** A rule about what is true. */
export type StateRule = (moment: Moment) => Broken[];
/** A rule about what was done; `now` is the moment after. */
export type ChangeRule = (change: Change, moment: Moment) => Broken[];

/** Whether the rotation had claimed the user, and has let go of it. */
export function isOver(rotation: string | null, { now, memory }: Moment): boolean {
  return rotation !== null && memory.claimed.has(rotation) && !now.claims.has(rotation);
}
