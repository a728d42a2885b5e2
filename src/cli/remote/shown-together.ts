// Rotations of this machine and of Step Functions in one list. One that was handed over is in it once.
import type { RotationRecord } from '../../engine/contract.ts';
import type { RecordList } from '../../engine/record-store.ts';
import { KeyturnError } from '../../errors.ts';
import { isOpen } from '../pick-rotation.ts';
import type { Session } from '../session.ts';
import { remoteNamed, remotesOf } from './find-remote.ts';
import { executionOf, settled, withExecution } from './handed-over.ts';
import { isAskedFor, machineIfAny } from './machine.ts';
import { isHanded } from './which.ts';

/** With an id that is none of this machine's, the one that Step Functions has. Throws UsageError where there is none. */
export async function withRemotes(session: Session, id: string | undefined, list: RecordList): Promise<RecordList> {
  const { store } = session;
  const records: RotationRecord[] = [];
  for (const record of list.records) {
    records.push(isHanded(record) && isOpen(record) ? await asItIsThere(session, record) : record);
  }
  if (id !== undefined) {
    if (records.length > 0 || list.unreadable.length > 0) return { ...list, records };
    const found = await remoteNamed(session, id);
    // Says that there is none, and which there are.
    if (!found) await store.resolve(id);
    return { ...list, records: found ? [found.remote.record] : [] };
  }
  const known = new Set((await store.list()).records.map(({ rotation }) => rotation));
  const there = (await others(session)).filter(({ rotation }) => !known.has(rotation));
  return { ...list, records: [...records, ...there] };
}

/** A machine that nobody asked for, and that may not be looked at, is none. */
async function others(session: Session): Promise<RotationRecord[]> {
  try {
    const machine = await machineIfAny(session);
    const { user, all } = session.flags;
    // Of ended ones there may be thousands, each with a history to read: only where that is asked for.
    const wanted = { ...(user ? { user } : {}), ...(all && isAskedFor(session) ? { all } : {}) };
    return machine ? (await remotesOf(session, machine, wanted)).map(({ record }) => record) : [];
  } catch (error) {
    if (!(error instanceof KeyturnError) || isAskedFor(session)) throw error;
    session.progress.detail(`the state machine was not looked at: ${error.message}`);
    return [];
  }
}

/** Once it has rotated there, the pairs in this machine's own vault have no use any more. */
async function asItIsThere(session: Session, handed: RotationRecord): Promise<RotationRecord> {
  try {
    const found = await executionOf(session, handed);
    if (!found) return handed;
    const record = withExecution(handed, found.remote);
    const isOver = record.outcome === 'rotated' && handed.outcome !== 'rotated';
    if (!isOver || record.context.plan.vault !== 'file') return record;
    const { remote } = await settled(session, handed, { remote: found.remote, ended: record.outcome, why: '' });
    return remote.record;
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    session.progress.warn(`${handed.rotation} could not be looked at in Step Functions: ${error.message}`);
    return handed;
  }
}
