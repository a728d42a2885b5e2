// One delivery into a file, and what must be true of every byte of it.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { KeyPair } from '../../../src/access-key.ts';
import type { ConsumerKind } from '../../../src/consumers/contract.ts';
import { ConsumerError } from '../../../src/errors.ts';
import { consumerDeps } from '../../support/consumer-deps.ts';
import { oldPair } from './texts.ts';

export const newId = 'AKIANEWNEWNEWNEWNEW2';

const replacement = { user: 'alice', oldKey: oldPair.id, newKey: newId };

/**
 * The file after the new pair was put into it, null where that was refused. Throws where a refused file has changed, where any
 * other byte than the two values has, and where the old pair does not come back byte for byte.
 */
export async function written(kind: ConsumerKind, place: string, file: string, text: string, secret: string) {
  writeFileSync(file, text, 'latin1');
  chmodSync(file, 0o600);
  const consumer = kind.open(place, replacement, consumerDeps());
  const now = () => readFileSync(file, 'latin1');
  try {
    const { holds } = await consumer.preflight({ user: replacement.user, oldKey: oldPair.id });
    // A file whose pair is not where it is looked for takes a first key: the two values are new lines then.
    if (holds !== oldPair.id) return null;
    await consumer.write(new KeyPair(newId, secret), oldPair.id);
  } catch (error) {
    if (!(error instanceof ConsumerError)) throw error;
    if (now() !== text) throw new Error(`refused, and changed all the same: ${shown(text)}`);
    return null;
  }

  const after = now();
  const before = after.replace(newId, oldPair.id).replace(secret, () => oldPair.secret);
  if (before !== text) throw new Error(`more than the two values was changed: ${shown(text)} became ${shown(after)}`);
  if ((await consumer.readBack(new KeyPair(newId, secret))) !== newId) throw new Error(`not read back: ${shown(text)}`);
  await consumer.restore(new KeyPair(oldPair.id, oldPair.secret), newId);
  if (now() !== text) throw new Error(`not restored byte for byte: ${shown(text)}`);
  return after;
}

/** Such as a violation names it; the pairs in it are nobody's. */
export function shown(text: string): string {
  return JSON.stringify(text);
}
