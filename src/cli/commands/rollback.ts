// keyturn rollback: the first changing call makes the old key active again; then every place that still holds the new key
// gets the old pair back. Nothing of ours may stand before that first call (S1).
import { instant } from '../../clock.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { RecordError, RefusedError } from '../../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, outcomeOf, print } from '../finish.ts';
import { isInterruption } from '../interruption.ts';
import type { Io } from '../io.ts';
import { mustHaveOldKey, reactivate } from '../old-key.ts';
import type { Flags } from '../options.ts';
import { mustBeOpen, pickRotation, removeLockOfEnded } from '../pick-rotation.ts';
import { rollBackAfar, rollBackHanded } from '../remote/roll-back.ts';
import { handedHere, remotely } from '../remote/which.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { openSession, runRotation, type Session, signAsTheUserWill } from '../session.ts';
import { backToWatching, lockOrNull, mayBeInactive, reactivateWithoutRecord } from './reactivate.ts';

export async function rollback(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  if (flags.key !== undefined) return reactivateWithoutRecord(session, id);

  const handed = await handedHere(session, id);
  if (handed) return rollBackHanded(session, handed);
  const afar = await remotely(session, id);
  if (afar) return rollBackAfar(session, afar);
  const record = await recordOf(session, id);
  await removeLockOfEnded(session, record);
  await signAsTheUserWill(session, record);
  await mustBeSameAccount(session, record);
  const old = await mustHaveOldKey(session, record);
  if (!flags.onlyReactivate) mustBeOpen(record);
  if (old && mayBeInactive(record)) await reactivate(session, record.context.plan.user, old);
  return flags.onlyReactivate ? backToWatching(session, record) : wholeWayBack(session, record);
}

/** Where the record cannot be read there is still the way that needs none. */
async function recordOf(session: Session, id: string | undefined): Promise<RotationRecord> {
  try {
    return await pickRotation(session, id);
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    throw new RecordError(error.message, {
      hint: `keyturn rollback --only-reactivate --user NAME --key AKIA… needs no record; ${error.hint ?? ''}`,
      cause: error,
    });
  }
}

async function wholeWayBack(session: Session, record: RotationRecord): Promise<number> {
  const { store } = session;
  const { account, user } = record.context.plan;
  let lock = await lockOrNull(session, account, user);
  if (!lock) {
    try {
      lock = await sendBack(session, record);
    } catch (error) {
      if (!isInterruption(error, session.io)) throw error;
      const document = await describe(session, await store.load(record.rotation), 'stopped');
      const reason = 'interrupted; the process that runs it was told to go back, and does so when its step ends';
      print(session, { ...document, reason }, exitCodes.interrupted);
      return exitCodes.interrupted;
    }
  }
  try {
    const fresh = await store.load(record.rotation);
    await store.takeSignal(record.rotation);
    if (fresh.outcome === 'rolledBack') {
      print(session, await describe(session, fresh), exitCodes.done);
      return exitCodes.done;
    }
    mustBeOpen(fresh);
    const turned = { ...fresh, context: { ...fresh.context, intent: 'rollBack' as const } };
    const { document, code } = await outcomeOf(session, turned, () => runRotation(session, turned));
    const ended =
      document.outcome === 'rolledBack' ? exitCodes.done : code === exitCodes.done ? exitCodes.refused : code;
    print(session, document, ended);
    return ended;
  } finally {
    await lock.release();
  }
}

/** The process that runs it takes the signal when its step ends; then its lock is free. */
async function sendBack({ store, io, progress, ...rest }: Session, { rotation, context: { plan } }: RotationRecord) {
  const session = { store, io, progress, ...rest };
  const message = { signal: 'rollBack' as const, state: null, entry: null, at: instant(io.clock.now()) };
  for (;;) {
    try {
      await store.signal(rotation, message);
      break;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      // An earlier signal lies there: the same one will do, any other one gives way.
      const earlier = await store.peekSignal(rotation);
      if (earlier?.signal === 'rollBack') break;
      if (earlier) await store.takeSignal(rotation);
    }
  }
  progress.say('the process that runs it was told to go back; waiting for it');
  for (;;) {
    io.interrupted.throwIfAborted();
    const lock = await lockOrNull(session, plan.account, plan.user);
    if (lock) return lock;
    await io.clock.sleep(500, io.interrupted);
  }
}
