// Makes room for the new key, and only as was explicitly allowed (S22): one inactive key that no claim and no place names.
import { shortKeyId } from '../access-key.ts';
import { timeOf } from '../clock.ts';
import { RefusedError } from '../errors.ts';
import type { KeyFacts, RotationContext } from '../machine/context.ts';
import { awsTime, stamp } from './aws-time.ts';
import { claimOf, claimsOf, fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { mustNotBeHalted } from './halt.ts';
import { deleteInactive, deleteInactivePermissions, keysWithUse } from './keys.ts';
import { heldBy, openPlace } from './places.ts';
import { counterOf, wasCutOffIn } from './record.ts';

export const permissions = [
  ...fencePermissions,
  ...deleteInactivePermissions,
  'iam:GetAccessKeyLastUsed',
  'sts:GetCallerIdentity',
];

/** AWS allows two keys, and counts inactive ones (IAM User Guide, "IAM and STS quotas"). */
const slots = 2;
const unusedFor = 90 * 86_400_000;

export function freeSlot(deps: ActivityDeps): Activity<'freeSlot'> {
  return async (context) => {
    const { plan, rotation } = context;
    // Nothing may be removed, so there is nothing to look at: a stranger's new key makes CreateAccessKey say no.
    if (plan.freeSlot === 'never') return { at: stamp(deps), counter: counterOf(context), removed: null };
    const keys = await keysWithUse(deps, plan.user);
    const ours = (await deps.vault.get(rotation, 'new'))?.accessKeyId;
    // An orphan of an earlier, cut off attempt takes a slot too: createKey knows how to tell it, and removes it.
    if (keys.length < slots || keys.some((key) => key.id === ours) || wasCutOffIn(context, 'createKey')) {
      return { at: stamp(deps), counter: await counterNow(context), removed: null };
    }

    const key = await removable(context, keys);
    await mustNotBeHalted(deps, context);
    const { counter } = await fence(deps, context, 'freeSlot');
    await deps.announce({ about: 'freeSlot', text: `deleting the inactive key ${shortKeyId(key.id)} to make room` });
    await deleteInactive(deps, plan.user, key.id, { witness: plan.oldKey });
    return { at: stamp(deps), counter, removed: key.id };
  };

  /** An earlier attempt may have raised the claim and removed the key, and only its answer was lost. */
  async function counterNow(context: RotationContext): Promise<number> {
    const known = counterOf(context);
    const claim = claimOf(context.rotation, await deps.aws.user(context.plan.user));
    return claim?.step === 'freeSlot' && claim.counter === known + 1 ? claim.counter : known;
  }

  async function removable(context: RotationContext, keys: KeyFacts[]): Promise<KeyFacts> {
    const { plan } = context;
    const named = plan.freeSlot === 'inactive' ? undefined : plan.freeSlot;
    const others = keys.filter((key) => key.id !== plan.oldKey && (named === undefined || key.id === named));
    const [key] = others;
    if (!key) throw refusal(plan.user, 'has no room for a new key');
    const id = shortKeyId(key.id);
    if (key.status !== 'Inactive') throw refusal(plan.user, `needs room, but ${id} is ${key.status}`);

    if (named === undefined) {
      const silentSince = timeOf(key.lastUsedAt ?? key.createdAt);
      if (others.length > 1) throw refusal(plan.user, 'has more than one inactive key: name the one to remove');
      if (awsTime(deps) - silentSince < unusedFor)
        throw refusal(plan.user, `needs room, but ${id} was in use within 90 days`);
    }
    const user = await deps.aws.user(plan.user);
    const claim = claimsOf(user.tags).find((one) => one.rotation !== context.rotation && one.keys.includes(key.id));
    if (claim) throw refusal(plan.user, `needs room, but rotation ${claim.rotation} names ${id}`);
    for (const spec of plan.consumers) {
      const consumer = await openPlace(deps, context, spec);
      if ((await heldBy(consumer, null)) === key.id) {
        throw refusal(plan.user, `needs room, but ${spec} holds ${id}`);
      }
    }
    return key;
  }
}

function refusal(user: string, what: string): RefusedError {
  return new RefusedError(`${user} ${what}`, {
    hint: 'nothing was removed; an inactive key can be named with --free-slot AKIA…, an active one needs keyturn retire first',
  });
}
