// What the places hold, read back before anything is decided or done on the strength of it (S5), and what is known of those
// that nobody can read (S25).
import type { KeyPair } from '../access-key.ts';
import type { Consumer, Replacement } from '../consumers/contract.ts';
import type { RotationContext } from '../machine/context.ts';
import type { ActivityDeps } from './contract.ts';

/** The first readable place that does not hold the new key, in words; null where all do. */
export async function placeWithoutNewKey(
  deps: ActivityDeps,
  context: RotationContext,
  newKey: string,
): Promise<string | null> {
  const pair = await deps.vault.get(context.rotation, 'new');
  for (const spec of context.plan.consumers) {
    if (isUnreadable(context, spec)) continue;
    const consumer = await deps.consumer(spec, replacementIn(context));
    if (!consumer.readable) continue;
    const holds = await heldBy(consumer, context, pair ?? undefined);
    if (holds === undefined) return `${spec} does not say any more what it holds`;
    if (holds === null) return `${spec} holds no key`;
    if (holds !== newKey) return `${spec} holds ${holds} instead of the new key`;
  }
  return null;
}

/** The key id that the place holds now, null for none; undefined where nobody can say. */
export async function heldBy(
  consumer: Consumer,
  context: RotationContext,
  pair?: KeyPair,
): Promise<string | null | undefined> {
  if (!consumer.readable || isUnreadable(context, consumer.spec)) return undefined;
  return pair ? consumer.readBack(pair) : consumer.readBack();
}

/** As the place showed itself at the delivery, or said of itself before. */
function isUnreadable({ preflightConsumers, deliverKey }: RotationContext, spec: string): boolean {
  const known = (deliverKey ?? preflightConsumers)?.consumers.find((one) => one.spec === spec);
  return known?.readable === false;
}

/** Places that were given the new key, which nobody can read back, and for which no person vouched (S25). */
export function unconfirmedPlaces({ plan, deliverKey }: RotationContext): string[] {
  if (plan.overrides.some((one) => one.what === 'unreadable')) return [];
  return (deliverKey?.consumers ?? []).filter((one) => one.readable === false).map((one) => one.spec);
}

export function replacementIn(context: RotationContext): Replacement {
  return { user: context.plan.user, oldKey: context.plan.oldKey, newKey: newKeyOf(context) };
}

/** The new key's id as the record knows it. Throws nothing: before createKey there is none. */
export function newKeyOf(context: RotationContext): string | null {
  return context.createKey?.newKey ?? context.plan.newKey;
}
