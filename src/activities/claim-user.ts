// Puts this rotation's claim on the user, or finds it there, and withdraws before an older one. For a roll back it only
// reads: nothing may stand before the reactivation.
import { instant } from '../clock.ts';
import { AnswerUnknownError, RecordError, RefusedError, UnexpectedStateError } from '../errors.ts';
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
  pinnedUserIfReadable,
  releaseClaim,
} from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { counterOf, isInGrace, wasCutOffIn, wasTried } from './record.ts';

export const permissions = ['iam:GetUser', 'iam:ListUserTags', 'iam:TagUser', 'iam:UntagUser', 'sts:GetCallerIdentity'];

/** After these nothing goes on, and the claim is or may be there. */
const withdraws = [RefusedError, UnexpectedStateError, AnswerUnknownError];

/** How often a claim of ours is looked for before it counts as not there. */
const ownLooks = 6;

export function claimUser(deps: ActivityDeps): Activity<'claimUser'> {
  const { aws, clock, signal } = deps;

  return async (context) => {
    // In the grace a look that fails is no end either: checkHealth fails next, and is counted (S2).
    const isNoEnd = context.intent === 'rollBack' || isInGrace(context);
    const user = await (isNoEnd ? pinnedUserIfReadable : pinnedUser)(deps, context);
    const found = user ? claimOf(context.rotation, user) : undefined;
    const result = (claim: Claim | undefined, resumed: boolean) => ({
      at: stamp(deps),
      counter: Math.max(claim?.counter ?? 0, counterOf(context)),
      resumed,
      skewSeconds: skewSeconds(deps),
    });

    const overtaken = found !== undefined && isBehind(context, found);
    // Where the record was overtaken the reactivation is allowed all the same; the next fence stops what comes after it.
    if (!user || context.intent === 'rollBack') return result(overtaken ? undefined : found, found !== undefined);
    await warnOfSkew(deps);
    if (overtaken) throw behind(context, found);
    if (found) return result(found, true);

    if (context.claimUser) {
      const late = await lateClaim(context);
      // Where nothing was made yet, whoever gave the claim away may claim again.
      if (late || context.createKey || context.checkOldKeyUse) return result(late, true);
    }

    const [other] = claimsOf(user.tags);
    if (other) throw claimedBy(context.plan.user, other);

    const now = instant(awsTime(deps));
    const keys = [context.plan.oldKey, context.plan.newKey].filter((id) => id !== null);
    const own = {
      rotation: context.rotation,
      since: now,
      counter: counterOf(context),
      step: 'claimUser',
      at: now,
      keys,
    };
    try {
      await aws.tagUser(context.plan.user, claimTag(context.rotation), formatClaim(own));
      return result(await firstClaim(context), false);
    } catch (error) {
      // A look that is behind would not show it later, and a claim that nobody knows of holds everybody off.
      if (withdraws.some((kind) => error instanceof kind)) {
        await releaseClaim(aws, context.plan.user, context.rotation, stamp(deps));
      }
      throw error;
    }
  };

  /** Whoever wrote at the same time is seen now. The second look is the fence before the first dangerous step. */
  async function firstClaim(context: RotationContext): Promise<Claim> {
    await clock.sleep(claimPause(deps), signal);
    let user = await aws.user(context.plan.user);
    for (let looks = 1; !claimOf(context.rotation, user) && looks < ownLooks; looks++) {
      await clock.sleep(claimPause(deps), signal);
      user = await aws.user(context.plan.user);
    }
    const claim = claimOf(context.rotation, user);
    if (!claim) {
      throw new UnexpectedStateError(`AWS does not show the claim that was just put on ${context.plan.user}`, {
        hint: 'no key was changed; try again in a minute',
      });
    }
    mustBeFirst(context, user, claim);
    return claim;
  }

  /** A read without our own tag proves nothing; several in a row mean that it is gone (S10). */
  async function lateClaim(context: RotationContext): Promise<Claim | undefined> {
    for (let looks = 1; looks < ownLooks; looks++) {
      await clock.sleep(claimPause(deps), signal);
      const claim = claimOf(context.rotation, await aws.user(context.plan.user));
      if (claim) return claim;
    }
    // An earlier run judged that all is over and was cut off after it took the claim away: only the rest is to be done.
    const { releaseUser } = context;
    if (wasCutOffIn(context, 'releaseUser') || (releaseUser && releaseUser.verdict !== 'stuck')) return undefined;
    throw new RecordError(`rotation ${context.rotation} has no claim on ${context.plan.user} any more`, {
      hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
    });
  }
}

/** Ahead of the record by the one step that an earlier run did not bring to its end is where the claim should be. */
function isBehind(context: RotationContext, claim: Claim): boolean {
  const known = counterOf(context);
  if (claim.counter <= known) return false;
  return !(wasTried(context, claim.step) && claim.counter === known + 1);
}

/** Nothing of ours goes by this machine's clock, but a person reads times and cron starts things by it (S11). */
async function warnOfSkew(deps: ActivityDeps): Promise<void> {
  const skew = skewSeconds(deps);
  if (Math.abs(skew) <= 5 * 60) return;
  const minutes = Math.round(Math.abs(skew) / 60);
  const text = `this machine's clock is ${minutes} minutes ${skew > 0 ? 'ahead of' : 'behind'} AWS's; AWS's is what counts`;
  await deps.announce({ about: 'claimUser', text });
}
