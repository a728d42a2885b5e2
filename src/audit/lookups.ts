// Many lookups side by side, as many as AWS bears: one more after each that went well, half as many after each that was
// throttled. Results come in the order in which they were asked for.
import { ThrottledError } from '../errors.ts';

const most = 16;

/** `look` may be called again for what was throttled. No more than a window of results is held back. */
export async function* lookups<T, U>(
  items: Iterable<T>,
  look: (item: T) => Promise<U>,
  { tries = 8, signal }: { tries?: number; signal: AbortSignal },
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
        if (!(error instanceof ThrottledError) || tried >= tries) throw error;
        allowed = Math.max(1, allowed / 2);
      } finally {
        done();
      }
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
