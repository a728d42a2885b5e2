// A vault is where a new secret rests until every place has it, and the old one until nobody can want it back.
import type { KeyPair } from '../access-key.ts';

export type Slot = 'new' | 'old';

export interface Vault {
  /**
   * Stores a pair durably before it resolves. Storing the same pair twice is fine; another pair in a slot that is taken
   * throws VaultError and leaves the first where it is.
   */
  put(rotation: string, slot: Slot, pair: KeyPair): Promise<void>;
  /** The pair, or null where none is stored. Throws VaultError where one is there but cannot be read. */
  get(rotation: string, slot: Slot): Promise<KeyPair | null>;
  /** Forgets one slot of a rotation; safe to call twice. */
  remove(rotation: string, slot: Slot): Promise<void>;
}
