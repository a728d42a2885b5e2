// All activities, bound to what they need. The machine knows them by these names alone.
import { checkHealth } from './check-health.ts';
import { checkOldKeyUse } from './check-old-key-use.ts';
import { claimUser } from './claim-user.ts';
import type { Activities, ActivityDeps } from './contract.ts';
import { createKey } from './create-key.ts';
import { deactivateKey } from './deactivate-key.ts';
import { deleteKey } from './delete-key.ts';
import { deliverKey } from './deliver-key.ts';
import { freeSlot } from './free-slot.ts';
import { inspectKeys } from './inspect-keys.ts';
import { noteMissedLook } from './note-missed-look.ts';
import { preflightConsumers } from './preflight-consumers.ts';
import { reactivateKey } from './reactivate-key.ts';
import { releaseUser } from './release-user.ts';
import { removeNewKey } from './remove-new-key.ts';
import { restoreConsumers } from './restore-consumers.ts';
import { verifyNewKey } from './verify-new-key.ts';
import { verifyOldKey } from './verify-old-key.ts';

export function createActivities(deps: ActivityDeps): Activities {
  return {
    claimUser: claimUser(deps),
    inspectKeys: inspectKeys(deps),
    preflightConsumers: preflightConsumers(deps),
    freeSlot: freeSlot(deps),
    createKey: createKey(deps),
    verifyNewKey: verifyNewKey(deps),
    deliverKey: deliverKey(deps),
    checkOldKeyUse: checkOldKeyUse(deps),
    deactivateKey: deactivateKey(deps),
    checkHealth: checkHealth(deps),
    noteMissedLook: noteMissedLook(deps),
    deleteKey: deleteKey(deps),
    reactivateKey: reactivateKey(deps),
    verifyOldKey: verifyOldKey(deps),
    restoreConsumers: restoreConsumers(deps),
    removeNewKey: removeNewKey(deps),
    releaseUser: releaseUser(deps),
  };
}
