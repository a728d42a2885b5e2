// A clock on which short sleeps are over at once, and long ones only when the test lets the time pass: weeks of waiting hold
// still while somebody looks at them every few seconds.
import { type Clock, createVirtualClock } from '../../src/clock.ts';

export interface TideClock extends Clock {
  pass(hours: number): Promise<void>;
}

interface Sleeper {
  due: number;
  wake(): void;
}

/** What still counts as a pause. */
const shortest = 10 * 60_000;

export function createTideClock(start: string): TideClock {
  const clock = createVirtualClock(start);
  let sleepers: Sleeper[] = [];
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };
  const wakeDue = async () => {
    for (const sleeper of sleepers.filter(({ due }) => due <= clock.now())) {
      sleepers = sleepers.filter((one) => one !== sleeper);
      sleeper.wake();
      await settle();
    }
  };

  return {
    ...clock,
    sleep: async (ms, signal) => {
      if (ms <= shortest) {
        await clock.sleep(ms, signal);
        return wakeDue();
      }
      signal?.throwIfAborted();
      await new Promise<void>((resolve, reject) => {
        const sleeper = { due: clock.now() + ms, wake: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((one) => one !== sleeper);
          reject(signal.reason);
        });
      });
    },
    pass: async (hours) => {
      const end = clock.now() + hours * 3_600_000;
      for (;;) {
        const next = Math.min(end, ...sleepers.map(({ due }) => due));
        if (next > clock.now()) await clock.advance(next - clock.now());
        await wakeDue();
        if (clock.now() >= end) return;
      }
    },
  };
}
