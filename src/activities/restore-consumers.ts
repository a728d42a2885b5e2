// Every place that still holds our new key gets the old pair back; a place that holds anything else is left and named (S24).
import { type KeyPair, shortKeyId } from '../access-key.ts';
import type { Consumer } from '../consumers/contract.ts';
import { ConsumerError, VaultError } from '../errors.ts';
import type { ConsumerStatus } from '../machine/context.ts';
import { stamp } from './aws-time.ts';
import { fence, fencePermissions } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { heldBy, openPlace } from './places.ts';
import { newKeyOf } from './record.ts';

export const permissions = [...fencePermissions, 'sts:GetCallerIdentity'];

export function restoreConsumers(deps: ActivityDeps): Activity<'restoreConsumers'> {
  return async (context) => {
    const { plan, rotation } = context;
    const old = await deps.vault.get(rotation, 'old');
    const newKey = newKeyOf(context) ?? (await deps.vault.get(rotation, 'new'))?.accessKeyId;
    if (!old || !newKey) {
      throw new VaultError(`the pairs of rotation ${rotation} are not in the vault`, {
        hint: 'both keys are active and the places as they were',
      });
    }
    const { counter } = await fence(deps, context, 'restoreConsumers');

    const consumers: ConsumerStatus[] = [];
    // All are opened first: those that have to outwait a delivery then do so together.
    const opened = [];
    for (const spec of plan.consumers) opened.push(await openPlace(deps, context, spec));
    for (const consumer of opened) consumers.push(await restored(consumer, old, newKey));
    const failed = consumers.filter((one) => one.state === 'failed');
    return {
      at: stamp(deps),
      counter,
      verdict: failed.length === 0 ? 'restored' : 'failed',
      reason: failed[0]?.note ?? summary(consumers, old),
      consumers,
    };
  };
}

async function restored(consumer: Consumer, old: KeyPair, newKey: string): Promise<ConsumerStatus> {
  const { spec } = consumer;
  try {
    const state = await consumer.restore(old, newKey);
    if (state === 'left') {
      const why = consumer.readable ? 'it holds neither of the two keys' : 'it cannot be read back';
      return { spec, state, note: `${why}, so it was left as it is` };
    }
    const holds = await heldBy(consumer, old);
    if (holds === undefined) return { spec, state, readable: false };
    if (holds !== old.accessKeyId) {
      return { spec, state: 'failed', note: `${spec} does not give back what was restored to it` };
    }
    return { spec, state };
  } catch (error) {
    if (!(error instanceof ConsumerError)) throw error;
    return { spec, state: 'failed', note: error.message };
  }
}

function summary(consumers: readonly ConsumerStatus[], old: KeyPair): string {
  const left = consumers.filter((one) => one.state === 'left').map((one) => one.spec);
  return left.length === 0
    ? `every place holds ${shortKeyId(old.accessKeyId)} again`
    : `left as they are: ${left.join(', ')}`;
}
