// A consumer is a place that holds an access key for somebody who uses it. One file per kind; registry.ts lists them.
import type { KeyPair } from '../access-key.ts';
import type { Aws } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';

/** What is known when a place is opened: whose key is replaced by which. An id is null where there is none, or none yet. */
export interface Replacement {
  user: string;
  oldKey: string | null;
  newKey: string | null;
  /** There where the place has shown, or said at its preflight, that it cannot be read back. */
  readable?: false;
}

export interface Preflight {
  /** The key id that the place holds now; null where it holds none, or cannot say. */
  holds: string | null;
  /** The pair it holds, where the place can be read: a roll back needs the old secret. */
  pair: KeyPair | null;
  /** What a person should know before they agree, one sentence each. */
  notes: string[];
  /** There where the place says of itself that `readBack` will not be able to say what it holds (S25). */
  readable?: false;
}

export interface Consumer {
  /** The place as the plan pins it: absolute and complete, so it means the same from every folder and every day. */
  readonly spec: string;
  /** Whether the place may be able to say what it holds; where not, `readBack` is not asked. */
  readonly readable: boolean;
  /**
   * Proves, without changing anything, that the place could take the new key: permission, format, size. Throws
   * ConsumerError with what to mend. A place that holds neither `oldKey` nor nothing is not ready.
   */
  preflight(request: { user: string; oldKey: string | null }): Promise<Preflight>;
  /**
   * Puts the pair where a pair with id `expected` (null: none) is now, both halves at once. Where the place holds `pair`
   * already it does nothing; where it holds anything else it throws ConsumerError and leaves it.
   */
  write(pair: KeyPair, expected: string | null): Promise<void>;
  /**
   * The key id that the place holds now, null for none; undefined where this place cannot say. Where the secret can be seen
   * too, and `pair` is given and has that id, it is `pair`'s.
   */
  readBack(pair?: KeyPair): Promise<string | null | undefined>;
  /** Like `write`, but a place that holds something else than `expected` or `pair` is left alone: `left`. */
  restore(pair: KeyPair, expected: string): Promise<'restored' | 'left'>;
  /**
   * There where a process that dies while it writes may leave something beside the place, secrets in it: removes that, as every
   * write does first. Throws ConsumerError where it cannot. Safe to call twice.
   */
  tidy?(): Promise<void>;
}

/** Where relative paths start and defaults come from. */
export interface Surroundings {
  cwd: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For places that are somewhere in AWS; none where nothing sets one. */
  region?: string | undefined;
}

export interface ConsumerDeps {
  clock: Clock;
  /** The services that places are in. */
  aws: Pick<Aws, 'secretsManager' | 'parameterStore'>;
  /** What the environment of a command is made of. */
  env: Readonly<Record<string, string | undefined>>;
  /** Shows a person what they asked for by name, on standard output; rejects where it cannot be shown. */
  print(text: string): Promise<void>;
}

/** Calls that whoever runs keyturn must be allowed to make. */
export interface Permission {
  /** Like `ssm:GetParameter`. */
  actions: readonly string[];
  /** ARNs, `*` standing for what the place does not say. */
  resources: readonly string[];
  /** There where it is needed for everything but `resources`. */
  allBut?: true;
  /** Services, as `kms:ViaService` has them, where only they make these calls in the caller's name. */
  via?: readonly string[];
}

/** A place that holds the key that was looked for. */
export interface FoundPlace {
  /** Resolved. */
  spec: string;
  /** The same in a person's words. */
  where: string;
}

/** What a search leaves open; it may hold the key. */
export interface NotLookedAt {
  what: string;
  why: string;
  /** The IAM action that is missing, where one is. */
  permission: string | null;
}

export interface Search {
  places: FoundPlace[];
  notLookedAt: NotLookedAt[];
}

export interface ConsumerKind {
  /** The part before the colon of a spec. */
  kind: string;
  /** One line for help texts, in the form `kind:PLACE  what it is`. */
  usage: string;
  /** The place with absolute paths and every default filled in; throws UsageError where it makes no sense. */
  resolve(place: string, surroundings: Surroundings): string;
  /** Opens a resolved place. Touches nothing yet. */
  open(place: string, replacement: Replacement, deps: ConsumerDeps): Consumer;
  /** Places of this kind that hold the key, as resolved specs: what the wizard ticks. */
  find(keyId: string, surroundings: Surroundings): Promise<string[]>;
  /**
   * Looks where `place` says, written as a place or as a pattern of places; null means where `find` looks. Names what it could
   * not read instead of throwing. Undefined where `place` is one place that can be opened and asked; left out by kinds of which
   * `find` finds nothing.
   */
  findIn?(
    keyId: string,
    place: string | null,
    surroundings: Surroundings,
    aws: ConsumerDeps['aws'],
  ): Promise<Search | undefined>;
  /** What a resolved place needs in AWS, told without asking AWS; kinds that live elsewhere leave it out. */
  permissions?(place: string): readonly Permission[];
  /** What `findIn` needs in AWS to look through a region, or through whichever it may be. */
  searchPermissions?(region: string | undefined): readonly Permission[];
}
