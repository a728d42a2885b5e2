// Eventual consistency: new keys that some servers do not know yet, statuses that arrive late, reads that are behind.
import type { Clock } from '../clock.ts';
import type { Directory, StoredKey, View } from './directory.ts';
import type { Random } from './random.ts';
import type { Settings } from './settings.ts';

export interface Propagation {
  /** The account as the servers that check signatures know it. */
  authView(): View;
  /** Whether this attempt meets a server that has not heard of the key yet. */
  hides(key: StoredKey): boolean;
  /** As of when the server that answers this read knows the account; null is now. */
  readTime(operation: string): number | null;
}

export function createPropagation(clock: Clock, settings: Settings, directory: Directory, random: Random): Propagation {
  const attempts = new Map<string, number>();
  const reads = new Map<string, number>();

  return {
    authView: () =>
      settings.statusDelay > 0 ? statusView(directory, clock.now() - settings.statusDelay) : directory.current,
    hides: (key) => {
      const age = clock.now() - key.createdAt;
      if (age >= settings.newKeyDelay) return false;
      const attempt = countUp(attempts, key.id);
      const { newKeyRefusal } = settings;
      return typeof newKeyRefusal === 'number'
        ? random.chance(newKeyRefusal)
        : newKeyRefusal({ accessKeyId: key.id, attempt, age });
    },
    readTime: (operation) => {
      if (settings.readDelay <= 0) return null;
      const { staleReads } = settings;
      const read = countUp(reads, operation);
      const stale = typeof staleReads === 'number' ? random.chance(staleReads) : staleReads({ operation, read });
      return stale ? clock.now() - settings.readDelay : null;
    },
  };
}

/** The past, but for keys that did not exist then: those are `newKeyDelay`'s matter. */
function statusView(directory: Directory, time: number): View {
  const past = directory.asOf(time);
  return { ...directory.current, key: (id) => past.key(id) ?? directory.current.key(id) };
}

function countUp(counts: Map<string, number>, name: string): number {
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  return count;
}
