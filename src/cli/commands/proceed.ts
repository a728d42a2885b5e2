// keyturn proceed: ends the present wait now, by a person's word, and goes on as resume does. Ending the grace deletes the
// old key, so that needs a consent of its own.
import type { RotationRecord, SignalMessage } from '../../engine/contract.ts';
import { LockedError, RefusedError, UsageError } from '../../errors.ts';
import type { ParkName } from '../../machine/context.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, finish, print } from '../finish.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';
import { mustBeOpen, pickRotation } from '../pick-rotation.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { openSession, runRotation, type Session, signAsTheUserWill } from '../session.ts';
import { withLock } from './resume.ts';

const meaning: Record<string, string> = {
  awaitQuiet: 'deactivates the old key now, whether or not somebody still uses it',
  awaitGrace: 'deletes the old key now: there is no way back to it afterwards',
  awaitNextLook: 'looks now whether everything works',
};

export async function proceed(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  const record = await pickRotation(session, id);
  mustBeOpen(record);
  const { park } = record;
  if (!park) {
    throw new RefusedError(`rotation ${record.rotation} is not waiting`, {
      hint: `nothing was changed; keyturn status ${record.rotation} shows where it is`,
    });
  }
  if (park.state === 'awaitGrace' && !flags.deleteNow) {
    throw new UsageError('ending the grace deletes the old key', {
      hint: 'say so with --delete-now; nothing was changed',
    });
  }
  await signAsTheUserWill(session, record);
  await mustBeSameAccount(session, record);
  if (!flags.yes) await agree(session, park.state);

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

async function agree({ io }: Session, state: string): Promise<void> {
  const what = meaning[state] ?? 'goes on now';
  if (!io.terminal) {
    throw new UsageError(`proceed ${what}, and there is no terminal to ask on`, {
      hint: 'agree beforehand with --yes; nothing was changed',
    });
  }
  const { confirm } = await import('../prompts.ts');
  if (!(await confirm(io, `This ${what}. Go on?`, false)))
    throw new UsageError('not agreed', { hint: 'nothing was changed' });
}

function answeredAlready({ rotation }: RotationRecord): RefusedError {
  return new RefusedError(`that wait of rotation ${rotation} was ended already`, {
    hint: `nothing was changed; keyturn status ${rotation} shows where it is now`,
  });
}
