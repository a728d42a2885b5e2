// Going on with a rotation that an earlier execution, or a terminal, began. What is known for sure is what was sealed and what
// the claim in AWS says; everything else is looked at again, so waits begin anew rather than end early.
import { type Claim, claimOf, claimTag, formatClaim } from '../activities/claim.ts';
import { endedClaimsOf } from '../activities/ended-claim.ts';
import { reactivateCommand } from '../activities/keys.ts';
import { instant, timeOf } from '../clock.ts';
import { KeyturnError, RefusedError } from '../errors.ts';
import { outwaiting } from '../late-reads.ts';
import { contextSchema, type Intent, type Plan } from '../machine/context.ts';
import type { Policy } from '../policy/policy.ts';
import type { Sealed } from '../vault/seal.ts';
import type { Claimed, ExecutionInput } from './contract.ts';
import { barePlan, derivePlan } from './derive-plan.ts';
import type { Parts } from './parts.ts';
import { lookAt, type Subject } from './subject.ts';

type Base = Claimed['base'];

const noPolicy: Policy = { file: '', content: {}, lines: {} };

/** Throws RefusedError where AWS knows of no such rotation of this user. */
export async function goingOn(parts: Parts, input: ExecutionInput, rotation: string): Promise<Base> {
  const { intent = 'forward', user } = input;
  // Claim, seal and vault are believed, so none of them may be what it was a moment ago.
  await outwaiting(parts.clock)();
  const found = await parts.aws.user(user);
  const ended = endedClaimsOf(found.tags).find((one) => one.rotation === rotation);
  if (ended) {
    throw new RefusedError(`rotation ${rotation} of ${user} is over: ${ended.verdict} at ${ended.at}`, {
      hint: 'no key was changed; what it had left in the vault is removed now',
    });
  }
  const claim = claimOf(rotation, found);
  const sealed = await sealOf(parts, rotation, intent);
  // A rotation without its claim was given up, and may only go back (S10).
  if (sealed ? sealed.plan.user !== user || (!claim && intent === 'forward') : !claim) throw unknown(rotation, user);
  const known = sealed ? fromSeal(sealed) : await unsealed(parts, input, claim as Claim);
  return { ...known, ...(claim ? fromClaim(known, claim) : {}), intent };
}

/** An earlier execution that still runs is behind from here on, and stops at its next dangerous step (S10). */
export async function overtake(parts: Parts, { rotation, plan }: Base): Promise<number> {
  const claim = claimOf(rotation, await parts.aws.user(plan.user));
  if (!claim) throw unknown(rotation, plan.user);
  const counter = claim.counter + 1;
  await parts.aws.tagUser(plan.user, claimTag(rotation), formatClaim({ ...claim, counter }));
  return counter;
}

function fromSeal({ rotation, plan, made }: Sealed): Base {
  const createKey = made && { at: made.createdAt, counter: 0, newKey: made.id, createdAt: made.createdAt };
  return { ...beginning(rotation, plan), ...(createKey ? { createKey } : {}) };
}

/** What cannot be read does not stand before the way back either; then nothing can be restored, only reactivated. */
async function sealOf({ seal }: Parts, rotation: string, intent: Intent): Promise<Sealed | null> {
  try {
    return await seal.get(rotation);
  } catch (error) {
    if (intent !== 'rollBack' || !(error instanceof KeyturnError)) throw error;
    return null;
  }
}

/** Before the seal there is at most a key that no place was offered, or a hand-over from a terminal. */
async function unsealed(parts: Parts, input: ExecutionInput, claim: Claim): Promise<Base> {
  const named = [input.oldKey, input.newKey].filter((id) => id !== undefined);
  if (named.some((id) => !claim.keys.includes(id))) throw unknown(claim.rotation, input.user);
  const [oldKey] = claim.keys;
  const isBack = input.intent === 'rollBack';
  const subject = await lookAt(parts, input.user, isBack ? noPolicy : undefined);
  const wish = { ...input, ...(oldKey && input.from !== 'watch' ? { oldKey } : {}) };
  const plan = isBack ? planToGoBack(parts, subject, wish) : await derivePlan(parts, subject, wish);
  // A key that was made after the claim is ours, or a stranger's; it was not there at the start.
  const keysAtStart = subject.keys.filter((key) => timeOf(key.createdAt) <= timeOf(claim.since)).map((key) => key.id);
  return beginning(claim.rotation, { ...plan, keysAtStart });
}

/** Nothing may stand before the way back (S1): no place, no policy, no exemption. */
function planToGoBack(parts: Parts, subject: Subject, { oldKey = null }: { oldKey?: string | null }): Plan {
  return { ...barePlan(parts, subject), oldKey };
}

const beforeDelivery = ['claimUser', 'freeSlot', 'createKey'];

/** The claim is raised before a step, so what it names may have been done, wholly or in part. */
function fromClaim(known: Base, { step, at, counter, asked, off, used }: Claim): Partial<Base> {
  const interruptions: Base['interruptions'] = [];
  if (asked) interruptions.push({ activity: 'createKey', at: asked });
  if (!beforeDelivery.includes(step)) interruptions.push({ activity: 'deliverKey', at });
  if (step === 'deactivateKey' && !off) interruptions.push({ activity: 'deactivateKey', at });
  const claimUser = { at, counter, resumed: true, skewSeconds: 0 };
  if (!off) return { interruptions, claimUser: { ...claimUser } };

  const { plan } = known;
  const consumers = plan.consumers.map((spec) => ({ spec, state: 'delivered' as const }));
  return {
    interruptions,
    claimUser,
    deliverKey: { at: off, counter: 0, verdict: 'delivered', reason: 'an earlier execution delivered it', consumers },
    deactivateKey: {
      at: off,
      counter: 0,
      lastUsedAt: used ?? null,
      graceUntil: instant(timeOf(off) + plan.grace * 1000),
      undo: reactivateCommand(plan.user, plan.oldKey ?? ''),
    },
  };
}

function beginning(rotation: string, plan: Plan): Base {
  return { schema: contextSchema, rotation, intent: 'forward', plan, interruptions: [] };
}

function unknown(rotation: string, user: string): RefusedError {
  return new RefusedError(`AWS knows of no open rotation ${rotation} of ${user} with these keys`, {
    hint: `nothing was changed; to begin one: {"user": "${user}"}`,
  });
}
