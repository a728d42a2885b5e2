// The pair that this rotation has put into the vault, maybe just now and by another process: a read that does not show it is behind.
import type { KeyPair } from '../access-key.ts';
import { VaultError } from '../errors.ts';
import { onceFound } from '../late-reads.ts';
import type { ActivityDeps } from './contract.ts';

/** Throws VaultError where it is not there; then nothing was changed. */
export async function storedNewPair({ vault, clock }: ActivityDeps, rotation: string): Promise<KeyPair> {
  const pair = await onceFound(clock, () => vault.get(rotation, 'new'));
  if (pair) return pair;
  throw new VaultError(`the new pair of rotation ${rotation} is not in the vault`, {
    hint: `both keys are active and the places as they were; keyturn rollback ${rotation} goes back`,
  });
}
