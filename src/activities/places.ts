// Reading back what the places hold, before anything is decided or done on the strength of it (S5).
import type { KeyPair } from '../access-key.ts';
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
    const consumer = await deps.consumer(spec);
    if (!consumer.readable) continue;
    const holds = await readBack(consumer, pair);
    if (holds === null) return `${spec} holds no key`;
    if (holds !== newKey) return `${spec} holds ${holds} instead of the new key`;
  }
  return null;
}

async function readBack(
  consumer: { readBack(pair?: KeyPair): Promise<string | null> },
  pair: KeyPair | null,
): Promise<string | null> {
  return pair ? consumer.readBack(pair) : consumer.readBack();
}

/** The new key's id as the record knows it. Throws nothing: before createKey there is none. */
export function newKeyOf(context: RotationContext): string | null {
  return context.createKey?.newKey ?? context.plan.newKey;
}
