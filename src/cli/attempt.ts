// Runs a command and turns whatever it throws into two lines on stderr, one JSON document where asked for, and an exit
// code. Errors that are not ours are bugs, and say so.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KeyturnError, UsageError } from '../errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { Flags } from './options.ts';
import { shown } from './shown.ts';

export interface PrintedError {
  name: string;
  message: string;
  hint: string | undefined;
}

export async function attempt(flags: Flags, io: Io, run: (flags: Flags) => Promise<number>): Promise<number> {
  try {
    refuseWhatIsNotThere(flags, io);
    return await run(flags);
  } catch (error) {
    if (isInterruption(error, io)) {
      printError(io, { name: 'Interrupted', message: 'interrupted', hint: 'nothing was begun' }, flags.json);
      return exitCodes.interrupted;
    }
    if (error instanceof KeyturnError) {
      printError(io, { name: error.name, message: error.message, hint: error.hint }, flags.json);
      return exitCodeOfError(error.name, true);
    }
    // Whose message this is nobody knows, and it may quote anything: the stack's own lines are enough to find the bug.
    const places = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
    const what = error instanceof Error ? error.name : typeof error;
    const hint = 'this is a bug in keyturn; what was begun goes on with keyturn resume, and keyturn status shows it';
    printError(io, { name: 'Bug', message: `unexpected ${what}`, hint }, flags.json);
    io.stderr.write(`${places.slice(0, 8).join('\n')}\n`);
    return exitCodeOfError(what, false);
  }
}

export function printError(io: Pick<Io, 'stdout' | 'stderr'>, error: PrintedError, json = false): void {
  const hint = error.hint ?? 'see keyturn --help';
  io.stderr.write(`error: ${shown(error.message)}\nhint: ${shown(hint)}\n`);
  if (json) {
    io.stdout.write(`${JSON.stringify({ error: { name: error.name, message: error.message, hint } }, null, 2)}\n`);
  }
}

function isInterruption(error: unknown, io: Io): boolean {
  const name = (error as { name?: unknown } | null)?.name;
  return name === 'ExitPromptError' || name === 'AbortPromptError' || (name === 'AbortError' && io.interrupted.aborted);
}

/** Parts that have a name in the manual and are not built yet are refused, never passed over. */
function refuseWhatIsNotThere(flags: Flags, io: Io): void {
  if (flags.config !== undefined || existsSync(join(io.cwd, 'keyturn.yaml'))) {
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
