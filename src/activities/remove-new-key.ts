// The end of a roll back: a new key that no place was ever offered is removed; one whose delivery was even attempted may be
// in use and is left active and named (S23).
import { shortKeyId } from '../access-key.ts';
import { requestTimeLimit } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { deleteInactive, findKey, settledKeys } from './keys.ts';
import { orphanPermissions, removeOrphan } from './orphan.ts';
import { counterOf, newKeyOf, wasCutOffIn, wasOffered } from './record.ts';

export const permissions = [...fencePermissions, ...orphanPermissions, 'sts:GetCallerIdentity'];

export function removeNewKey(deps: ActivityDeps): Activity<'removeNewKey'> {
  return async (context) => {
    const { plan, rotation } = context;
    const newKey = newKeyOf(context) ?? (await deps.vault.get(rotation, 'new'))?.accessKeyId ?? null;
    const say = (verdict: 'removed' | 'left', reason: string, counter: number) => ({
      at: stamp(deps),
      counter,
      verdict,
      reason,
    });
    // Then nothing of ours can be there, and there may be no claim to pass a fence with.
    if (newKey === null && !wasCutOffIn(context, 'createKey')) {
      return say('removed', 'no new key was made', counterOf(context));
    }
    const { counter, before } = await fence(deps, context, 'removeNewKey');

    const listed = async (id: string) =>
      findKey(await settledKeys(deps, plan.user, (all) => findKey(all, id) !== undefined), id) !== undefined;

    if (newKey === null) {
      const intended = before.asked ? timeOf(before.asked) : null;
      const removed =
        intended && (await removeOrphan(deps, context, { intended, answerable: intended + requestTimeLimit }));
      return say(
        'removed',
        removed ? `the unanswered new key ${shortKeyId(removed)} is removed` : 'no new key was made',
        counter,
      );
    }
    if (plan.from === 'watch' || wasOffered(context)) {
      if (!(await listed(newKey))) return say('removed', `the new key ${shortKeyId(newKey)} is gone already`, counter);
      return say(
        'left',
        `the new key ${shortKeyId(newKey)} stays active: a place was offered it and may use it`,
        counter,
      );
    }
    if (await listed(newKey)) {
      await deps.aws.setKeyStatus(plan.user, newKey, 'Inactive');
      await deleteInactive(deps, plan.user, newKey, { witness: plan.oldKey });
    }
    return say('removed', `the new key ${shortKeyId(newKey)} is removed: no place was ever offered it`, counter);
  };
}
