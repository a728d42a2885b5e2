// Many lookups side by side, as many as AWS bears: one more after each that went well, half as many after each that was
// throttled. Results come in the order in which they were asked for.
import type { Clock } from '../clock.ts';
import { ThrottledError } from '../errors.ts';

const most = 16;
const firstPause = 500;
const longestPause = 20_000;

interface Looking<T, U> {
  look(item: T): Promise<U>;
  /** What is made of an item that was throttled as often as anybody has patience for. */
  givenUp(item: T, error: ThrottledError): U;
  clock: Clock;
  signal: AbortSignal;
  tries?: number;
}

/** `look` is called again, after a pause, for what was throttled. No more than a window of results is held back. */
export async function* lookups<T, U>(
  items: Iterable<T>,
  { look, givenUp, clock, signal, tries = 8 }: Looking<T, U>,
): AsyncGenerator<U> {
  let allowed = 4;
  let running = 0;
  let waiting: (() => void)[] = [];
  const turn = async () => {
    while (running >= allowed) await new Promise<void>((resume) => waiting.push(resume));
    running += 1;
  };
  const done = () => {
    running -= 1;
    const next = waiting;
    waiting = [];
    for (const resume of next) resume();
  };
  const one = async (item: T): Promise<U> => {
    for (let tried = 1; ; tried++) {
      await turn();
      try {
        signal.throwIfAborted();
        const found = await look(item);
        allowed = Math.min(most, allowed + 1 / allowed);
        return found;
      } catch (error) {
        if (!(error instanceof ThrottledError)) throw error;
        if (tried >= tries) return givenUp(item, error);
        allowed = Math.max(1, allowed / 2);
      } finally {
        done();
      }
      await clock.sleep(Math.min(longestPause, firstPause * 2 ** (tried - 1)), signal);
    }
  };

  const window: Promise<U>[] = [];
  for (const item of items) {
    const started = one(item);
    started.catch(() => {});
    window.push(started);
    if (window.length >= 2 * most) yield await (window.shift() as Promise<U>);
  }
  for (const started of window) yield await started;
}
