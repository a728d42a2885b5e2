// Waiting in this process: until a deadline that may be weeks away, or a signal. Slept in chunks, because a timer over
// 24.8 days fires at once, a sleeping laptop stops timers, and a clock can be set.
import type { Clock } from '../clock.ts';
import type { SignalMessage } from './contract.ts';
import type { RecordStore } from './record-store.ts';

const longestChunk = 15 * 60_000;

export interface Wait {
  rotation: string;
  seconds: number;
  /** Whether a signal found in the store is meant for this wait; one that is not is taken away. */
  accepts(message: SignalMessage): boolean;
  stop: AbortSignal;
}

/**
 * Resolves with the signal that ended the wait, or null when its time has passed; rejects when `stop` is aborted. The
 * signal is still in the store: it is taken once it is recorded, so that a crash in between does not lose it.
 */
export async function waitForSignal(store: RecordStore, clock: Clock, wait: Wait): Promise<SignalMessage | null> {
  const { rotation, stop } = wait;
  const wall = clock.now() + wait.seconds * 1000;
  const monotonic = clock.monotonic() + wait.seconds * 1000;
  // The wall clock catches what a sleeping machine missed, the monotonic one a clock that was set back.
  const remaining = () => Math.min(wall - clock.now(), monotonic - clock.monotonic());

  let arrived = new AbortController();
  const watching = store.watchSignal(rotation, () => arrived.abort());
  try {
    for (;;) {
      const message = await waitingSignal(store, rotation, wait.accepts);
      if (message) return message;
      stop.throwIfAborted();
      if (remaining() <= 0) return null;
      await clock.sleep(Math.min(remaining(), longestChunk), AbortSignal.any([stop, arrived.signal])).catch((error) => {
        if (stop.aborted || !arrived.signal.aborted) throw error;
        arrived = new AbortController();
      });
    }
  } finally {
    watching.close();
  }
}

/** The signal in the store, if it is meant for whoever asks; one that is not is taken away. */
export async function waitingSignal(
  store: RecordStore,
  rotation: string,
  accepts: Wait['accepts'],
): Promise<SignalMessage | null> {
  const message = await readSignal(store, rotation);
  if (message === null || accepts(message)) return message;
  await store.takeSignal(rotation);
  return null;
}

/** The signal in the store. One that cannot be read is taken away and thrown about once: it must not stop every later run. */
export function readSignal(store: RecordStore, rotation: string): Promise<SignalMessage | null> {
  return store.peekSignal(rotation).catch(() => store.takeSignal(rotation));
}
