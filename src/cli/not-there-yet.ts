// Parts that have a name in the manual and are not built yet are refused, naming what is there, and never passed over.
import { UsageError } from '../errors.ts';
import type { Flags } from './options.ts';

export function refuseWhatIsNotThere(command: string, flags: Flags): void {
  // Nothing of ours may stand before the one call that brings a key back (S1).
  if (command === 'rollback' && flags.onlyReactivate) return;

  if (flags.engine !== undefined && flags.engine !== 'local') {
    throw new UsageError(`the engine ${flags.engine} is not there yet`, { hint: 'there is: --engine local' });
  }
  if (flags.stateMachine !== undefined) {
    throw new UsageError('--state-machine belongs to the engine stepfunctions, which is not there yet', {
      hint: 'there is: --engine local',
    });
  }
  if (flags.vault !== undefined && flags.vault !== 'file' && flags.vault !== 'secretsmanager') {
    throw new UsageError(`there is no vault ${flags.vault}`, {
      hint: 'there are: --vault file, --vault secretsmanager',
    });
  }
}
