// AWS attaches a quarantine policy to a user whose key it found in public; such a key is never reactivated by itself (S8).
import { KeyturnError } from '../errors.ts';
import type { ActivityDeps } from './contract.ts';

export const quarantinePermissions = ['iam:ListAttachedUserPolicies'];

/** False as well where it cannot be read: going back is not blocked by a missing permission of ours. */
export async function isQuarantined(deps: ActivityDeps, user: string): Promise<boolean> {
  try {
    const policies = await deps.aws.attachedPolicies(user);
    return policies.some((name) => name.startsWith('AWSCompromisedKeyQuarantine'));
  } catch (error) {
    if (error instanceof KeyturnError) return false;
    throw error;
  }
}
