// Ending a wait by a person's word: what that does now, and the consent that it takes (S4).
import { UsageError } from '../errors.ts';
import type { Session } from './session.ts';

const meaning: Record<string, string> = {
  awaitQuiet: 'deactivates the old key now, whether or not somebody still uses it',
  awaitGrace: 'deletes the old key now: there is no way back to it afterwards',
  awaitNextLook: 'looks now whether everything works',
};

/** Throws UsageError: ending the grace deletes the old key, so that has to be said by name. */
export function mustSayDeleteNow({ flags }: Pick<Session, 'flags'>, state: string): void {
  if (state !== 'awaitGrace' || flags.deleteNow) return;
  throw new UsageError('ending the grace deletes the old key', {
    hint: 'say so with --delete-now; nothing was changed',
  });
}

/** Asks, unless it was agreed to beforehand. Throws UsageError. */
export async function agreeToProceed({ io, flags }: Pick<Session, 'io' | 'flags'>, state: string): Promise<void> {
  if (flags.yes) return;
  const what = meaning[state] ?? 'goes on now';
  if (!io.terminal) {
    throw new UsageError(`proceed ${what}, and there is no terminal to ask on`, {
      hint: 'agree beforehand with --yes; nothing was changed',
    });
  }
  const { confirm } = await import('./prompts.ts');
  if (!(await confirm(io, `This ${what}. Go on?`, false)))
    throw new UsageError('not agreed', { hint: 'nothing was changed' });
}
