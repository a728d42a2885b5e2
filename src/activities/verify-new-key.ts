// Before any place gets the new key: does AWS accept it, as the user that it is meant for?
import { stamp } from './aws-time.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { storedNewPair } from './stored-pair.ts';
import { verifyPair } from './verify-pair.ts';

export const permissions = ['sts:GetCallerIdentity'];

export function verifyNewKey(deps: ActivityDeps): Activity<'verifyNewKey'> {
  return async ({ rotation, plan }) => {
    const verification = await verifyPair(deps, plan, await storedNewPair(deps, rotation));
    return { at: stamp(deps), ...verification };
  };
}
