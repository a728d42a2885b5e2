// Makes the old key active again: the very first change of every way back. It needs no claim, vault or place (S1); the
// claim's counter is raised afterwards, so that a record from before is noticed.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts } from '../aws/contract.ts';
import { AnswerUnknownError, KeyturnError, UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { stamp } from './aws-time.ts';
import { beforeFence, fencePermissions, raiseClaim } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { activate, findKey } from './keys.ts';
import { counterOf, isReactivationOpen, wasCutOffIn } from './record.ts';

export const permissions = [...fencePermissions, 'iam:ListAccessKeys', 'iam:UpdateAccessKey', 'sts:GetCallerIdentity'];

export function reactivateKey(deps: ActivityDeps): Activity<'reactivateKey'> {
  const { aws } = deps;

  return async (context) => {
    const { plan, rotation } = context;
    const times = context.reactivateKey?.times ?? 0;
    if (plan.oldKey === null) return { at: stamp(deps), counter: counterOf(context), changed: false, times };

    const keys = await keysIfReadable(plan.user);
    const old = keys === null ? ({ id: plan.oldKey, status: 'unknown' } as const) : findKey(keys, plan.oldKey);
    if (!old) {
      throw new UnexpectedStateError(`the old key ${shortKeyId(plan.oldKey)} is gone, so it cannot come back`, {
        hint: `the places stay on the new key; keyturn resume ${rotation} finishes`,
      });
    }
    const ours = context.deactivateKey !== undefined || wasCutOffIn(context, 'deactivateKey');
    if (old.status !== 'Active' && !ours && context.intent !== 'rollBack') {
      throw new UnexpectedStateError(
        `someone else deactivated the old key ${shortKeyId(old.id)}, so it is not reactivated`,
        {
          hint: `keyturn changed nothing; keyturn rollback ${rotation} brings it back if that is what you want`,
        },
      );
    }

    const isInactive = old.status !== 'Active';
    const changed = isInactive || isReactivationOpen(context);
    if (isInactive) await activate(deps, plan.user, plan.oldKey);
    return { at: stamp(deps), counter: await raised(deps, context), changed, times: times + (changed ? 1 : 0) };
  };

  /** Null where AWS does not say: activating a key needs no list (S1), and does no harm where it is active already. */
  async function keysIfReadable(user: string): Promise<KeyStatusFacts[] | null> {
    try {
      return await aws.keys(user);
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
      return null;
    }
  }
}

/**
 * The claim follows the reactivation and cannot block it; where it cannot be raised the next fence will say so. Where only the
 * answer got lost the record counts the step as well: else it would be behind a claim that nobody but itself raised.
 */
async function raised(deps: ActivityDeps, context: RotationContext): Promise<number> {
  let counter = counterOf(context);
  try {
    const passed = await beforeFence(deps, context, 'reactivateKey');
    await raiseClaim(deps, context, passed.own).catch((error) => {
      if (error instanceof AnswerUnknownError) counter = passed.counter;
      throw error;
    });
    return passed.counter;
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    await deps.announce({
      about: 'reactivateKey',
      text: `the old key is active again; its claim was not updated: ${error.message}`,
    });
    return counter;
  }
}
