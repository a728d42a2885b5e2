// The way back to the old key: whether there is one, and its first step.
import { shortKeyId } from '../access-key.ts';
import { activate, findKey } from '../activities/keys.ts';
import type { RotationRecord } from '../engine/contract.ts';
import { AccessDeniedError, RefusedError } from '../errors.ts';
import { isOpen } from './pick-rotation.ts';
import type { Session } from './session.ts';

export interface OldKey {
  id: string;
  /** Null where nobody may look. */
  status: string | null;
}

/** Asks for it in any case: a list may be from before a deactivation. */
export async function reactivate({ aws, io, progress }: Session, user: string, { id, status }: OldKey): Promise<void> {
  try {
    await activate({ aws, clock: io.clock, signal: io.interrupted }, user, id);
  } catch (error) {
    // Where it is denied, the list decides.
    if (!(error instanceof AccessDeniedError && status === 'Active')) throw error;
  }
  progress.announce({ about: 'reactivateKey', text: `${shortKeyId(id)} is active` });
}

/** Null where the rotation replaces none. Throws where there is no way back to it. */
export async function mustHaveOldKey({ aws }: Session, record: RotationRecord): Promise<OldKey | null> {
  const { rotation, context, outcome } = record;
  const { plan } = context;
  if (outcome === 'rolledBack' || outcome === 'refused' || outcome === 'nothingToDo') {
    throw new RefusedError(`rotation ${rotation} is over: ${outcome}`, { hint: 'there is nothing to go back from' });
  }
  if (plan.oldKey === null) return null;
  const keys = await aws.keys(plan.user).catch((error) => {
    if (error instanceof AccessDeniedError) return null;
    throw error;
  });
  if (keys === null) return { id: plan.oldKey, status: null };
  const old = findKey(keys, plan.oldKey);
  if (old) return old;
  throw new RefusedError(`the old key ${shortKeyId(plan.oldKey)} is deleted, so there is no way back to it`, {
    hint: isOpen(record)
      ? `keyturn resume ${rotation} finishes`
      : `nothing was changed; to replace the new key: keyturn rotate --user ${plan.user}`,
  });
}
