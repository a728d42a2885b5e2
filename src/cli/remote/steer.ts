// resume, proceed and rollback of a rotation that Step Functions runs. Each says what it wants of the wait that it has read,
// and watches what comes of it.
import { stamp } from '../../activities/aws-time.ts';
import { isRollingBack } from '../../activities/record.ts';
import { answerWait, followExecution, type Remote, startExecution } from '../../engine/stepfunctions.ts';
import { AccessDeniedError, KeyturnError, RefusedError, UsageError } from '../../errors.ts';
import type { ExecutionInput } from '../../lambda/contract.ts';
import type { Intent, Signal } from '../../machine/context.ts';
import { agreeToProceed, mustSayDeleteNow } from '../agree-to-proceed.ts';
import { mustHaveOldKey, reactivate as reactivateHere } from '../old-key.ts';
import { isOpen, mustBeOpen } from '../pick-rotation.ts';
import type { Session } from '../session.ts';
import type { Found } from './find-remote.ts';
import { type Followed, follow } from './follow.ts';

/** Goes on with one that has ended half-way; one that runs goes on by itself and is only watched. */
export async function resumeRemotely(session: Session, { machine, remote }: Found): Promise<Followed> {
  const { flags, progress } = session;
  if (flags.watchLimit !== undefined) {
    throw new UsageError('--watch-limit cannot be kept in Step Functions: the policy that was shipped says it there', {
      hint: 'nothing was changed; change the policy file and deploy it',
    });
  }
  mustBeOpen(remote.record);
  if (remote.execution.status === 'RUNNING') return follow(session, machine, remote.execution.arn, { since: remote });
  const { context } = remote.record;
  const arn = await goOn({ machine, remote }, isRollingBack(context) ? 'rollBack' : 'forward');
  progress.say(`execution ${arn}`);
  return follow(session, machine, arn);
}

/** S4: for the wait that was read, and no other. */
export async function proceedRemotely(session: Session, { machine, remote }: Found): Promise<Followed> {
  const { record, execution } = remote;
  mustBeOpen(record);
  if (!record.park) {
    throw new RefusedError(`rotation ${record.rotation} is not waiting`, {
      hint: `nothing was changed; keyturn status ${record.rotation} shows where it is`,
    });
  }
  mustSayDeleteNow(session, record.park.state);
  await agreeToProceed(session, record.park.state);
  await answer(session, { machine, remote }, 'proceed');
  return follow(session, machine, execution.arn, { since: remote, answered: true });
}

/** The first changing call makes the old key active again; what comes after it is Step Functions' to do. */
export async function rollBackRemotely(session: Session, { machine, remote }: Found): Promise<Followed> {
  mustBeOpen(remote.record);
  await reactivate(session, remote);
  const settled = await untilItWaits(session, { machine, remote });
  if (isRollingBack(settled.record.context) && settled.execution.status === 'RUNNING') {
    return toTheEnd(session, { machine, remote: settled });
  }
  if (!isOpen(settled.record)) return { remote: settled, ended: settled.record.outcome, why: '' };
  if (settled.begun !== null) {
    await answer(session, { machine, remote: settled }, 'rollBack');
    return toTheEnd(session, { machine, remote: settled });
  }
  // Whatever it is doing is a step that does not end: an execution of its own goes back, and the claim holds this one off.
  if (settled.execution.status === 'RUNNING') {
    await machine.machines.stop(settled.execution.arn, 'keyturn rollback');
  }
  const arn = await goOn({ machine, remote: settled }, 'rollBack');
  session.progress.say(`execution ${arn}`);
  return follow({ ...session, flags: { ...session.flags, wait: true } }, machine, arn);
}

/** The old key is active again, and no more; the rotation goes back to watching. */
export async function watchAgainRemotely(session: Session, { machine, remote }: Found): Promise<Remote> {
  await reactivate(session, remote);
  if (remote.begun === null || remote.record.park?.state === 'awaitQuiet') return remote;
  try {
    await answer(session, { machine, remote }, 'reactivate');
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    session.progress.warn(`${error.message}; the rotation notices at its next look`);
    return remote;
  }
  return (await follow(session, machine, remote.execution.arn, { since: remote, answered: true })).remote;
}

/** Before anything else (S1). Where it is denied from here, the rotation's own functions may still do it. */
async function reactivate(session: Session, { record }: Remote): Promise<void> {
  const old = await mustHaveOldKey(session, record);
  if (!old) return;
  await reactivateHere(session, record.context.plan.user, old).catch((error) => {
    if (!(error instanceof AccessDeniedError)) throw error;
    session.progress.warn(`${error.message}; Step Functions is told to do it`);
  });
}

async function answer({ aws, io }: Session, { machine, remote }: Found, signal: Signal): Promise<void> {
  await answerWait(machine.machines, remote, { signal, at: stamp({ aws, clock: io.clock }) });
}

/** A new execution that knows the rotation by its id alone, and looks at everything else afresh. */
function goOn({ machine, remote }: Found, intent: Intent): Promise<string> {
  const { record, execution } = remote;
  const { user, oldKey } = record.context.plan;
  const input: ExecutionInput = { user, rotation: record.rotation, intent };
  return startExecution(machine.machines, machine.arn, oldKey ?? execution.name.replace(/-\d+$/, ''), input);
}

/** A function runs for a quarter of an hour at most, and a retry waits a minute: what takes longer is not going to end. */
const longestStep = 20 * 60_000;

/** In the middle of an activity: waits for it to end. */
async function untilItWaits({ io, progress }: Session, { machine, remote }: Found): Promise<Remote> {
  if (remote.begun !== null || remote.execution.status !== 'RUNNING') return remote;
  progress.say(`it is at ${remote.record.state}; waiting for that to end`);
  const over = new AbortController();
  const end = io.clock.now() + longestStep;
  const clock = {
    ...io.clock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await io.clock.sleep(ms, signal);
      if (io.clock.now() >= end) over.abort();
    },
  };
  const stop = AbortSignal.any([io.interrupted, over.signal]);
  const { ended: _, ...settled } = await followExecution({ machines: machine.machines, clock }, remote.execution.arn, {
    wait: false,
    stop,
    since: remote,
    onStep: (entry, record) => progress.step(entry, record),
  });
  io.interrupted.throwIfAborted();
  return settled;
}

/** A roll back has no waits of its own. */
function toTheEnd(session: Session, { machine, remote }: Found): Promise<Followed> {
  const staying = { ...session, flags: { ...session.flags, wait: true } };
  return follow(staying, machine, remote.execution.arn, { since: remote });
}
