// Watching a rotation that Step Functions runs, in the same view as one that runs here. Whatever happens to the view, the
// rotation goes on.
import type { ExecutionFacts } from '../../aws/contract.ts';
import { instant } from '../../clock.ts';
import { readExecution } from '../../engine/execution-record.ts';
import { type FollowOptions, followExecution, type Remote } from '../../engine/stepfunctions.ts';
import { KeyturnError } from '../../errors.ts';
import { exitCodeOf, exitCodes, type ShownOutcome } from '../exit-codes.ts';
import { describe, print } from '../finish.ts';
import type { Session } from '../session.ts';
import type { Machine } from './machine.ts';

export interface Followed {
  remote: Remote;
  /** Null where it could not be looked at any more. */
  ended: ShownOutcome | null;
  why: string;
}

/** To the next wait, or with `--wait` to the end. Never rejects for what AWS says: the execution was there before. */
export async function follow(
  session: Session,
  { machines }: Machine,
  arn: string,
  known: Pick<FollowOptions, 'since' | 'answered'> = {},
): Promise<Followed> {
  const { io, flags, progress } = session;
  try {
    const { ended, ...remote } = await followExecution({ machines, clock: io.clock }, arn, {
      wait: flags.wait === true,
      stop: io.interrupted,
      onStep: (entry, record) => progress.step(entry, record),
      ...known,
    });
    return { remote, ended, why: '' };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    const name = arn.split(':').at(-1) ?? '';
    const startedAt = instant(session.aws.time() ?? io.clock.now());
    const execution: ExecutionFacts = {
      arn,
      name,
      status: 'RUNNING',
      startedAt,
      machine: '',
      input: null,
      error: null,
      cause: null,
    };
    const { record } = readExecution(execution);
    return { remote: { record, execution, begun: null, seen: 0 }, ended: null, why: error.message };
  }
}

/** Prints how it stands, and returns the exit code; of a roll back, being back is what was wanted. */
export async function printFollowed(
  session: Session,
  { remote, ended, why }: Followed,
  { wantedBack = false } = {},
): Promise<number> {
  const { record } = remote;
  const { rotation } = record;
  if (ended === null) {
    session.progress.warn(`it cannot be watched from here: ${why}`);
    const document = await describe(session, record, 'waiting');
    print(session, { ...document, reason: 'it runs in Step Functions, unseen from here' }, exitCodes.done);
    return exitCodes.done;
  }
  const document = await describe(session, record, ended);
  const left = ended === 'stopped' && {
    reason: 'interrupted; it goes on in Step Functions',
    hint: `keyturn status ${rotation} shows it; keyturn rollback ${rotation} goes back`,
  };
  const code = wantedBack ? codeOfRollBack(ended) : exitCodeOf[ended];
  print(session, { ...document, ...left }, code);
  return code;
}

/** Anything else than being back is not what was asked for. */
export function codeOfRollBack(ended: ShownOutcome): number {
  if (ended === 'rolledBack') return exitCodes.done;
  return exitCodeOf[ended] === exitCodes.done ? exitCodes.refused : exitCodeOf[ended];
}
