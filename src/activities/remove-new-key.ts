// The end of a roll back: a new key that no place was ever offered is removed; one whose delivery was even attempted may be
// in use and is left active and named (S23).
import { shortKeyId } from '../access-key.ts';
import { requestTimeLimit } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { deleteInactive, findKey } from './keys.ts';
import { orphanPermissions, removeOrphan } from './orphan.ts';
import { newKeyOf } from './places.ts';
import { wasOffered } from './record.ts';

export const permissions = [...fencePermissions, ...orphanPermissions, 'sts:GetCallerIdentity'];

export function removeNewKey(deps: ActivityDeps): Activity<'removeNewKey'> {
  return async (context) => {
    const { plan, rotation } = context;
    const newKey = newKeyOf(context) ?? (await deps.vault.get(rotation, 'new'))?.accessKeyId ?? null;
    const { counter, before } = await fence(deps, context, 'removeNewKey');
    const say = (verdict: 'removed' | 'left', reason: string) => ({ at: stamp(deps), counter, verdict, reason });

    if (newKey !== null && (plan.from === 'watch' || wasOffered(context))) {
      return say('left', `the new key ${shortKeyId(newKey)} stays active: a place was offered it and may use it`);
    }
    if (newKey === null) {
      const intended = timeOf(before.at);
      const orphan = before.step === 'createKey' ? { intended, answerable: intended + requestTimeLimit } : null;
      const removed = orphan ? await removeOrphan(deps, context, orphan) : null;
      return say(
        'removed',
        removed ? `the unanswered new key ${shortKeyId(removed)} is removed` : 'no new key was made',
      );
    }
    if (findKey(await deps.aws.keys(plan.user), newKey)) {
      await deps.aws.setKeyStatus(plan.user, newKey, 'Inactive');
      await deleteInactive(deps, plan.user, newKey, { witness: plan.oldKey });
    }
    return say('removed', `the new key ${shortKeyId(newKey)} is removed: no place was ever offered it`);
  };
}
