// Gives one piece of work a time limit on the injected clock, and ends it at once where the person wants to stop.
import type { Clock } from './clock.ts';

export const ranOut = Symbol('the time limit ran out');

/**
 * What `work` comes to, or `ranOut` after `limit` milliseconds. `work` is handed a signal that is aborted when the time is
 * over, and has to reject soon after. Rejects with the reason of `signal` where that is aborted; where it was before, the
 * work does not begin.
 */
export async function withTimeLimit<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  { clock, limit, signal }: { clock: Clock; limit: number; signal?: AbortSignal | undefined },
): Promise<Result | typeof ranOut> {
  signal?.throwIfAborted();
  const timeOver = new AbortController();
  const workOver = new AbortController();
  clock.sleep(limit, workOver.signal).then(
    () => timeOver.abort(),
    () => {},
  );

  try {
    return await work(signal ? AbortSignal.any([timeOver.signal, signal]) : timeOver.signal);
  } catch (error) {
    if (timeOver.signal.aborted) return ranOut;
    throw error;
  } finally {
    workOver.abort();
  }
}
