// From an agreed plan to a running rotation: the lock, the record, the run, the result. Shared by rotate, retire and the
// wizard.
import { stamp } from '../activities/aws-time.ts';
import { claimedBy } from '../activities/claim.ts';
import { type RotationRecord, recordSchema } from '../engine/contract.ts';
import type { RunOptions } from '../engine/local.ts';
import { RefusedError } from '../errors.ts';
import { contextSchema, type Plan } from '../machine/context.ts';
import { finish } from './finish.ts';
import type { Subject } from './make-plan.ts';
import { isOpen } from './pick-rotation.ts';
import { newRotationId } from './rotation-id.ts';
import { runRotation, type Session } from './session.ts';

export function newRecord(plan: Plan, rotation: string, createdAt: string): RotationRecord {
  return {
    schema: recordSchema,
    rotation,
    engine: 'local',
    createdAt,
    context: { schema: contextSchema, rotation, intent: 'forward', plan, interruptions: [] },
    state: 'begin',
    running: false,
    park: null,
    parks: 0,
    answered: 0,
    outcome: null,
    history: [],
  };
}

export async function begin(session: Session, plan: Plan, options: Pick<RunOptions, 'atWait'> = {}): Promise<number> {
  const { aws, store, io, progress } = session;
  io.interrupted.throwIfAborted();
  const lock = await store.lockUser(plan.account, plan.user).catch(async (error) => {
    // Whoever holds it has a record, or is just about to.
    await refuseSecondRotation(session, plan);
    throw error;
  });
  try {
    await refuseSecondRotation(session, plan);
    const record = newRecord(plan, newRotationId(), stamp({ aws, clock: io.clock }));
    await store.save(record);
    progress.say(`rotation ${record.rotation}`);
    return await finish(session, record, () => runRotation(session, record, options));
  } finally {
    await lock.release();
  }
}

/** One rotation per user: an open one, here or as a claim in AWS, is named before anything else is said about the keys. */
export async function mustBeFree(session: Session, { caller, user, claims }: Subject): Promise<void> {
  await refuseSecondRotation(session, { account: caller.account, user: user.name });
  const [claim] = claims;
  if (claim) throw claimedBy(user.name, claim);
}

async function refuseSecondRotation(
  { store }: Session,
  { account, user }: Pick<Plan, 'account' | 'user'>,
): Promise<void> {
  const { records } = await store.list();
  const open = records.find(
    (record) => record.context.plan.account === account && record.context.plan.user === user && isOpen(record),
  );
  if (!open) return;
  const id = open.rotation;
  throw new RefusedError(`rotation ${id} of ${user} is open already`, {
    hint: `nothing was changed; keyturn status ${id} shows it, keyturn resume ${id} goes on, keyturn rollback ${id} goes back`,
  });
}
