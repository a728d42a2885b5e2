// The claim: one rotation per user, whichever engine. IAM tags are not compare-and-swap, so each claimant writes a tag of
// its own and the oldest one stays (S10). The value carries a counter that is raised before each dangerous step: a record
// that is behind its claim has been overtaken and may only report.

import type { Aws, User } from '../aws/contract.ts';
import { instant, timeOf } from '../clock.ts';
import { KeyturnError, RecordError, RefusedError, UnexpectedStateError } from '../errors.ts';
import type { ActivityName, RotationContext } from '../machine/context.ts';
import { awsTime } from './aws-time.ts';
import type { ActivityDeps } from './contract.ts';
import { counterOf, newKeyOf } from './record.ts';

export const tagPrefix = 'keyturn:claim:';

export interface Claim {
  rotation: string;
  /** When the user was claimed; of two claims the older one stays. */
  since: string;
  counter: number;
  /** The last dangerous step, and when it was about to be taken: the intent that a crash leaves behind. */
  step: string;
  at: string;
  keys: string[];
  /** When CreateAccessKey was about to be sent: by this an orphan of ours is recognised, however much later (S21). */
  asked?: string;
  /** When the old key was deactivated, where that stands, and the last use of it that was known then: for going on without a record. */
  off?: string;
  used?: string;
}

const optional = ['asked', 'off', 'used'] as const;

export function claimTag(rotation: string): string {
  return `${tagPrefix}${rotation}`;
}

/** AWS allows letters, digits, spaces and `_.:/=+-@` in a tag's value, 256 characters at most. */
export function formatClaim(claim: Claim): string {
  const keys = claim.keys.length > 0 ? ` keys=${claim.keys.join('/')}` : '';
  const more = optional.map((name) => (claim[name] ? ` ${name}=${claim[name]}` : '')).join('');
  return `since=${claim.since} n=${claim.counter} step=${claim.step} at=${claim.at}${keys}${more}`;
}

/** The user's open claims, oldest first. One that cannot be read counts as the oldest: it is never assumed away. */
export function claimsOf(tags: Record<string, string>): Claim[] {
  return Object.entries(tags)
    .filter(([key, value]) => key.startsWith(tagPrefix) && !value.startsWith('released'))
    .map(([key, value]) => {
      const field = Object.fromEntries(value.split(' ').map((part) => part.split('=', 2))) as Record<string, string>;
      return {
        rotation: key.slice(tagPrefix.length),
        since: field.since ?? '',
        counter: Number(field.n ?? 0),
        step: field.step ?? '',
        at: field.at ?? '',
        keys: field.keys?.split('/') ?? [],
        ...Object.fromEntries(optional.filter((name) => field[name]).map((name) => [name, field[name]])),
      };
    })
    .sort((a, b) => a.since.localeCompare(b.since) || a.rotation.localeCompare(b.rotation));
}

export function claimOf(rotation: string, user: User): Claim | undefined {
  return claimsOf(user.tags).find((claim) => claim.rotation === rotation);
}

/** Takes the claim away; where UntagUser is denied the tag stays and says `released`. Safe to call twice. */
export async function releaseClaim(aws: Aws, user: string, rotation: string, at: string): Promise<void> {
  try {
    await aws.untagUser(user, claimTag(rotation));
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedError') throw error;
    await aws.tagUser(user, claimTag(rotation), `released ${at}`);
  }
}

export const fencePermissions = ['iam:GetUser', 'iam:ListUserTags', 'iam:TagUser'];

export interface Fence {
  counter: number;
  /** The claim as it stood before: what an earlier, cut off attempt at the same step left. */
  before: Claim;
  /** The claim as it stands now. */
  own: Claim;
}

/**
 * To be passed right before a dangerous step. Reads account, user and claims afresh (S5, S9), throws where anything is not
 * as this rotation left it, and raises the claim's counter. Passing it twice for the same step is fine.
 */
export async function fence(deps: ActivityDeps, context: RotationContext, step: ActivityName): Promise<Fence> {
  const passed = await beforeFence(deps, context, step);
  await raiseClaim(deps, context, passed.own);
  return passed;
}

/** The same, but for the claim itself: that is to be raised next. */
export async function beforeFence(deps: ActivityDeps, context: RotationContext, step: ActivityName): Promise<Fence> {
  const user = await pinnedUser(deps, context);
  const before = await ownClaim(deps, context, user);
  mustBeFirst(context, user, before);

  const expected = counterOf(context);
  const again = before.step === step && before.counter === expected + 1;
  if (before.counter > expected && !again) throw behind(context, before);

  const at = instant(awsTime(deps));
  const counter = expected + 1;
  const keys = [context.plan.oldKey, newKeyOf(context)].filter((id) => id !== null);
  // The first intent to create is kept until it is settled what came of it.
  const asked = context.createKey ? undefined : (before.asked ?? (step === 'createKey' ? at : undefined));
  const { asked: _, off, used, ...stays } = before;
  const kept = step === 'reactivateKey' ? stays : { ...stays, ...(off ? { off } : {}), ...(used ? { used } : {}) };
  const own: Claim = { ...kept, counter, step, at, keys, ...(asked ? { asked } : {}) };
  return { counter, before, own };
}

