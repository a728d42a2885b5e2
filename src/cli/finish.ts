// What every command about one rotation does with a run: print how the rotation stands now, and return the exit code.
import type { RotationRecord } from '../engine/contract.ts';
import type { RunResult } from '../engine/local.ts';
import { FileError, KeyturnError } from '../errors.ts';
import { shown } from '../shown.ts';
import { printError } from './attempt.ts';
import { exitCodeOf, exitCodes, type ShownOutcome } from './exit-codes.ts';
import { isInterruption } from './interruption.ts';
import { renderRotation } from './render.ts';
import { describeRotation, type RotationDocument } from './rotation-document.ts';
import type { Session } from './session.ts';
import { toCopy } from './to-copy.ts';

/** Runs, prints, and returns the exit code. What breaks a run from outside (a full disk) is shown with the rotation. */
export async function finish(session: Session, before: RotationRecord, run: () => Promise<RunResult>): Promise<number> {
  const { document, code } = await outcomeOf(session, before, run);
  print(session, document, code);
  return code;
}

/** The same without printing, for commands that show several rotations. */
export async function outcomeOf(
  session: Session,
  before: RotationRecord,
  run: () => Promise<RunResult>,
): Promise<{ document: RotationDocument; code: number }> {
  try {
    const { record, ended } = await run();
    return { document: await describe(session, record, ended), code: exitCodeOf[ended] };
  } catch (error) {
    const record = await session.store.load(before.rotation).catch(() => before);
    if (isInterruption(error, session.io)) {
      return { document: await describe(session, record, 'stopped'), code: exitCodes.interrupted };
    }
    if (!(error instanceof KeyturnError)) throw error;
    const document = await describe(session, record, 'stuck');
    const goOn = `keyturn resume ${record.rotation} goes on`;
    const hint = error instanceof FileError && error.hint ? `${error.hint}; then ${goOn}` : (error.hint ?? goOn);
    return { document: { ...document, reason: error.message, hint }, code: exitCodes.stuck };
  }
}

export async function describe(
  session: Session,
  record: RotationRecord,
  ended?: ShownOutcome,
): Promise<RotationDocument> {
  const { document, stale } = await describeRotation(session.aws, record, ended);
  if (stale) session.progress.warn(`AWS could not be asked how the keys stand now: ${stale.message}`);
  return document;
}

const noHint: Partial<Record<ShownOutcome, string>> = {
  refused: 'nothing was changed',
  rolledBack: 'the old key is in place again; mend it, then begin a new rotation with keyturn rotate',
};

/** Where a command did not come to a good end the two lines on stderr say so, with JSON or without. */
export function print(
  { io, flags }: Pick<Session, 'io' | 'flags'>,
  { hint: said, ...told }: RotationDocument,
  code: number,
): void {
  const document: RotationDocument = { ...told, hint: said === null ? null : toCopy(said, flags) };
  if (code !== exitCodes.done) {
    const message = document.reason || document.outcome;
    const hint = document.hint ?? noHint[document.outcome];
    printError(io, { name: document.outcome, message, hint: hint ?? `see keyturn status ${document.rotation}` });
  }
  io.stdout.write(`${flags.json ? JSON.stringify(document, null, 2) : shown(renderRotation(document))}\n`);
}
