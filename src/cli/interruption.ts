// Ctrl-C: how it is recognised, and how to leave a call to AWS that has changed nothing.
import type { Io } from './io.ts';

/** Whether this is a person's Ctrl-C, at a prompt or elsewhere, and no failure. */
export function isInterruption(error: unknown, { interrupted }: Pick<Io, 'interrupted'>): boolean {
  const name = (error as { name?: unknown } | null)?.name;
  return name === 'ExitPromptError' || name === 'AbortPromptError' || (name === 'AbortError' && interrupted.aborted);
}

/** The answer, or the interruption, whichever comes first. Only for looks: a change must be waited for. */
export function orInterrupted<T>({ interrupted }: Pick<Io, 'interrupted'>, look: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(interrupted.reason);
    if (interrupted.aborted) leave();
    interrupted.addEventListener('abort', leave);
    look.then(resolve, reject).finally(() => interrupted.removeEventListener('abort', leave));
  });
}
