// The end of every way: judges by the record and a fresh look what came of the rotation, and takes the claim and the vault's
// entry away where it is over. Where it is not (`stuck`) both stay, for a person and for `resume`.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts } from '../aws/contract.ts';
import { readCause } from '../machine/blame.ts';
import type { Outputs, RotationContext } from '../machine/context.ts';
import { stamp } from './aws-time.ts';
import { claimOf, releaseClaim } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { endClaim } from './ended-claim.ts';
import { findKey, isActive, settledKeys } from './keys.ts';
import { unconfirmedPlaces } from './places.ts';
import { isRollingBack, newKeyOf, wasCutOffIn } from './record.ts';

export const permissions = ['iam:GetUser', 'iam:ListAccessKeys', 'iam:ListUserTags', 'iam:TagUser', 'iam:UntagUser'];

type Judgement = Pick<Outputs['releaseUser'], 'verdict' | 'reason'>;

export function releaseUser(deps: ActivityDeps): Activity<'releaseUser'> {
  return async (context) => {
    const { plan, rotation } = context;
    const { verdict, reason } = await judge(context);
    const at = stamp(deps);
    if (verdict === 'stuck') return { at, verdict, reason };

    // What claimUser put there is taken away even where this read does not show it yet.
    const claimed = context.claimUser !== undefined || claimOf(rotation, await deps.aws.user(plan.user)) !== undefined;
    const keys = [plan.oldKey, newKeyOf(context)].filter((id) => id !== null);
    if (claimed && deps.unseal) await endClaim(deps.aws, plan.user, { rotation, verdict, at, keys });
    else if (claimed) await releaseClaim(deps.aws, plan.user, rotation, at);
    // The vault's entry goes last of all: until here everything could still be needed.
    await deps.vault.remove(rotation, 'old');
    await deps.vault.remove(rotation, 'new');
    await deps.unseal?.(rotation);
    // Until here nothing but the ended claim told of what was left.
    if (claimed && deps.unseal) await releaseClaim(deps.aws, plan.user, rotation, at);
    return { at, verdict, reason };
  };

  async function judge(context: RotationContext): Promise<Judgement> {
    const { plan, rotation, error } = context;
    // A record that was overtaken must not take away the claim of the one that overtook it (S10).
    if (error?.Error === 'RecordError') return { verdict: 'stuck', reason: readCause(error.Cause).message };

    const cutOff = wasCutOffIn(context, 'createKey');
    const isStranger = (key: KeyStatusFacts) => !plan.keysAtStart.includes(key.id);
    // After a request without an answer absence counts only when it lasts (S20); a deletion may be seen late.
    const keys = await settledKeys(
      deps,
      plan.user,
      (all) => (!cutOff || all.some(isStranger)) && !(context.deleteKey && findKey(all, plan.oldKey)),
    );
    const stored = await deps.vault.get(rotation, 'new');
    const newKey = newKeyOf(context) ?? stored?.accessKeyId ?? null;
    const delivered =
      plan.from === 'watch' ? context.checkOldKeyUse !== undefined : context.deliverKey?.verdict === 'delivered';
    const oldGone = !findKey(keys, plan.oldKey);

    const isSure = unconfirmedPlaces(context).length === 0;
    // Then the places hold the old pair again, whoever deleted its key since.
    const restored = context.restoreConsumers?.verdict === 'restored';
    if (delivered && !restored && isSure && oldGone && newKey && isActive(keys, newKey)) {
      return {
        verdict: 'rotated',
        reason: `${shortKeyId(newKey)} has replaced ${plan.oldKey ? shortKeyId(plan.oldKey) : 'no key'}`,
      };
    }
    const isBack =
      context.removeNewKey !== undefined || context.verifyOldKey?.verdict === 'unkept' || (restored && oldGone);
    if (isRollingBack(context) && isBack) {
      return { verdict: 'rolledBack', reason: rolledBackReason(context) };
    }
    const unanswered = error?.Error === 'AnswerUnknownError' && (cutOff || context.freeSlot !== undefined);
    const unknown = stored !== null || unanswered || (cutOff && keys.some(isStranger));
    // Then something was changed, by name or not, and nobody may say that nothing was.
    const madeRoom = (context.freeSlot?.removed ?? null) !== null;
    const ours =
      plan.from === 'watch'
        ? context.checkOldKeyUse !== undefined
        : context.createKey !== undefined || unknown || madeRoom;
    if (ours) return { verdict: 'stuck', reason: error ? readCause(error.Cause).message : 'the rotation is not over' };

    if (error) return { verdict: 'refused', reason: readCause(error.Cause).message };
    const { inspectKeys } = context;
    if (inspectKeys?.verdict === 'nothingToDo') return { verdict: 'nothingToDo', reason: inspectKeys.reason };
    return { verdict: 'refused', reason: inspectKeys?.reason ?? 'the rotation was not begun' };
  }
}

function rolledBackReason({ verifyNewKey, deliverKey, removeNewKey, verifyOldKey }: RotationContext): string {
  const why =
    verifyNewKey?.verdict === 'rejected' ? verifyNewKey : deliverKey?.verdict === 'failed' ? deliverKey : null;
  const how = removeNewKey?.reason ?? verifyOldKey?.reason ?? '';
  return why ? `${why.reason}; ${how}` : how;
}
