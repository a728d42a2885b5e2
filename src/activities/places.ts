// What the places hold, read back before anything is decided or done on the strength of it (S5), and what is known of those
// that nobody can read (S25).
import type { KeyPair } from '../access-key.ts';
import type { Consumer } from '../consumers/contract.ts';
import type { RotationContext } from '../machine/context.ts';
import type { ActivityDeps } from './contract.ts';
import { newKeyOf } from './record.ts';

/** Opens a place of the plan, with what this rotation knows of it. */
export async function openPlace(
  deps: Pick<ActivityDeps, 'consumer'>,
  context: RotationContext,
  spec: string,
): Promise<Consumer> {
  const { plan, preflightConsumers, deliverKey } = context;
  const known = (deliverKey ?? preflightConsumers)?.consumers.find((one) => one.spec === spec);
  return deps.consumer(spec, {
    user: plan.user,
    oldKey: plan.oldKey,
    newKey: newKeyOf(context),
    ...(known?.readable === false ? { readable: false } : {}),
  });
}

/** The key id that the place holds now, null for none; undefined where nobody can say. */
export async function heldBy(consumer: Consumer, pair: KeyPair | null): Promise<string | null | undefined> {
  if (!consumer.readable) return undefined;
  return pair ? consumer.readBack(pair) : consumer.readBack();
}

/** The first readable place that does not hold the new key, in words; null where all do. */
export async function placeWithoutNewKey(
  deps: ActivityDeps,
  context: RotationContext,
  newKey: string,
): Promise<string | null> {
  const pair = await deps.vault.get(context.rotation, 'new');
  for (const spec of context.plan.consumers) {
    const consumer = await openPlace(deps, context, spec);
    if (!consumer.readable) continue;
    const holds = await heldBy(consumer, pair);
    if (holds === undefined) return `${spec} does not say any more what it holds`;
    if (holds === null) return `${spec} holds no key`;
    if (holds !== newKey) return `${spec} holds ${holds} instead of the new key`;
  }
  return null;
}

/**
 * Places that were given the new key, which nobody can read back and nobody vouched for (S25): neither a person, nor an
 * earlier look that saw the new key in use.
 */
export function unconfirmedPlaces({ plan, deliverKey, deactivateKey, checkOldKeyUse }: RotationContext): string[] {
  const vouched =
    plan.overrides.some((one) => one.what === 'unreadable') ||
    deactivateKey !== undefined ||
    checkOldKeyUse?.verdict === 'quiet' ||
    checkOldKeyUse?.verdict === 'gone';
  if (vouched) return [];
  return deliverKey?.consumers.filter((one) => one.readable === false).map((one) => one.spec) ?? [];
}
