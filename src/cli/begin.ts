// From an agreed plan to a running rotation: the lock, the record, the run, the result. Shared by rotate, retire and the
// wizard.
import { instant } from '../clock.ts';
import { type RotationRecord, recordSchema } from '../engine/contract.ts';
import type { RunOptions } from '../engine/local.ts';
import { RefusedError } from '../errors.ts';
import { contextSchema, type Plan } from '../machine/context.ts';
import { finish } from './finish.ts';
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
  const { store, io, progress } = session;
  const lock = await store.lockUser(plan.account, plan.user);
  try {
    await refuseSecondRotation(session, plan);
    const record = newRecord(plan, newRotationId(), instant(io.clock.now()));
    await store.save(record);
    progress.say(`rotation ${record.rotation}`);
    return await finish(session, record, () => runRotation(session, record, options));
  } finally {
    await lock.release();
  }
}

async function refuseSecondRotation({ store }: Session, { account, user }: Plan): Promise<void> {
  const { records } = await store.list();
  const open = records.find(
    ({ context, outcome }) =>
      context.plan.account === account && context.plan.user === user && (outcome === null || outcome === 'stuck'),
  );
  if (!open) return;
  throw new RefusedError(`rotation ${open.rotation} of ${user} is open already`, {
    hint: `nothing was changed; keyturn status ${open.rotation} shows it, keyturn resume ${open.rotation} goes on, keyturn rollback ${open.rotation} goes back`,
  });
}
