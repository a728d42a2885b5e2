// Flags whose value is one of few, or has one form, are looked at before anything else.
import { UsageError } from '../errors.ts';
import type { Flags } from './options.ts';
import { isStateMachineArn } from './remote/arns.ts';

/** What a command begins is begun by one engine; the others take a state machine as the place to look at. */
const beginning = new Set(['rotate', 'retire']);

export function refuseUnknownValues(command: string, flags: Flags): void {
  // Nothing of ours may stand before the one call that brings a key back (S1).
  if (command === 'rollback' && flags.onlyReactivate) return;

  const { engine, stateMachine, vault } = flags;
  if (engine !== undefined && engine !== 'local' && engine !== 'stepfunctions') {
    throw new UsageError(`there is no engine ${engine}`, {
      hint: 'there are: --engine local, --engine stepfunctions',
    });
  }
  if (stateMachine !== undefined && !isStateMachineArn(stateMachine)) {
    throw new UsageError(`--state-machine: "${stateMachine}" is not the ARN of a state machine`, {
      hint: 'like arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn',
    });
  }
  const isElsewhere = engine === 'local' || (engine === undefined && beginning.has(command));
  if (stateMachine !== undefined && isElsewhere) {
    throw new UsageError('--state-machine belongs to --engine stepfunctions', {
      hint: 'give both, or neither to rotate from here',
    });
  }
  if (vault !== undefined && vault !== 'file' && vault !== 'secretsmanager') {
    throw new UsageError(`there is no vault ${vault}`, {
      hint: 'there are: --vault file, --vault secretsmanager',
    });
  }
}
