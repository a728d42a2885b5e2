// How long a task may take: until its time is up by the sandbox's clock, or until the execution is stopped.
import type { Clock } from '../clock.ts';
import { isStopped, TaskError } from './function-task.ts';

/** What timers can take. */
const longestSleep = 2 ** 31 - 1;

/** The work's result; throws States.Timeout at `due`, and rejects for good as soon as `stopped` is aborted. */
export async function within<T>(
  work: Promise<T>,
  { clock, due, stopped }: { clock: Clock; due?: number | undefined; stopped: AbortSignal },
): Promise<T> {
  const over = new AbortController();
  const ends = new Promise<never>((_, reject) => {
    const stop = () => reject(isStopped());
    if (stopped.aborted) stop();
    else stopped.addEventListener('abort', stop, { signal: over.signal });
    if (due === undefined) return;
    sleepUntil(clock, due, over.signal).then(
      () => reject(new TaskError('States.Timeout', '')),
      () => {},
    );
  });
  try {
    return await Promise.race([work, ends]);
  } finally {
    over.abort();
  }
}

async function sleepUntil(clock: Clock, due: number, signal: AbortSignal): Promise<void> {
  for (let left = due - clock.now(); left > 0; left = due - clock.now()) {
    await clock.sleep(Math.min(left, longestSleep), signal);
  }
}
