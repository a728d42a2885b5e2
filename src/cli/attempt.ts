// Runs a command and turns whatever it throws into two lines on stderr, one JSON document where asked for, and an exit
// code. Errors that are not ours are bugs, and say so.
import { KeyturnError } from '../errors.ts';
import { shown } from '../shown.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { isInterruption } from './interruption.ts';
import type { Io } from './io.ts';
import { refuseUnknownValues } from './known-values.ts';
import type { Flags } from './options.ts';

export interface PrintedError {
  name: string;
  message: string;
  hint: string | undefined;
}

export async function attempt(
  command: string,
  flags: Flags,
  io: Io,
  run: (flags: Flags) => Promise<number>,
): Promise<number> {
  try {
    refuseUnknownValues(command, flags);
    return await run(flags);
  } catch (error) {
    if (isInterruption(error, io)) {
      const hint = 'nothing was begun; keyturn status shows what is open';
      printError(io, { name: 'Interrupted', message: 'interrupted', hint }, flags.json);
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
  io.stderr.write(`error: ${oneLine(error.message)}\nhint: ${oneLine(hint)}\n`);
  if (json) {
    io.stdout.write(`${JSON.stringify({ error: { name: error.name, message: error.message, hint } }, null, 2)}\n`);
  }
}

/** Errors are two lines, whatever their text holds. */
function oneLine(text: string): string {
  return shown(text.replace(/\s*\n\s*/g, ' '));
}
