// Deletes the old key for good. Everything is read once more right before (S5, S6), and whatever is not as expected stops it.
import { shortKeyId } from '../access-key.ts';
import { timeOf } from '../clock.ts';
import { UnexpectedStateError } from '../errors.ts';
import { awsTime, stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { mustNotBeHalted } from './halt.ts';
import { deleteInactive, deleteInactivePermissions, isActive, reactivateCommand } from './keys.ts';
import { placeWithoutNewKey } from './places.ts';
import { wasUsedAfterAll } from './quiet.ts';
import { deactivationStands, newKeyOf } from './record.ts';

export const permissions = [
  ...fencePermissions,
  ...deleteInactivePermissions,
  'iam:GetAccessKeyLastUsed',
  'sts:GetCallerIdentity',
];

export function deleteKey(deps: ActivityDeps): Activity<'deleteKey'> {
  const { aws } = deps;

  return async (context) => {
    const { plan, rotation, deactivateKey } = context;
    const oldKey = plan.oldKey ?? '';
    const newKey = newKeyOf(context);
    const stop = (what: string) =>
      new UnexpectedStateError(what, {
        hint: `the old key is inactive and was not deleted; keyturn resume ${rotation} judges again, this brings the key back: ${reactivateCommand(plan.user, oldKey)}`,
      });
    // Only the last wait counts: after a look that passed nobody was asked, whatever an earlier wait was answered (S4).
    const byPerson = context.checkHealth?.verdict === 'healthy' && context.awaitGrace?.signal === 'proceed';

    await mustNotBeHalted(deps, context);
    const { counter } = await fence(deps, context, 'deleteKey');
    if (!deactivateKey || !deactivationStands(context)) throw stop('there is no recorded deactivation of the old key');
    if (!newKey) throw stop('there is no new key');
    if (!byPerson && awsTime(deps) < timeOf(deactivateKey.graceUntil)) throw stop('the grace has not passed');

    await deleteInactive(deps, plan.user, oldKey, {
      witness: newKey,
      check: async (keys) => {
        if (!isActive(keys, newKey)) throw stop('the new key is not active');
        const { lastUsedAt } = await aws.lastUsed(oldKey);
        // A person may end the grace, and knows no more than AWS told at the last look (S16).
        if (wasUsedAfterAll(lastUsedAt, deactivateKey)) {
          throw stop(`the old key was used at ${lastUsedAt}, which was not known when it was deactivated`);
        }
        const elsewhere = await placeWithoutNewKey(deps, context, newKey);
        if (elsewhere) throw stop(elsewhere);
        await deps.announce({
          about: 'deleteKey',
          text: `deleting ${shortKeyId(oldKey)}: after this there is no way back to it`,
        });
      },
    });
    return { at: stamp(deps), counter, deleted: oldKey };
  };
}
