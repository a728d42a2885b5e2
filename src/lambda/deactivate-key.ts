// deactivateKey as a function: when the key was deactivated goes into the claim as well, so that an execution which begins
// anew can tell our deactivation, and a person's reactivation after it (S7), without believing its input.
import { claimOf, claimTag, formatClaim } from '../activities/claim.ts';
import { deactivateKey } from '../activities/deactivate-key.ts';
import { KeyturnError } from '../errors.ts';
import type { Outputs, RotationContext } from '../machine/context.ts';
import { activity } from './activity.ts';
import { contextOf } from './context-of.ts';
import type { ExecutionState } from './contract.ts';
import { inLambda, type Make } from './in-lambda.ts';
import type { Parts } from './parts.ts';

const deactivate = activity('deactivateKey', deactivateKey);

export const make: Make<ExecutionState, Outputs['deactivateKey']> = (parts) => async (state) => {
  const output = await deactivate(parts)(state);
  await noteInClaim(parts, contextOf(state), output);
  return output;
};

export const handler = inLambda(make);

/** The key is inactive already: that its claim cannot say so must not look like a deactivation that failed. */
async function noteInClaim(
  { aws, log }: Parts,
  { plan, rotation }: RotationContext,
  { at, lastUsedAt }: Outputs['deactivateKey'],
): Promise<void> {
  try {
    const claim = claimOf(rotation, await aws.user(plan.user));
    if (!claim) return;
    const noted = { ...claim, off: at, ...(lastUsedAt ? { used: lastUsedAt } : {}) };
    await aws.tagUser(plan.user, claimTag(rotation), formatClaim(noted));
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    log({ level: 'WARN', message: `the claim does not say that the key is inactive: ${error.message}`, rotation });
  }
}
