// releaseUser as a function: also where claimUser itself never answered. The record of what ended goes into the bucket,
// because histories vanish after 90 days, and people are told how it ended.
import { claimOf, releaseClaim } from '../activities/claim.ts';
import { type EndedClaim, endedClaimsOf, isBorneOut } from '../activities/ended-claim.ts';
import { settledKeys } from '../activities/keys.ts';
import { releaseUser } from '../activities/release-user.ts';
import type { KeyStatusFacts, User } from '../aws/contract.ts';
import { instant } from '../clock.ts';
import { KeyturnError } from '../errors.ts';
import { readCause } from '../machine/blame.ts';
import type { Outputs, RotationContext } from '../machine/context.ts';
import { createDiscardingVault } from '../vault/discarding-vault.ts';
import { depsFor } from './activity.ts';
import { contextOf } from './context-of.ts';
import { type ExecutionState, recordKey, rotationOf } from './contract.ts';
import { inLambda, type Make } from './in-lambda.ts';
import { inputOf } from './input.ts';
import { notify } from './notices.ts';
import type { Parts } from './parts.ts';

type Released = Outputs['releaseUser'];

export const make: Make<ExecutionState, Released> = (parts) => async (state) => {
  if (!state.claimUser) return unclaimed(parts, state);
  const context = withLostAnswer(contextOf(state), state);
  const deps = { ...depsFor(parts, 'releaseUser', context), unseal: parts.seal.remove };
  const released = await releaseUser(deps)(context);
  const { account, user } = context.plan;
  const about = { account, user, rotation: context.rotation, context };
  if (released.verdict !== 'stuck') await keep(parts, about, released);
  return released;
};

export const handler = inLambda(make);

/** Refusals by name; anything else that createKey ended with may have left a key behind. */
const refusals = new Set([
  'RefusedError',
  'UnexpectedStateError',
  'RecordError',
  'AccessDeniedError',
  'ThrottledError',
]);

/** Step Functions notes no interruptions: that createKey was tried shows in what came before it and in the error. */
function withLostAnswer(context: RotationContext, { error }: ExecutionState): RotationContext {
  const tried = context.freeSlot !== undefined && context.createKey === undefined;
  if (!tried || !error || refusals.has(error.Error)) return context;
  const at = context.freeSlot?.at ?? '';
  return { ...context, interruptions: [...context.interruptions, { activity: 'createKey', at }] };
}

/** claimUser refused, or was cut off. Its claim, if it got so far, is of this execution alone and names nothing else. */
async function unclaimed(parts: Parts, { execution, error }: ExecutionState): Promise<Released> {
  const { aws, clock, deployment, log } = parts;
  const at = instant(aws.time() ?? clock.now());
  const reason = readCause(error?.Cause ?? '').message || 'the rotation was not begun';
  const { user, rotation, from } = inputOf(execution);
  const found = await aws.user(user);
  const [, , , , account = ''] = execution.id.split(':');
  if (rotation) {
    const ended = endedClaimsOf(found.tags).find((one) => one.rotation === rotation);
    const isFinished = ended !== undefined && (await takeRestAway(parts, found, ended));
    // What it would have gone on with stays as it is, and is still open.
    if (!isFinished) return { at, verdict: 'stuck', reason };
    await releaseClaim(aws, user, rotation, at);
    const over = 'it had ended so before, and what it had left in the vault is removed';
    const released = { at, verdict: ended.verdict, reason: over };
    await keep(parts, { account, user, rotation }, released);
    return released;
  }
  const own = rotationOf(execution);
  const claim = claimOf(own, found);
  if (from === 'watch') await parts.seal.remove(own);
  if (claim) await releaseClaim(aws, user, own, at);
  const about = { account, user, rotation: own };
  await notify(aws.topic(deployment.KEYTURN_TOPIC), { event: 'refused', ...about, what: reason }).catch((failure) => {
    if (!(failure instanceof KeyturnError)) throw failure;
    log({ level: 'WARN', message: `nobody was told that it was refused: ${failure.message}`, rotation: own });
  });
  return { at, verdict: 'refused', reason };
}

/**
 * Of a rotation that had ended, when whoever ended it was cut off; false, and nothing is taken, where more than a tag is needed
 * to believe that. The vault goes before the seal: what ended otherwise than refused, and has none, has nothing there.
 */
async function takeRestAway({ aws, clock, region, seal }: Parts, user: User, ended: EndedClaim): Promise<boolean> {
  const sealed = await seal.get(ended.rotation);
  if (sealed && sealed.plan.userId !== user.id) return false;
  const isOver = (all: readonly KeyStatusFacts[]) => isBorneOut(ended, all, sealed?.plan);
  if (!isOver(await settledKeys({ aws, clock }, user.name, isOver))) return false;
  if (sealed || ended.verdict === 'refused' || ended.verdict === 'nothingToDo') {
    await createDiscardingVault(() => aws.secretsManager(region)).remove(ended.rotation, 'new');
  }
  await seal.remove(ended.rotation);
  return true;
}

interface About {
  account: string;
  user: string;
  rotation: string;
  /** Unknown where an earlier execution had it. */
  context?: RotationContext;
}

/** The rotation is over by now, so nothing of this may make it look stuck. */
async function keep(parts: Parts, { context, ...about }: About, { verdict, reason, at }: Released): Promise<void> {
  const { aws, deployment } = parts;
  const { user, rotation } = about;
  const told = {
    rotated: 'rotated',
    rolledBack: 'rolledBack',
    nothingToDo: null,
    refused: 'refused',
    stuck: null,
  } as const;
  const event = told[verdict];
  const attempts = [
    () =>
      aws
        .bucket(deployment.KEYTURN_BUCKET)
        .put(recordKey(user, rotation), JSON.stringify({ at, context, verdict, reason }, null, 2), 'application/json'),
    ...(event ? [() => notify(aws.topic(deployment.KEYTURN_TOPIC), { event, ...about, what: reason })] : []),
  ];
  for (const attempt of attempts) {
    await attempt().catch((error) => {
      if (!(error instanceof KeyturnError)) throw error;
      parts.log({ level: 'ERROR', message: `the end was not kept or told: ${error.message}`, rotation });
    });
  }
}
