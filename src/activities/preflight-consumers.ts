// Before any key is made, every place proves that it can take one, and the old pair goes into the vault: without it a
// roll back could reactivate but not restore.
import { instant } from '../clock.ts';
import { ConsumerError } from '../errors.ts';
import type { ConsumerStatus } from '../machine/context.ts';
import { awsTime } from './aws-time.ts';
import { mustBeClaimed } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { keepPair, keepPairPermissions } from './keep-pair.ts';
import { openPlace } from './places.ts';

export const permissions = keepPairPermissions;

export function preflightConsumers(deps: ActivityDeps): Activity<'preflightConsumers'> {
  return async (context) => {
    const { plan, rotation } = context;
    const failures: ConsumerError[] = [];
    const consumers: ConsumerStatus[] = [];
    let oldPairKept = (await deps.vault.get(rotation, 'old')) !== null;

    for (const spec of plan.consumers) {
      const consumer = await openPlace(deps, context, spec);
      try {
        const { holds, pair, notes, readable } = await consumer.preflight({ user: plan.user, oldKey: plan.oldKey });
        consumers.push({
          spec,
          state: 'pending',
          ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
          ...(readable === false || !consumer.readable ? { readable: false } : {}),
        });
        for (const note of notes) await deps.announce({ about: 'preflightConsumers', text: `${spec}: ${note}` });
        if (!oldPairKept && pair && holds === plan.oldKey) {
          // A function that begins only now may be of a rotation that is over.
          await mustBeClaimed(deps, context);
          await keepPair(deps, context, 'old', pair);
          oldPairKept = true;
        }
      } catch (error) {
        if (!(error instanceof ConsumerError)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first) {
      throw new ConsumerError(`${first.message}${besides(failures.length - 1)}`, {
        ...(first.hint ? { hint: first.hint } : {}),
        cause: first,
      });
    }
    return { at: instant(awsTime(deps)), consumers, oldPairKept };
  };
}

function besides(others: number): string {
  if (others === 0) return '';
  return others === 1 ? ' (and 1 other place is not ready)' : ` (and ${others} other places are not ready)`;
}
