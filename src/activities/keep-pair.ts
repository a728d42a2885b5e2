// A pair goes into the vault for a rotation that has its claim: of one that is over nobody looks there any more. IAM has no
// compare-and-swap, so the claim is looked at again once the pair is in.
import type { KeyPair } from '../access-key.ts';
import { KeyturnError, RecordError } from '../errors.ts';
import type { RotationContext } from '../machine/context.ts';
import type { Slot } from '../vault/contract.ts';
import { mustBeClaimed } from './claim.ts';
import type { ActivityDeps } from './contract.ts';

export const keepPairPermissions = ['iam:GetUser', 'iam:ListUserTags'];

/** Throws RecordError where the claim went meanwhile: then the pair is out of the vault again. */
export async function keepPair(deps: ActivityDeps, context: RotationContext, slot: Slot, pair: KeyPair): Promise<void> {
  const { rotation } = context;
  await deps.vault.put(rotation, slot, pair);
  try {
    await mustBeClaimed(deps, context);
  } catch (error) {
    if (error instanceof RecordError) {
      await deps.vault.remove(rotation, slot);
      throw error;
    }
    // A claim that cannot be looked at was there a moment ago.
    if (!(error instanceof KeyturnError)) throw error;
  }
}
