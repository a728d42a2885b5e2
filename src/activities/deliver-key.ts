// Every place gets the new pair, in the plan's order, and is read back. The first that fails ends the delivery: the
// rotation goes back. Running it twice is fine, a place that holds the new key is left as it is.
import { ConsumerError } from '../errors.ts';
import type { ConsumerStatus } from '../machine/context.ts';
import { stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { mustNotBeHalted } from './halt.ts';
import { heldBy, openPlace } from './places.ts';
import { storedNewPair } from './stored-pair.ts';

export const permissions = [...fencePermissions, 'sts:GetCallerIdentity'];

export function deliverKey(deps: ActivityDeps): Activity<'deliverKey'> {
  return async (context) => {
    const { plan, rotation } = context;
    await mustNotBeHalted(deps, context);
    const pair = await storedNewPair(deps, rotation);
    // From here on nothing of ours may keep the old key in use (S17).
    if (plan.oldKey) deps.aws.signWithInsteadOf(plan.oldKey, pair);
    const { counter } = await fence(deps, context, 'deliverKey');

    const consumers: ConsumerStatus[] = plan.consumers.map((spec) => ({ spec, state: 'pending' }));
    for (const status of consumers) {
      const consumer = await openPlace(deps, context, status.spec);
      try {
        await consumer.write(pair, plan.oldKey);
        const holds = await heldBy(consumer, pair);
        if (holds === undefined) status.readable = false;
        else if (holds !== pair.accessKeyId) {
          throw new ConsumerError(`${status.spec} does not give back what was written to it`);
        }
        status.state = 'delivered';
      } catch (error) {
        if (!(error instanceof ConsumerError)) throw error;
        status.state = 'failed';
        status.note = error.hint ? `${error.message}; ${error.hint}` : error.message;
        return { at: stamp(deps), counter, verdict: 'failed', reason: status.note, consumers };
      }
    }
    const unread = consumers.filter((one) => one.readable === false).map((one) => one.spec);
    const reason =
      unread.length === 0
        ? 'every place holds the new key'
        : `every place has got the new key; ${unread.join(', ')} cannot be read back`;
    return { at: stamp(deps), counter, verdict: 'delivered', reason, consumers };
  };
}
