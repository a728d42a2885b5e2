// What is to be done about one user's keys, from AWS as it is now and the shipped policy. Changes nothing, and uses no key of
// theirs: in a deployment that only reports, no key may look used for it (S17).
import { isAccessKeyId, shortKeyId } from '../../access-key.ts';
import { type Claim, claimsOf } from '../../activities/claim.ts';
import { type EndedClaim, endedClaimsOf } from '../../activities/ended-claim.ts';
import { timeOf } from '../../clock.ts';
import { NoSuchEntityError, RefusedError } from '../../errors.ts';
import type { KeyFacts } from '../../machine/context.ts';
import { exemptionOf } from '../../policy/match.ts';
import { recordKey, rotationOf } from '../contract.ts';
import { derivePlan } from '../derive-plan.ts';
import { blackedOut } from '../halts.ts';
import type { Parts } from '../parts.ts';
import { lookAt, type Subject } from '../subject.ts';
import { hasFailed } from './attempts.ts';
import type { Attempt, Outcome, OutcomeKind, Overview } from './contract.ts';
import { ageAt, inDays, startAge } from './due.ts';
import { hasTag, isBelowPath } from './scope.ts';

export interface Judged extends Omit<Outcome, 'kind'> {
  /** An execution is to be started now: to rotate, or to take away what a rotation left. */
  kind: OutcomeKind | 'due' | 'unfinished';
  /** Of what is unfinished. */
  oldKey?: string;
}

/** What is said of a user besides who it is and which keys are active. */
type Verdict = Omit<Judged, 'user' | 'keys'>;

export async function judge(parts: Parts, name: string, overview: Overview): Promise<Judged> {
  const subject = await lookAt(parts, name).catch((error) => {
    if (error instanceof NoSuchEntityError) return null;
    throw error;
  });
  if (!subject) return { user: name, keys: [], kind: 'nothingToDo', what: 'there is no such user any more' };
  const { user, keys, policy, now } = subject;
  const active = keys.filter(({ status }) => status === 'Active');
  const about = {
    user: user.name,
    keys: active.map(({ id, createdAt }) => ({
      id,
      age: inDays(ageAt(now, createdAt)),
      exempt: exemptionOf(policy, { user: user.name, key: id }, now) !== null,
    })),
  };
  const verdict =
    (await rotationInHand(parts, subject, overview)) ?? (await ofItself(parts, subject, active, overview));
  return { ...about, ...verdict };
}

/** A rotation of this user that is not over. */
async function rotationInHand(parts: Parts, { user, keys }: Subject, overview: Overview): Promise<Verdict | null> {
  const claims = claimsOf(user.tags);
  const ended = endedClaimsOf(user.tags);
  const ids = [...new Set([...keys.map(({ id }) => id), ...[...claims, ...ended].flatMap((claim) => claim.keys)])];
  const attempts = ids.flatMap((id) => overview.attempts[id] ?? []);
  const running = attempts.find(({ status }) => status === 'RUNNING');
  if (running) return { kind: 'open', what: 'a rotation is under way', execution: running.arn };
  const [claim] = claims;
  if (!claim) return unfinished(ended, overview);
  const { rotation } = claim;
  // The executions were listed when the sweep began.
  if (timeOf(claim.since) >= timeOf(overview.at)) return { kind: 'open', what: 'a rotation has just begun', rotation };
  const isItsOwn = rotation.startsWith('sfn-');
  // An execution that a terminal handed its rotation over to began after the claim.
  const failed = attempts.filter(hasFailed).find((one) => isItsOwn || timeOf(one.startedAt) >= timeOf(claim.since));
  if (!failed && !isItsOwn) {
    const what = `a rotation from a terminal is under way since ${claim.since}; its last step was ${claim.step} at ${claim.at}`;
    return { kind: 'open', what, rotation, elsewhere: true };
  }
  return stuck(parts, claim, failed);
}

/** Over, but whoever ended it was cut off before everything was taken away. */
function unfinished([ended]: EndedClaim[], { at: begun, mode, halted }: Overview): Verdict | null {
  // One that ended just now may still be at it.
  if (!ended || timeOf(ended.at) >= timeOf(begun)) return null;
  const { rotation, verdict, at, keys } = ended;
  const oldKey = keys.find(isAccessKeyId);
  const what = `rotation ${rotation} was over at ${at} (${verdict}), and what it left in the vault is still there`;
  if (mode === 'rotate' && !halted && oldKey) return { kind: 'unfinished', what, rotation, oldKey };
  return { kind: 'finding', what, hint: `keyturn resume ${rotation} removes it`, rotation };
}

