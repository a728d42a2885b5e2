// rollback of a rotation that Step Functions has: there it goes back by itself; what was delivered from here before a
// hand-over is given back from here.
import { timeOf } from '../../clock.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import type { Remote } from '../../engine/stepfunctions.ts';
import { KeyturnError } from '../../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, outcomeOf, print } from '../finish.ts';
import { mustHaveOldKey, reactivate } from '../old-key.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { runRotation, type Session } from '../session.ts';
import { codeOfRollBack, type Followed, printFollowed } from './follow.ts';
import { type Afar, executionOf, isLeftHere, isRefusedThere, settled, takenBack } from './handed-over.ts';
import { rollBackRemotely, watchAgainRemotely } from './steer.ts';

/** A request that was cut off may arrive as long as this. */
const longestFlight = 2 * 60_000;

/** Of one that was handed over: whether or not Step Functions can be asked, the old key is made active first (S1). */
export async function rollBackHanded(session: Session, handed: RotationRecord): Promise<number> {
  const { io, aws } = session;
  const { rotation, handedOver } = handed;
  let found: Awaited<ReturnType<typeof executionOf>>;
  try {
    found = await executionOf(session, handed);
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    return reactivateOnly(session, handed, `Step Functions could not be told: ${error.message}`);
  }
  if (found && !isRefusedThere(found.remote)) return rollBackAfar(session, { ...found, handed });
  const sent = timeOf(handedOver?.at ?? '');
  if (!found && (aws.time() ?? io.clock.now()) - sent < longestFlight) {
    return reactivateOnly(session, handed, 'the hand-over was cut off just now, and may still arrive');
  }
  if (session.flags.onlyReactivate) return reactivateOnly(session, handed, `keyturn handoff ${rotation} was cut off`);
  return giveBackHere(session, handed, null);
}

async function reactivateOnly(session: Session, handed: RotationRecord, why: string): Promise<number> {
  await mustBeSameAccount(session, handed);
  const old = await mustHaveOldKey(session, handed);
  if (old) await reactivate(session, handed.context.plan.user, old);
  const code = session.flags.onlyReactivate ? exitCodes.done : exitCodes.stuck;
  const outcome = session.flags.onlyReactivate ? 'waiting' : 'stuck';
  const document = await describe(session, handed, outcome);
  const hint = `keyturn rollback ${handed.rotation} tries again`;
  print(session, { ...document, reason: `the old key is active; ${why}`, hint }, code);
  return code;
}

export async function rollBackAfar(session: Session, { machine, remote, handed }: Afar): Promise<number> {
  const before = handed ?? remote.record;
  await mustBeSameAccount(session, before);
  if (session.flags.onlyReactivate) {
    const { record } = await watchAgainRemotely(session, { machine, remote });
    print(session, await describe(session, record), exitCodes.done);
    return exitCodes.done;
  }
  const isOver = handed !== null && isLeftHere(handed, remote.record);
  const followed: Followed = isOver
    ? { remote, ended: remote.record.outcome, why: '' }
    : await rollBackRemotely(session, { machine, remote });
  if (handed && isLeftHere(handed, followed.remote.record)) return giveBackHere(session, handed, followed.remote);

  const shown = handed ? await settled(session, handed, followed) : followed;
  return printFollowed(session, shown, { wantedBack: true });
}

/** The places that were written from here; the rotation is this machine's again, and claims its user anew. */
export async function giveBackHere(session: Session, handed: RotationRecord, remote: Remote | null): Promise<number> {
  const { store, io } = session;
  const { plan } = handed.context;
  const old = await mustHaveOldKey(session, handed);
  if (old && old.status !== 'Active') await reactivate(session, plan.user, old);
  const lock = await store.lockUser(plan.account, plan.user);
  try {
    const back = takenBack(session, handed, remote);
    const { claimUser: _, ...unclaimed } = back.context;
    const claimUser = remote
      ? await session.activities(io.interrupted, plan).claimUser({ ...unclaimed, intent: 'forward' })
      : back.context.claimUser;
    const context = { ...unclaimed, ...(claimUser ? { claimUser } : {}), intent: 'rollBack' as const };
    const turned: RotationRecord = { ...back, context };
    await store.save(turned);
    const { document, code } = await outcomeOf(session, turned, () => runRotation(session, turned));
    const ended =
      document.outcome === 'rolledBack' || code === exitCodes.done ? codeOfRollBack(document.outcome) : code;
    print(session, document, ended);
    return ended;
  } finally {
    await lock.release();
  }
}
