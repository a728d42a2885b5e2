// What this machine's records of rotations tell an audit: the open ones by user, and the keys that were keyturn's own doing.
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

/** Old and new keys of every rotation that is remembered here, ended ones included. */
export async function keysOfRotations({ store }: Pick<Session, 'store'>): Promise<Set<string>> {
  const { records } = await store.list();
  const ids = records.flatMap(({ context: { plan, createKey } }) => [plan.oldKey, createKey?.newKey ?? plan.newKey]);
  return new Set(ids.filter((id) => id !== null));
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
