// Before any place gets the new key: does AWS accept it, as the user that it is meant for?
import { VaultError } from '../errors.ts';
import { stamp } from './aws-time.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { verifyPair } from './verify-pair.ts';

export const permissions = ['sts:GetCallerIdentity'];

export function verifyNewKey(deps: ActivityDeps): Activity<'verifyNewKey'> {
  return async ({ rotation, plan }) => {
    const pair = await deps.vault.get(rotation, 'new');
    if (!pair) {
      throw new VaultError(`the new pair of rotation ${rotation} is not in the vault`, {
        hint: `both keys are as they were; keyturn rollback ${rotation} goes back`,
      });
    }
    const verification = await verifyPair(deps, plan, pair);
    return { at: stamp(deps), ...verification };
  };
}
