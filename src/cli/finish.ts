// What every command about one rotation does with a run: print how the rotation stands now, and return the exit code.
import type { RotationRecord } from '../engine/contract.ts';
import type { RunResult } from '../engine/local.ts';
import { KeyturnError } from '../errors.ts';
import { exitCodeOf, exitCodes, type ShownOutcome } from './exit-codes.ts';
import { renderRotation } from './render.ts';
import { describeRotation, type RotationDocument } from './rotation-document.ts';
import type { Session } from './session.ts';
import { shown } from './shown.ts';

/** Runs, prints, and returns the exit code. What breaks a run from outside (a full disk) is shown with the rotation. */
export async function finish(session: Session, before: RotationRecord, run: () => Promise<RunResult>): Promise<number> {
  const { document, code } = await outcomeOf(session, before, run);
  print(session, document);
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
    if (!(error instanceof KeyturnError)) throw error;
    const record = await session.store.load(before.rotation).catch(() => before);
    const document = await describe(session, record, 'stuck');
    const hint = error.hint ?? `keyturn resume ${record.rotation} goes on`;
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

/** Where a run did not end well the two lines on stderr say so, with JSON or without. */
export function print({ io, flags }: Session, document: RotationDocument): void {
  if (['refused', 'stuck', 'stopped'].includes(document.outcome)) {
    io.stderr.write(`error: ${shown(document.reason)}\nhint: ${shown(document.hint ?? 'nothing was changed')}\n`);
  }
  io.stdout.write(`${flags.json ? JSON.stringify(document, null, 2) : shown(renderRotation(document))}\n`);
}
