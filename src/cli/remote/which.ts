// Whether the rotation that a command means is in Step Functions: one of the machine's own, or one that was handed over.
import type { RotationRecord } from '../../engine/contract.ts';
import { isOpen } from '../pick-rotation.ts';
import type { Session } from '../session.ts';
import { onlyRemote, remoteNamed } from './find-remote.ts';
import { type Afar, afar, isRefusedThere, takenBack } from './handed-over.ts';
import { isAskedFor, machineAskedFor } from './machine.ts';

/** Null where it is one of this machine's, or none at all: then the record store says so. */
export async function remotely(session: Session, id: string | undefined): Promise<Afar | null> {
  const handed = await handedHere(session, id);
  if (handed) return handedAfar(session, handed);
  const { records, unreadable } = await session.store.list();
  if (id !== undefined) {
    if ([...records, ...unreadable].some(({ rotation }) => rotation.startsWith(id))) return null;
    const found = await remoteNamed(session, id);
    return found && { ...found, handed: null };
  }
  if (!isAskedFor(session)) return null;
  const found = await onlyRemote(session, await machineAskedFor(session));
  const { rotation } = found.remote.record;
  return { ...found, handed: records.find((record) => record.rotation === rotation && isHanded(record)) ?? null };
}

/** The record of a rotation that was handed over from here, where that is the one which is meant. */
export async function handedHere(session: Session, id: string | undefined): Promise<RotationRecord | null> {
  const { store, flags } = session;
  if (id === undefined && isAskedFor(session)) return null;
  const { records } = await store.list();
  const isMeant = (record: RotationRecord) =>
    id === undefined
      ? isOpen(record) && (!flags.user || record.context.plan.user === flags.user)
      : record.rotation.startsWith(id);
  const [only, another] = records.filter(isMeant);
  return only && !another && isHanded(only) && isOpen(only) ? only : null;
}

export function isHanded({ engine }: RotationRecord): boolean {
  return engine === 'stepfunctions';
}

/** One that was refused there is this machine's again. */
async function handedAfar(session: Session, handed: RotationRecord): Promise<Afar | null> {
  const found = await afar(session, handed);
  if (!isRefusedThere(found.remote)) return found;
  await session.store.save(takenBack(session, handed, null));
  return null;
}
