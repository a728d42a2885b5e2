// Open rotations by user, as this machine's records know of them.
import type { OpenRotation } from '../audit/contract.ts';
import type { RotationRecord } from '../engine/contract.ts';
import { isOpen } from './pick-rotation.ts';
import { standing } from './rotation-document.ts';
import type { Session } from './session.ts';

export async function openRotationsByUser({ store }: Pick<Session, 'store'>): Promise<Map<string, OpenRotation[]>> {
  const { records } = await store.list();
  const byUser = new Map<string, OpenRotation[]>();
  for (const record of records.filter(isOpen)) {
    const { user } = record.context.plan;
    byUser.set(user, [...(byUser.get(user) ?? []), openRotationOf(record)]);
  }
  return byUser;
}

function openRotationOf(record: RotationRecord): OpenRotation {
  const { rotation, engine, createdAt, context } = record;
  const { plan, createKey, deliverKey, deactivateKey } = context;
  return {
    rotation,
    engine,
    oldKey: plan.oldKey,
    newKey: createKey?.newKey ?? plan.newKey,
    since: createdAt,
    deliveredAt: plan.from === 'watch' ? plan.startedAt : deliverKey?.verdict === 'delivered' ? deliverKey.at : null,
    deactivatedAt: deactivateKey?.at ?? null,
    standing: standing(record),
    reason: record.history.at(-1)?.detail ?? '',
  };
}
