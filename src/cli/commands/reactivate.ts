// keyturn rollback --only-reactivate: the old key becomes active again, and no more. By its id it needs no state, claim,
// lock or config (S1); with a record the rotation goes back to watching.
import { shortKeyId } from '../../access-key.ts';
import { activate, keysWithUse } from '../../activities/keys.ts';
import { instant } from '../../clock.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { FileError, KeyturnError, LockedError, NoSuchEntityError, RefusedError, UsageError } from '../../errors.ts';
import type { Lock } from '../../lock.ts';
import type { KeyFacts } from '../../machine/context.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, outcomeOf, print } from '../finish.ts';
import { checkedKeyId } from '../make-plan.ts';
import { isOpen } from '../pick-rotation.ts';
import type { RotationDocument } from '../rotation-document.ts';
import { runRotation, type Session } from '../session.ts';

/** On a bare machine: no state, no claim, no record. */
export async function reactivateWithoutRecord(session: Session, id: string | undefined): Promise<number> {
  const { flags, aws } = session;
  if (!flags.onlyReactivate || !flags.user || id !== undefined) {
    throw new UsageError('--key goes together with --only-reactivate and --user, without an id', {
      hint: 'keyturn rollback --only-reactivate --user NAME --key AKIA…',
    });
  }
  const key = checkedKeyId(flags.key ?? '', '--key');
  await activateNamed(session, flags.user, key);

  // It is done. What else can be said is said as far as AWS answers.
  const account = await orElse(session, 'unknown', async () => (await aws.caller()).account);
  const keys = await orElse<KeyFacts[]>(session, [], () => keysWithUse({ aws }, flags.user ?? ''));
  const document: RotationDocument = {
    rotation: null,
    account,
    user: flags.user,
    engine: 'local',
    execution: null,
    outcome: 'waiting',
    state: 'awaitQuiet',
    oldKey: key,
    newKey: null,
    until: null,
    reason: `${shortKeyId(key)} is active`,
    hint: 'a rotation that deactivated it notices, and goes back to watching',
    consumers: [],
    keys: keys.map(({ lastUsedRegion: _, ...rest }) => rest),
    history: [],
  };
  print(session, document, exitCodes.done);
  return exitCodes.done;
}

async function activateNamed({ aws, io }: Session, user: string, key: string): Promise<void> {
  try {
    await activate({ aws, clock: io.clock, signal: io.interrupted }, user, key);
  } catch (error) {
    if (!(error instanceof NoSuchEntityError)) throw error;
    throw new RefusedError(`${user} has no access key ${key} to make active, or there is no such user`, {
      hint: `nothing was changed; aws iam list-access-keys --user-name ${user} shows the keys, aws sts get-caller-identity the account`,
      cause: error,
    });
  }
}

async function orElse<T>({ progress }: Session, fallback: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    progress.warn(error.message);
    return fallback;
  }
}

/** The old key is active again; the rotation goes back to watching, here or in the process that runs it. */
export async function backToWatching(session: Session, record: RotationRecord): Promise<number> {
  const { store, progress } = session;
  const { account, user } = record.context.plan;
  let lock: Lock | null = null;
  try {
    lock = await lockOrNull(session, account, user);
    const fresh = await store.load(record.rotation);
    if (!lock) {
      await wake(session, fresh);
    } else if (isOpen(fresh) && mayBeInactive(fresh)) {
      return await watchAgain(session, fresh);
    }
    print(session, await describe(session, fresh), exitCodes.done);
  } catch (error) {
    if (!(error instanceof FileError || error instanceof UsageError)) throw error;
    progress.warn(`the record was not brought up to date: ${error.message}; the rotation notices when it goes on`);
    print(session, await describe(session, record), exitCodes.done);
  } finally {
    await lock?.release();
  }
  return exitCodes.done;
}

/** A process that waits for the end of the grace goes back to watching now, not only when that wait is over. */
async function wake({ store, io, progress }: Session, { rotation, park }: RotationRecord): Promise<void> {
  if (!park || park.state === 'awaitQuiet') return;
  const at = instant(io.clock.now());
  await store.signal(rotation, { signal: 'reactivate', state: park.state, entry: park.entry, at }).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
    progress.warn(error.message);
  });
}

async function watchAgain(session: Session, fresh: RotationRecord): Promise<number> {
  const { store, io } = session;
  const reactivated = await session.activities(io.interrupted, fresh.context.plan).reactivateKey(fresh.context);
  const times = Math.max(1, reactivated.times);
  const watching: RotationRecord = {
    ...fresh,
    running: false,
    park: null,
    context: { ...fresh.context, reactivateKey: { ...reactivated, changed: true, times } },
    history: [
      ...fresh.history,
      { at: reactivated.at, state: 'reactivateToWatch', event: 'done', detail: 'keyturn rollback --only-reactivate' },
    ],
  };
  await store.save(watching);
  const { document, code } = await outcomeOf(session, watching, () => runRotation(session, watching));
  print(session, document, code);
  return code;
}

/** Only our own deactivation is undone unasked; whether somebody else made it inactive the run finds out. */
export function mayBeInactive({ context, running, state }: RotationRecord): boolean {
  const cutOff = context.interruptions.some((one) => one.activity === 'deactivateKey');
  return context.deactivateKey !== undefined || cutOff || (running && state === 'deactivateKey');
}

/** Null where another process has it. */
export async function lockOrNull({ store }: Session, account: string, user: string): Promise<Lock | null> {
  return store.lockUser(account, user).catch((error) => {
    if (error instanceof LockedError) return null;
    throw error;
  });
}
