// keyturn proceed: ends the present wait now, by a person's word, and goes on as resume does. Ending the grace deletes the
// old key, so that needs a consent of its own.
import type { RotationRecord, SignalMessage } from '../../engine/contract.ts';
import { LockedError, RefusedError } from '../../errors.ts';
import type { ParkName } from '../../machine/context.ts';
import { agreeToProceed, mustSayDeleteNow } from '../agree-to-proceed.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, finish, print } from '../finish.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { mustBeOpen, pickRotation, removeLockOfEnded } from '../pick-rotation.ts';
import { proceedRemotely } from '../remote/steer.ts';
import { steered } from '../remote/steered.ts';
import { remotely } from '../remote/which.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { openSession, runRotation, type Session, signAsTheUserWill } from '../session.ts';
import { withLock } from './resume.ts';

export async function proceed(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  const afar = await remotely(session, id);
  if (afar) return steered(session, afar, proceedRemotely);
  const record = await pickRotation(session, id);
  await removeLockOfEnded(session, record);
  mustBeOpen(record);
  const { park } = record;
  if (!park) {
    throw new RefusedError(`rotation ${record.rotation} is not waiting`, {
      hint: `nothing was changed; keyturn status ${record.rotation} shows where it is`,
    });
  }
  mustSayDeleteNow(session, park.state);
  await signAsTheUserWill(session, record);
  await mustBeSameAccount(session, record);
  await agreeToProceed(session, park.state);

  const message: SignalMessage = {
    signal: 'proceed',
    state: park.state,
    entry: park.entry,
    // To the millisecond: it also tells this word from another one for the same wait.
    at: new Date(io.clock.now()).toISOString(),
  };
  if (record.answered >= park.entry) throw answeredAlready(record);
  try {
    return await withLock(session, record, async (fresh) => {
      if (fresh.park?.entry !== park.entry || fresh.answered >= park.entry) throw answeredAlready(fresh);
      return finish(session, fresh, () => runRotation(session, fresh, { given: message }));
    });
  } catch (error) {
    if (!(error instanceof LockedError)) throw error;
    const told = await tell(session, record, message);
    print(session, await describe(session, told), exitCodes.done);
    return exitCodes.done;
  }
}

/** Leaves the word for the process that waits. Of several words for the same wait it takes one; the others are refused. */
async function tell(
  { store, progress }: Session,
  { rotation }: RotationRecord,
  message: SignalMessage,
): Promise<RotationRecord> {
  await store.signal(rotation, message);
  // A word is recorded first and then taken away, so whoever finds the place free reads here which one was followed.
  const now = await store.load(rotation);
  const followed = now.context[message.state as ParkName]?.at;
  if (now.answered >= (message.entry ?? 0) && followed !== message.at) {
    if ((await store.peekSignal(rotation))?.at === message.at) await store.takeSignal(rotation);
    throw answeredAlready(now);
  }
  progress.say('the process that waits for it was told');
  return now;
}

function answeredAlready({ rotation }: RotationRecord): RefusedError {
  return new RefusedError(`that wait of rotation ${rotation} was ended already`, {
    hint: `nothing was changed; keyturn status ${rotation} shows where it is now`,
  });
}
