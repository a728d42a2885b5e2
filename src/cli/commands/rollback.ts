// keyturn rollback: the first changing call makes the old key active again; then every place that still holds the new key
// gets the old pair back. Nothing of ours may stand before that first call (S1).
import { shortKeyId } from '../../access-key.ts';
import { instant } from '../../clock.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { KeyturnError, RefusedError, UsageError } from '../../errors.ts';
import { exitCodes } from '../exit-codes.ts';
import { describe, outcomeOf, print } from '../finish.ts';
import type { Io } from '../io.ts';
import { checkedKeyId } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import { isOpen, pickRotation } from '../pick-rotation.ts';
import type { RotationDocument } from '../rotation-document.ts';
import { mustBeSameAccount } from '../same-account.ts';
import { openSession, runRotation, type Session, signAsTheUserWill } from '../session.ts';

export async function rollback(flags: Flags, io: Io, id: string | undefined): Promise<number> {
  const session = openSession(flags, io);
  if (flags.key !== undefined) return reactivateWithoutRecord(session, id);

  const record = await pickRotation(session, id);
  await signAsTheUserWill(session, record);
  await mustBeSameAccount(session.aws, record);
  const oldKey = await mustHaveOldKey(session, record);
  if (oldKey !== null && mayBeInactive(record)) {
    await session.aws.setKeyStatus(record.context.plan.user, oldKey, 'Active');
    session.progress.say(`  ${shortKeyId(oldKey)} is active`);
  }
  return flags.onlyReactivate ? backToWatching(session, record) : wholeWayBack(session, record);
}

/** On a bare machine: no state, no claim, no record. */
async function reactivateWithoutRecord(
  { flags, io, aws, ...session }: Session,
  id: string | undefined,
): Promise<number> {
  if (!flags.onlyReactivate || !flags.user || id !== undefined) {
    throw new UsageError('--key goes together with --only-reactivate and --user, without an id', {
      hint: 'keyturn rollback --only-reactivate --user NAME --key AKIA…',
    });
  }
  const key = checkedKeyId(flags.key ?? '', '--key');
  await aws.setKeyStatus(flags.user, key, 'Active');

  const { account } = await aws.caller();
  const { keysWithUse } = await import('../../activities/keys.ts');
  const keys = await keysWithUse({ aws }, flags.user).catch((error) => {
    if (!(error instanceof KeyturnError)) throw error;
    return [];
  });
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
  print({ flags, io, aws, ...session }, document);
  return exitCodes.done;
}

async function mustHaveOldKey(
  { aws }: Session,
  { rotation, context, outcome }: RotationRecord,
): Promise<string | null> {
  const { plan } = context;
  if (outcome === 'rolledBack' || outcome === 'refused' || outcome === 'nothingToDo') {
    throw new RefusedError(`rotation ${rotation} is over: ${outcome}`, { hint: 'there is nothing to go back from' });
  }
  if (plan.oldKey === null) return null;
  if ((await aws.keys(plan.user)).some((key) => key.id === plan.oldKey)) return plan.oldKey;
  throw new RefusedError(`the old key ${shortKeyId(plan.oldKey)} is deleted, so there is no way back to it`, {
    hint: isOpen({ outcome } as RotationRecord)
      ? `keyturn resume ${rotation} finishes`
      : `nothing was changed; to replace the new key: keyturn rotate --user ${plan.user}`,
  });
}

function mayBeInactive({ context, running, state }: RotationRecord): boolean {
  const cutOff = context.interruptions.some((one) => one.activity === 'deactivateKey');
  return context.deactivateKey !== undefined || cutOff || (running && state === 'deactivateKey');
}

async function wholeWayBack(session: Session, record: RotationRecord): Promise<number> {
  const { store, io, progress } = session;
  const { account, user } = record.context.plan;
  const at = instant(io.clock.now());
  let lock = await store.lockUser(account, user).catch(whenLocked);
  if (!lock) {
    await store.signal(record.rotation, { signal: 'rollBack', state: null, entry: null, at });
    progress.say('the process that runs it was told to go back; waiting for it');
    lock = await untilFree(session, record);
  }
  try {
    const fresh = await store.load(record.rotation);
    if (!isOpen(fresh)) {
      print(session, await describe(session, fresh));
      return fresh.outcome === 'rolledBack' ? exitCodes.done : exitCodes.refused;
    }
    await store.takeSignal(record.rotation);
    const turned = { ...fresh, context: { ...fresh.context, intent: 'rollBack' as const } };
    const { document, code } = await outcomeOf(session, turned, () => runRotation(session, turned));
    print(session, document);
    return document.outcome === 'rolledBack' ? exitCodes.done : code;
  } finally {
    await lock.release();
  }
}

/** The running process takes the signal when its activity ends; then its lock is free. */
async function untilFree({ store, io }: Session, { context: { plan } }: RotationRecord) {
  for (;;) {
    io.interrupted.throwIfAborted();
    const lock = await store.lockUser(plan.account, plan.user).catch(whenLocked);
    if (lock) return lock;
    await io.clock.sleep(500, io.interrupted);
  }
}

function whenLocked(error: unknown): null {
  if ((error as Error).name === 'LockedError') return null;
  throw error;
}

/** The old key is active again; the rotation goes back to watching, or a running process notices by itself. */
async function backToWatching(session: Session, record: RotationRecord): Promise<number> {
  const { store, io } = session;
  const { account, user } = record.context.plan;
  const lock = await store.lockUser(account, user).catch(whenLocked);
  if (!lock) {
    print(session, await describe(session, record));
    return exitCodes.done;
  }
  try {
    const fresh = await store.load(record.rotation);
    if (!isOpen(fresh) || !mayBeInactive(fresh)) {
      print(session, await describe(session, fresh));
      return exitCodes.done;
    }
    const reactivated = await session.activities(io.interrupted).reactivateKey(fresh.context);
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
    print(session, document);
    return code;
  } finally {
    await lock.release();
  }
}
