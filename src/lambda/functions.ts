// All functions of the state machine over the same parts: for whoever runs them without Lambda, as the embedded AWS does.
import { make as awaitGrace } from './await-grace.ts';
import { make as awaitNextLook } from './await-next-look.ts';
import { make as awaitQuiet } from './await-quiet.ts';
import { make as checkHealth } from './check-health.ts';
import { make as checkOldKeyUse } from './check-old-key-use.ts';
import { make as claimUser } from './claim-user.ts';
import { make as createKey } from './create-key.ts';
import { make as deactivateKey } from './deactivate-key.ts';
import { make as deleteKey } from './delete-key.ts';
import { make as deliverKey } from './deliver-key.ts';
import { make as freeSlot } from './free-slot.ts';
import { told } from './in-lambda.ts';
import { make as inspectKeys } from './inspect-keys.ts';
import { make as noteMissedLook } from './note-missed-look.ts';
import type { Parts } from './parts.ts';
import { make as preflightConsumers } from './preflight-consumers.ts';
import { make as reactivateKey } from './reactivate-key.ts';
import { make as releaseUser } from './release-user.ts';
import { make as removeNewKey } from './remove-new-key.ts';
import { make as restoreConsumers } from './restore-consumers.ts';
import { make as verifyNewKey } from './verify-new-key.ts';
import { make as verifyOldKey } from './verify-old-key.ts';

export type Function = (event: never) => Promise<unknown>;

/** By the name that the state machine knows each by. */
export function createFunctions(parts: Parts): Record<keyof typeof makes, Function> {
  return Object.fromEntries(Object.entries(makes).map(([name, make]) => [name, told(parts, make as never)])) as Record<
    keyof typeof makes,
    Function
  >;
}

const makes = {
  inspectKeys,
  preflightConsumers,
  freeSlot,
  verifyNewKey,
  deliverKey,
  checkOldKeyUse,
  checkHealth,
  noteMissedLook,
  deleteKey,
  verifyOldKey,
  restoreConsumers,
  removeNewKey,
  claimUser,
  createKey,
  deactivateKey,
  reactivateKey,
  releaseUser,
  awaitQuiet,
  awaitGrace,
  awaitNextLook,
};
