// Puts this rotation's claim on the user, or finds it there, and withdraws before an older one. For a roll back it only
// reads: nothing may stand before the reactivation.
import { instant } from '../clock.ts';
import { RecordError, UnexpectedStateError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import { awsTime, skewSeconds, stamp } from './aws-time.ts';
import {
  behind,
  type Claim,
  claimedBy,
  claimOf,
  claimPause,
  claimsOf,
  claimTag,
  formatClaim,
  mustBeFirst,
  pinnedUser,
} from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { counterOf } from './record.ts';

export const permissions = ['iam:GetUser', 'iam:ListUserTags', 'iam:TagUser', 'sts:GetCallerIdentity'];

export function claimUser(deps: ActivityDeps): Activity<'claimUser'> {
  const { aws, clock, signal } = deps;

  return async (context) => {
    const user = await pinnedUser(deps, context);
    const found = claimOf(context.rotation, user);
    const result = (claim: Claim | undefined, resumed: boolean) => ({
      at: stamp(deps),
      counter: Math.max(claim?.counter ?? 0, counterOf(context)),
      resumed,
      skewSeconds: skewSeconds(deps),
    });

    const overtaken = found !== undefined && isBehind(context, found);
    // Where the record was overtaken the reactivation is allowed all the same; the next fence stops what comes after it.
    if (context.intent === 'rollBack') return result(overtaken ? undefined : found, found !== undefined);
    if (overtaken) throw behind(context, found);
    if (found) return result(found, true);

    if (context.claimUser) return result(await lateClaim(context), true);

    const [other] = claimsOf(user.tags);
    if (other) throw claimedBy(context.plan.user, other);

    const now = instant(awsTime(deps));
    const keys = [context.plan.oldKey, context.plan.newKey].filter((id) => id !== null);
    const own = { rotation: context.rotation, since: now, counter: 0, step: 'claimUser', at: now, keys };
    await aws.tagUser(context.plan.user, claimTag(context.rotation), formatClaim(own));

    // Whoever wrote at the same time is seen now. The second look is the fence before the first dangerous step.
    await clock.sleep(claimPause(deps), signal);
    const after = await aws.user(context.plan.user);
    const claim = claimOf(context.rotation, after) ?? (await lateClaim(context));
    mustBeFirst(context, after, claim);
    return result(claim, false);
  };

  /** A read without our own tag proves nothing; three of them in a row mean that it is gone (S10). */
  async function lateClaim(context: RotationContext): Promise<Claim> {
    for (let tries = 0; tries < 3; tries++) {
      await clock.sleep(claimPause(deps), signal);
      const claim = claimOf(context.rotation, await aws.user(context.plan.user));
      if (claim) return claim;
    }
    if (!context.claimUser) {
      throw new UnexpectedStateError(`AWS does not show the claim that was just put on ${context.plan.user}`, {
        hint: 'no key was changed; try again in a minute',
      });
    }
    throw new RecordError(`rotation ${context.rotation} has no claim on ${context.plan.user} any more`, {
      hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
    });
  }
}

/** Ahead of the record by the one step in which an earlier run was cut off is where the claim should be. */
function isBehind(context: RotationContext, claim: Claim): boolean {
  const known = counterOf(context);
  if (claim.counter <= known) return false;
  const cutOff = context.interruptions.some((one) => one.activity === claim.step);
  return !(cutOff && claim.counter === known + 1);
}