async function stuck({ aws, region }: Parts, { rotation, step, at }: Claim, failed?: Attempt): Promise<Verdict> {
  const facts = failed && (await aws.stateMachines(region).describe(failed.arn));
  const how = facts ? `ended ${facts.status}${facts.error ? ` (${facts.error})` : ''}` : 'has no execution any more';
  return {
    kind: 'stuck',
    what: `rotation ${rotation} ${how} and is not over; its last step was ${step} at ${at}`,
    hint: `keyturn status ${rotation} shows what is true in AWS; keyturn resume ${rotation} goes on`,
    rotation,
    ...(failed ? { execution: failed.arn } : {}),
  };
}

async function ofItself(parts: Parts, subject: Subject, active: KeyFacts[], overview: Overview): Promise<Verdict> {
  const { user, keys, settings, policy, now } = subject;
  const { deployment } = parts;
  if (!isBelowPath(deployment, user) || !hasTag(deployment, user)) {
    return { kind: 'outOfScope', what: 'not a user of this deployment' };
  }
  const [oldest] = active;
  if (!oldest) return { kind: 'nothingToDo', what: 'no active key' };
  const from = startAge(settings);
  if (from === null) {
    return {
      kind: 'finding',
      what: 'the policy leaves no time to rotate in: watchLimit and grace and a day are not less than maxAge',
      hint: 'nothing was changed; give a longer maxAge, or a shorter watchLimit or grace',
    };
  }
  const due = active.filter(({ createdAt }) => ageAt(now, createdAt) >= from);
  if (due.length === 0) return { kind: 'young', what: `due at ${inDays(from)} days` };

  const exemptions = due.map(({ id }) => exemptionOf(policy, { user: user.name, key: id }, now));
  const [exempt] = exemptions;
  if (exempt && exemptions.every((one) => one !== null)) {
    const { reason, until } = exempt.exemption;
    const overdue = due.some(({ createdAt }) => ageAt(now, createdAt) > settings.maxAge);
    const what = `left alone until the end of ${until}: ${reason}`;
    return { kind: 'exempt', what, ...(overdue ? { overdue } : {}) };
  }
  const before = await rolledBack(parts, user.name, due, overview);
  if (before) return before;
  const [unused] = keys.filter(({ status }) => status !== 'Active');
  if (active.length === 1 && unused && settings.freeSlot === 'never') {
    return {
      kind: 'finding',
      what: `${shortKeyId(oldest.id)} is due, and the inactive ${shortKeyId(unused.id)} takes the room of a new one`,
      hint: 'nothing was changed; delete it, or allow it in the policy file: freeSlot: inactive',
    };
  }
  return toStart(parts, subject, oldest, overview);
}

/** What was rolled back once would be again: a person has to look at it first. */
async function rolledBack(
  { aws, region, deployment }: Parts,
  user: string,
  due: KeyFacts[],
  { attempts }: Overview,
): Promise<Verdict | null> {
  for (const { id } of due) {
    const attempt = attempts[id];
    if (attempt?.status !== 'SUCCEEDED') continue;
    const { arn, name, startedAt, input } = await aws.stateMachines(region).describe(attempt.arn);
    const rotation = rotationOf({ id: arn, name, startTime: startedAt, input: { ...input } });
    const record = await aws.bucket(deployment.KEYTURN_BUCKET).get(recordKey(user, rotation));
    const { verdict, reason } = (record === null ? {} : JSON.parse(record)) as { verdict?: string; reason?: string };
    if (verdict !== 'rolledBack') continue;
    return {
      kind: 'rolledBack',
      what: `rotation ${rotation} was rolled back: ${reason ?? 'nobody says why'}`,
      hint: `once its reason is gone: keyturn rotate --user ${user} --engine stepfunctions`,
      rotation,
      execution: arn,
    };
  }
  return null;
}

/** Due, and an execution would begin; or why none would. */
async function toStart(parts: Parts, subject: Subject, oldest: KeyFacts, { mode, halted }: Overview): Promise<Verdict> {
  const { settings, now } = subject;
  try {
    await derivePlan(parts, subject, {}, 'later');
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return { kind: 'finding', what: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
  const what = `${shortKeyId(oldest.id)} is ${inDays(ageAt(now, oldest.createdAt))} days old`;
  const held = mode === 'rotate' ? (halted ?? blackedOut(settings, now)?.reason) : 'this deployment only reports';
  return held ? { kind: 'wouldStart', what: `${what}, but ${held}` } : { kind: 'due', what };
}
