// The vault for whoever may not read it (S31): what is in there can be thrown away when the rotation is over, and that is all.
import type { SecretsManager } from '../aws/contract.ts';
import { VaultError } from '../errors.ts';
import type { Vault } from './contract.ts';
import { vaultSecretOf } from './secrets-manager-vault.ts';

/** `get` knows of nothing. Both slots lie in one secret, which goes with `new`: the one that is removed last. */
export function createDiscardingVault(secrets: () => SecretsManager): Vault {
  return {
    get: async () => null,
    put: async () => {
      throw new VaultError('this step may not put anything into the vault');
    },
    remove: async (rotation, slot) => {
      if (slot === 'new') await secrets().deleteAtOnce(vaultSecretOf(rotation));
    },
  };
}
