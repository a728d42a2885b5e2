// Which rotation is meant: the one named, or the only one that fits.
import type { RotationRecord } from '../engine/contract.ts';
import { RecordError, RefusedError, UsageError } from '../errors.ts';
import type { Session } from './session.ts';

/** Under way, waiting, interrupted or stuck: something can still be done about it. */
export function isOpen({ outcome, released }: Pick<RotationRecord, 'outcome' | 'released'>): boolean {
  return (outcome === null || outcome === 'stuck') && released === undefined;
}

export async function pickRotation({ store, flags }: Session, id: string | undefined): Promise<RotationRecord> {
  if (id !== undefined) return store.load(await store.resolve(id));
  const { records, unreadable } = await store.list();
  const open = records.filter((record) => isOpen(record) && (!flags.user || record.context.plan.user === flags.user));
  const [only] = open;
  if (!only) {
    const [broken] = unreadable;
    if (broken) throw new RecordError(broken.error.message, { hint: broken.error.hint, cause: broken.error });
    throw new RefusedError('there is no open rotation here', {
      hint: 'nothing was changed; keyturn status --all shows ended ones',
    });
  }
  if (open.length > 1) {
    throw new UsageError(`${open.length} rotations are open`, {
      hint: `which one: ${open.map((record) => `${record.rotation} (${record.context.plan.user})`).join(', ')}`,
    });
  }
  return only;
}

/** Whoever ended the rotation may have died before giving the lock back, and nobody else goes on with it. */
export async function removeLockOfEnded({ store }: Session, record: RotationRecord): Promise<void> {
  const { account, user } = record.context.plan;
  if (!isOpen(record)) await store.removeDeadLock(account, user);
}

/** Ended for good: there is nothing to go on with. */
export function mustBeOpen(record: RotationRecord): void {
  if (isOpen(record)) return;
  const how = record.released ? `its claim was released at ${record.released}` : record.outcome;
  throw new RefusedError(`rotation ${record.rotation} is over: ${how}`, {
    hint: `nothing was changed; keyturn status ${record.rotation} shows it`,
  });
}
