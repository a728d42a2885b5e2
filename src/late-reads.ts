// Reads of AWS may be behind a write for some seconds. What this process wrote it reads, and what others wrote before it began it
// waits for, up to a limit; nothing here is ever an error.
import type { Clock } from './clock.ts';
import { NoSuchEntityError } from './errors.ts';

/** How long a read may be behind a write, in milliseconds. */
const settleLimit = 15_000;
const lookAgainAfter = 1_000;

/** Waits for reads to show what was written. Gives up without an error. */
export async function untilSeen(clock: Clock, seen: () => Promise<boolean>, limit = settleLimit): Promise<boolean> {
  const end = clock.monotonic() + limit;
  for (;;) {
    if (await seen()) return true;
    if (clock.monotonic() >= end) return false;
    await clock.sleep(lookAgainAfter);
  }
}

/** What is read of something that others may have written just now: null is believed at the end of the limit. */
export async function onceFound<T>(clock: Clock, read: () => Promise<T | null>): Promise<T | null> {
  let found: T | null = null;
  await untilSeen(clock, async () => {
    found = await read();
    return found !== null;
  });
  return found;
}

/** The same of a read that throws NoSuchEntityError. */
export async function onceThere<T>(clock: Clock, read: () => Promise<T>): Promise<T> {
  const end = clock.monotonic() + settleLimit;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NoSuchEntityError) || clock.monotonic() >= end) throw error;
      await clock.sleep(lookAgainAfter);
    }
  }
}

export interface OwnWrites<Found> {
  /** What is there, what was written here included: where that does not show in time, somebody else has written since. */
  read(): Promise<Found>;
  /** From now on a read of which this is not true is behind. */
  wrote(isShownBy: (found: Found) => boolean): void;
}

/** `readOnce` may be behind what this process writes. */
export function readsOwnWrites<Found>(clock: Clock, readOnce: () => Promise<Found>): OwnWrites<Found> {
  let isShownBy: (found: Found) => boolean = () => true;
  return {
    read: async () => {
      let found: Found | undefined;
      const shown = await untilSeen(clock, async () => {
        found = await readOnce();
        return isShownBy(found);
      });
      if (!shown) isShownBy = () => true;
      return found as Found;
    },
    wrote: (next) => {
      isShownBy = next;
    },
  };
}

/**
 * Waits until no read is behind what others wrote before this was called. What is given resolves to whether there was anything
 * left to wait for.
 */
export function outwaiting(clock: Clock): () => Promise<boolean> {
  const settled = clock.monotonic() + settleLimit;
  return async () => {
    const left = settled - clock.monotonic();
    if (left > 0) await clock.sleep(left);
    return left > 0;
  };
}
