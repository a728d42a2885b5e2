// Looks at the user's keys afresh and says, from them and from what is recorded, where the rotation begins or goes on.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts } from '../aws/contract.ts';
import { KeyturnError, UnexpectedStateError } from '../errors.ts';
import type { KeyFacts, Outputs, RotationContext } from '../machine/context.ts';
import { awsTime, stamp } from './aws-time.ts';
import { pinnedUser } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { findKey, isActive, keysWithUse, reactivateCommand, settledKeys, withUse } from './keys.ts';
import { type Finding, mayStart } from './may-start.ts';
import { unconfirmedPlaces } from './places.ts';
import {
  deactivationStands,
  isInGrace,
  isReactivationOpen,
  isRestoreUnfinished,
  isRollingBack,
  newKeyOf,
  wasCutOffIn,
} from './record.ts';

export const permissions = [
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'sts:GetCallerIdentity',
];

export function inspectKeys(deps: ActivityDeps): Activity<'inspectKeys'> {
  return async (context) => {
    if (isRollingBack(context)) return lookBack(context);
    try {
      return await look(context);
    } catch (error) {
      const isMissed = error instanceof KeyturnError && !(error instanceof UnexpectedStateError);
      if (!isMissed || !isInGrace(context)) throw error;
      // The old key is inactive: whether all is well must be judged, or counted as not judged, in time (S2).
      return { at: stamp(deps), keys: [], verdict: 'grace', reason: `the keys cannot be looked at: ${error.message}` };
    }
  };

  async function look(context: RotationContext): Promise<Outputs['inspectKeys']> {
    const { plan } = context;
    await pinnedUser(deps, context);
    const newKey = newKeyOf(context) ?? (await deps.vault.get(context.rotation, 'new'))?.accessKeyId ?? null;
    const isBack = (all: readonly KeyStatusFacts[]) => !isReactivationOpen(context) || isActive(all, plan.oldKey);
    const settled = (all: readonly KeyStatusFacts[]) =>
      newKey === null || (findKey(all, newKey) !== undefined && isBack(all));
    const listed = await settledKeys(deps, plan.user, settled);
    const keys = await withUse(deps, listed);

    return { at: stamp(deps), keys, ...whereToGoOn(context, keys, newKey, awsTime(deps)) };
  }

  /** On the way back what cannot be read is no reason to stop: nothing of ours may block the reactivation (S1). */
  async function lookBack(context: RotationContext): Promise<Outputs['inspectKeys']> {
    const keys = await readable(() => keysWithUse(deps, context.plan.user));
    const stored = await readable(() => deps.vault.get(context.rotation, 'new'));
    const finding: Finding = keys
      ? wayBack(context, keys, newKeyOf(context) ?? stored?.accessKeyId ?? null)
      : { verdict: 'rollBack', reason: 'on the way back, though the keys cannot be read' };
    return { at: stamp(deps), keys: keys ?? [], ...finding };
  }
}

async function readable<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof KeyturnError) return null;
    throw error;
  }
}

function whereToGoOn(context: RotationContext, keys: KeyFacts[], newKey: string | null, now: number): Finding {
  const { plan } = context;
  const old = findKey(keys, plan.oldKey);
  if (newKey === null && wasCutOffIn(context, 'createKey')) {
    if (old?.status === 'Active') return { verdict: 'create', reason: 'an earlier run was cut off at createKey' };
    if (plan.oldKey !== null) mustLeaveNothing(context, keys);
  }
  if (newKey === null) return mayStart(plan, keys, now);

  if (!findKey(keys, newKey) && !context.createKey && plan.from === 'start') {
    // The vault knows a key that the list does not show: createKey settles whether it is late or gone.
    return { verdict: 'create', reason: 'the new key is in the vault, and AWS does not show it yet' };
  }
  if (!isActive(keys, newKey)) {
    if (plan.from === 'watch' && !context.checkOldKeyUse) {
      return { verdict: 'refused', reason: `the new key ${shortKeyId(newKey)} is not an active key of ${plan.user}` };
    }
    throw new UnexpectedStateError(`the new key ${shortKeyId(newKey)} is not active any more`, {
      hint: `nothing was changed; make it active again (${reactivateCommand(plan.user, newKey)}), or keyturn rollback ${context.rotation}; where neither is possible, keyturn release ${context.rotation} gives it up`,
    });
  }
  if (plan.from === 'start') {
    if (!context.createKey) return { verdict: 'create', reason: 'the new key exists and is in the vault' };
    if (context.deliverKey?.verdict !== 'delivered') {
      return { verdict: 'verify', reason: 'the new key exists; the places do not all hold it yet' };
    }
  }
  if (!old) {
    if (plan.from === 'watch' && !context.checkOldKeyUse) {
      return { verdict: 'refused', reason: `${shortKeyId(plan.oldKey ?? '')} is not a key of ${plan.user}` };
    }
    return unconfirmedPlaces(context).length > 0
      ? { verdict: 'watch', reason: 'whether every place got the new key is not known' }
      : { verdict: 'release', reason: 'the old key is gone' };
  }
  if (old.status === 'Active' && isReactivationOpen(context)) {
    return { verdict: 'grace', reason: 'an earlier run was cut off while it made the old key active again' };
  }
  if (old.status === 'Active') return { verdict: 'watch', reason: 'the new key is in place; both keys are active' };
  if (deactivationStands(context)) return { verdict: 'grace', reason: 'the old key is inactive' };
  if (wasCutOffIn(context, 'deactivateKey')) {
    return { verdict: 'watch', reason: 'an earlier run was cut off while it deactivated the old key' };
  }
  if (!context.checkOldKeyUse) {
    return { verdict: 'refused', reason: `the old key ${shortKeyId(old.id)} is inactive already` };
  }
  throw new UnexpectedStateError(`someone else deactivated the old key ${shortKeyId(old.id)}`, {
    hint: `keyturn changed nothing; to go on make it active again (${reactivateCommand(plan.user, old.id)}) and keyturn resume ${context.rotation}`,
  });
}

/** Where no other key can be made any more, one that was made without an answer must not be forgotten with the rotation. */
function mustLeaveNothing({ plan, rotation }: RotationContext, keys: readonly KeyFacts[]): void {
  const made = keys.find(({ id }) => !plan.keysAtStart.includes(id));
  if (!made) return;
  throw new UnexpectedStateError(
    `the old key is not active any more, and ${shortKeyId(made.id)} may be one that this rotation made: nobody has its secret then`,
    {
      hint: `keyturn left it alone; find out whose it is, delete it where it is nobody's (aws iam delete-access-key --user-name ${plan.user} --access-key-id ${made.id}), and keyturn release ${rotation} gives this rotation up`,
    },
  );
}

function wayBack(context: RotationContext, keys: KeyFacts[], newKey: string | null): Finding {
  const { plan } = context;
  if (plan.oldKey !== null && !findKey(keys, plan.oldKey)) {
    if (newKey && findKey(keys, newKey)) {
      return isRestoreUnfinished(context) && isActive(keys, newKey)
        ? { verdict: 'verify', reason: 'the old key is gone, and places may hold it again: they get the new one' }
        : { verdict: 'release', reason: 'the old key is gone: too late to go back' };
    }
    throw new UnexpectedStateError(`${plan.user} does not show the old key ${shortKeyId(plan.oldKey)}`, {
      hint: `nothing was changed; look with aws iam list-access-keys --user-name ${plan.user}`,
    });
  }
  if (context.removeNewKey) return { verdict: 'release', reason: 'everything is back where it was' };
  return { verdict: 'rollBack', reason: 'on the way back' };
}