export async function raiseClaim(deps: ActivityDeps, { plan, rotation }: RotationContext, own: Claim): Promise<void> {
  await deps.aws.tagUser(plan.user, claimTag(rotation), formatClaim(own));
}

/** Notes the intent to create anew, once it is settled that nothing is left of an earlier one. */
export async function askAnew(deps: ActivityDeps, context: RotationContext, own: Claim): Promise<void> {
  const asked = instant(awsTime(deps));
  await raiseClaim(deps, context, { ...own, asked });
}

/** The user, after making sure that account and unique id are the ones that the plan pins (S9). */
export async function pinnedUser(deps: ActivityDeps, context: RotationContext): Promise<User> {
  await mustBePinnedAccount(deps, context);
  return namedUser(deps, context);
}

async function mustBePinnedAccount(deps: ActivityDeps, { plan }: RotationContext): Promise<void> {
  const caller = await deps.aws.caller();
  if (caller.account !== plan.account || caller.partition !== plan.partition) {
    throw new UnexpectedStateError(
      `these credentials belong to account ${caller.account}, the rotation to ${plan.account}`,
      {
        hint: 'nothing was changed; run the command with credentials of the rotation’s account',
      },
    );
  }
}

/** The same where a user that cannot be read is no reason to stop: before a reactivation nothing of ours is one (S1, S2). */
export async function pinnedUserIfReadable(deps: ActivityDeps, context: RotationContext): Promise<User | null> {
  await mustBePinnedAccount(deps, context);
  try {
    return await namedUser(deps, context);
  } catch (error) {
    if (error instanceof KeyturnError && !(error instanceof UnexpectedStateError)) return null;
    throw error;
  }
}

async function namedUser(deps: ActivityDeps, { plan }: RotationContext): Promise<User> {
  const user = await deps.aws.user(plan.user);
  if (user.id !== plan.userId) {
    throw new UnexpectedStateError(`the user ${plan.user} is another one now: ${user.id} instead of ${plan.userId}`, {
      hint: 'the user was deleted and made again; nothing was changed; start a new rotation',
    });
  }
  return user;
}

/** Throws RecordError where this rotation has no claim any more: it is over, or was given up. */
export async function mustBeClaimed(deps: ActivityDeps, context: RotationContext): Promise<void> {
  await ownClaim(deps, context, await deps.aws.user(context.plan.user));
}

/** Our claim; missing in two reads it is gone, missing in one it may only be late (S10). */
async function ownClaim(deps: ActivityDeps, context: RotationContext, user: User): Promise<Claim> {
  const claim = claimOf(context.rotation, user);
  if (claim) return claim;
  await deps.clock.sleep(claimPause(deps), deps.signal);
  const late = claimOf(context.rotation, await deps.aws.user(context.plan.user));
  if (late) return late;
  throw new RecordError(`the claim of rotation ${context.rotation} on ${context.plan.user} is gone`, {
    hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
  });
}

/** Another claim that is older wins; a younger one withdraws by itself. */
export function mustBeFirst(context: RotationContext, user: User, own: Claim): void {
  const [first] = claimsOf(user.tags);
  if (!first || first.rotation === own.rotation) return;
  throw claimedBy(context.plan.user, first);
}

export function claimedBy(user: string, claim: Claim): RefusedError {
  const since = Number.isNaN(timeOf(claim.since)) ? '' : ` since ${claim.since}`;
  return new RefusedError(`${user} is being rotated already: rotation ${claim.rotation}${since}`, {
    hint: `look with keyturn status ${claim.rotation}; if that rotation is dead: keyturn release ${claim.rotation} --user ${user}`,
  });
}

function wayBack({ plan: { user, oldKey } }: RotationContext): string {
  return oldKey ? `; the way back needs none: keyturn rollback --only-reactivate --user ${user} --key ${oldKey}` : '';
}

export function behind(context: RotationContext, claim: Claim): RecordError {
  return new RecordError(
    `the record of rotation ${context.rotation} is behind its claim in AWS (${counterOf(context)} < ${claim.counter}, at ${claim.step})`,
    {
      hint: `nothing was changed now; go on where the newer record is, or put that record back in place of this one${wayBack(context)}`,
    },
  );
}

/** How far apart two reads of a claim are. */
export function claimPause({ attended }: Pick<ActivityDeps, 'attended'>): number {
  return attended ? 2_000 : 10_000;
}
