// Parts that have a name in the manual and are not built yet are refused, naming what is there, and never passed over.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';

/** The empty name is the wizard's. */
export type CommandName = '' | 'rotate' | 'status' | 'resume' | 'proceed' | 'rollback' | 'release' | 'retire' | 'demo';

/** These make a plan, so a policy file would have a say; every other command obeys the plan that was made. */
const planning = new Set<CommandName>(['', 'rotate', 'retire']);

export function refuseWhatIsNotThere(command: CommandName, flags: Flags, io: Pick<Io, 'cwd'>): void {
  // Nothing of ours may stand before the one call that brings a key back (S1).
  if (command === 'rollback' && flags.onlyReactivate) return;

  const found = planning.has(command) && existsSync(join(io.cwd, 'keyturn.yaml'));
  if ((flags.config !== undefined && command !== 'rollback') || found) {
    throw new UsageError('policy files are not there yet', {
      hint: 'say it with flags (keyturn rotate --help); a keyturn.yaml in this folder is not passed over in silence',
    });
  }
  if (flags.engine !== undefined && flags.engine !== 'local') {
    throw new UsageError(`the engine ${flags.engine} is not there yet`, { hint: 'there is: --engine local' });
  }
  if (flags.stateMachine !== undefined) {
    throw new UsageError('--state-machine belongs to the engine stepfunctions, which is not there yet', {
      hint: 'there is: --engine local',
    });
  }
  if (flags.vault !== undefined && flags.vault !== 'file') {
    throw new UsageError(`the vault ${flags.vault} is not there yet`, { hint: 'there is: --vault file' });
  }
}
