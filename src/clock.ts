// Time, and the only file that asks the machine for it. Everything else is handed a Clock, so weeks can pass in a test.
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch, as this machine believes; it may be wrong, jump, or stand still in sleep. */
  now(): number;
  /** Milliseconds that only grow, from an arbitrary start. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with an AbortError as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {});
  },
};

export interface VirtualClock extends Clock {
  /** Moves time on and wakes, in order, everyone whose moment has come. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  due: number;
  wake(): void;
}

/**
 * A clock on which time passes only when everybody sleeps (`auto`, the default: the earliest sleeper is woken at once)
 * or only when `advance` is called.
 */
export function createVirtualClock(start: string, { auto = true }: { auto?: boolean } = {}): VirtualClock {
  const origin = new Date(start).getTime();
  let time = origin;
  let sleepers: Sleeper[] = [];

  const wakeUntil = async (limit: number) => {
    for (;;) {
      const next = sleepers.reduce<Sleeper | undefined>((a, b) => (a && a.due <= b.due ? a : b), undefined);
      if (!next || next.due > limit) break;
      sleepers = sleepers.filter((one) => one !== next);
      time = Math.max(time, next.due);
      next.wake();
      await new Promise(setImmediate);
    }
  };

  return {
    now: () => time,
    monotonic: () => time - origin,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const sleeper: Sleeper = { due: time + Math.max(0, ms), wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        });
        if (auto) setImmediate(() => void wakeUntil(sleeper.due));
      }),
    advance: async (ms) => {
      const end = time + ms;
      await wakeUntil(end);
      time = Math.max(time, end);
    },
  };
}

/** An instant in the one form that records, tags and JSON use: `2026-12-06T10:00:00Z`, whole seconds. */
export function instant(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** Milliseconds since the epoch of an instant written by `instant` or by AWS. */
export function timeOf(text: string): number {
  return new Date(text).getTime();
}
