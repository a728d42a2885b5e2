// A consumer is a place that holds an access key for somebody who uses it. One file per kind; registry.ts lists them.
import type { KeyPair } from '../access-key.ts';

export interface Preflight {
  /** The key id that the place holds now; null where it holds none, or cannot say. */
  holds: string | null;
  /** The pair it holds, where the place can be read: a roll back needs the old secret. */
  pair: KeyPair | null;
  /** What a person should know before they agree, one sentence each. */
  notes: string[];
}

export interface Consumer {
  /** The place as the plan pins it: absolute and complete, so it means the same from every folder and every day. */
  readonly spec: string;
  /** Whether `readBack` can say what the place holds. */
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
  /** The key id that the place holds now, whose secret is `pair`'s too where `pair` is given and the ids are the same. */
  readBack(pair?: KeyPair): Promise<string | null>;
  /** Like `write`, but a place that holds something else than `expected` or `pair` is left alone: `left`. */
  restore(pair: KeyPair, expected: string): Promise<'restored' | 'left'>;
}

/** Where relative paths start and defaults come from. */
export interface Surroundings {
  cwd: string;
  home: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface ConsumerKind {
  /** The part before the colon of a spec. */
  kind: string;
  /** One line for help texts, in the form `kind:PLACE  what it is`. */
  usage: string;
  /** The place with absolute paths and every default filled in; throws UsageError where it makes no sense. */
  resolve(place: string, surroundings: Surroundings): string;
  /** Opens a resolved place. Touches nothing yet. */
  open(place: string): Consumer;
  /** Places of this kind that hold the key, as resolved specs: what the wizard ticks. */
  find(keyId: string, surroundings: Surroundings): Promise<string[]>;
}
