// The first function of an execution, and the only one that reads its input: from it, AWS, the policy and the seal it makes
// what every other function believes (S28).
import { claimUser } from '../activities/claim-user.ts';
import { RefusedError } from '../errors.ts';
import { contextSchema, type Plan, type RotationContext } from '../machine/context.ts';
import { depsFor } from './activity.ts';
import { type Claimed, type ExecutionInput, type ExecutionState, rotationOf } from './contract.ts';
import { derivePlan } from './derive-plan.ts';
import { goingOn, overtake } from './going-on.ts';
import { haltedNow } from './halts.ts';
import { inLambda, type Make } from './in-lambda.ts';
import { inputOf } from './input.ts';
import { aboutPlan, notify } from './notices.ts';
import type { Parts } from './parts.ts';
import { lookAt } from './subject.ts';

type Base = Claimed['base'];

export const make: Make<ExecutionState, Claimed> =
  (parts) =>
  async ({ execution }) => {
    const input = inputOf(execution);
    const rotation = rotationOf(execution);
    const base = input.rotation ? await goingOn(parts, input, rotation) : await begun(parts, input, rotation);
    if (base.intent === 'forward') await mustBeClear(parts, base);

    const context = base as RotationContext;
    const output = await claimUser(depsFor(parts, 'claimUser', context))(context);
    if (base.intent === 'rollBack') return { ...output, base };
    const counter = input.rotation ? await overtake(parts, base) : output.counter;
    // From here on there is a claim: a second half alone makes no key, so it is sealed as it begins.
    if (base.plan.from === 'watch') base.plan = await sealed(parts, base);
    await tellStarted(parts, base);
    return { ...output, counter, base };
  };

export const handler = inLambda(make);

async function begun(parts: Parts, input: ExecutionInput, rotation: string): Promise<Base> {
  const { intent = 'forward' } = input;
  if (intent === 'rollBack') {
    throw new RefusedError('a roll back needs the rotation that it is of', {
      hint: `nothing was changed; keyturn status --user ${input.user} names it; any key: keyturn rollback --only-reactivate --user ${input.user} --key AKIA…`,
    });
  }
  const plan = await derivePlan(parts, await lookAt(parts, input.user), input);
  return { schema: contextSchema, rotation, intent, plan, interruptions: [] };
}

/** The plan as it is sealed: asked again, or twice at once, Lambda would make another one, of another moment. */
async function sealed({ seal }: Parts, { rotation, plan }: Base): Promise<Plan> {
  const earlier = await seal.get(rotation);
  if (earlier) return earlier.plan;
  try {
    await seal.put({ schema: contextSchema, rotation, plan, made: null });
    return plan;
  } catch (error) {
    const other = await seal.get(rotation);
    if (!other) throw error;
    return other.plan;
  }
}

/** Nothing begins while the switch is off, nor where nobody would hear of it. */
export async function mustBeClear(parts: Parts, { plan }: Pick<Base, 'plan'>): Promise<void> {
  const { aws, clock, deployment } = parts;
  const halt = await haltedNow(parts, plan, aws.time() ?? clock.now());
  if (halt) throw new RefusedError(`nothing may begin now: ${halt.reason}`, { hint: 'nothing was changed' });
  if (await aws.topic(deployment.KEYTURN_TOPIC).isHeard()) return;
  throw new RefusedError('nobody listens to what keyturn has to tell', {
    hint: `nothing was changed; subscribe somebody to ${deployment.KEYTURN_TOPIC} and have them confirm it`,
  });
}

async function tellStarted({ aws, deployment }: Parts, { plan, rotation }: Base): Promise<void> {
  const what = `the rotation of ${plan.oldKey} has begun`;
  await notify(aws.topic(deployment.KEYTURN_TOPIC), { event: 'started', ...aboutPlan(plan, rotation), what });
}
