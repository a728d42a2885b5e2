// What a place that holds whole pairs answers to `readBack`.
import type { KeyPair } from '../access-key.ts';

/** The id that the place holds; null for none, and where it is `pair`'s id with another secret. */
export function heldFor(
  found: { holds: string | null; pair: KeyPair | null },
  pair: KeyPair | undefined,
): string | null {
  const sameIdOnly = pair !== undefined && found.holds === pair.accessKeyId && !found.pair?.sameAs(pair);
  return sameIdOnly ? null : found.holds;
}
