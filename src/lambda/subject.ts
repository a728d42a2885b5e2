// The user whose key it is, as AWS has them now, and what the policy says of that user.
import { keysWithUse } from '../activities/keys.ts';
import type { Caller, User } from '../aws/contract.ts';
import type { KeyFacts } from '../machine/context.ts';
import type { Policy } from '../policy/policy.ts';
import { policyFor } from '../policy/policy-for.ts';
import { type Settings, unattendedSettings } from '../policy/settings.ts';
import type { Parts } from './parts.ts';

export interface Subject {
  caller: Caller;
  user: User;
  keys: KeyFacts[];
  settings: Settings;
  policy: Policy;
  /** AWS's time, in milliseconds. */
  now: number;
}

export async function lookAt(parts: Parts, name: string, shipped?: Policy): Promise<Subject> {
  const { aws, clock } = parts;
  const caller = await aws.caller();
  const user = await aws.user(name);
  const keys = await keysWithUse({ aws }, user.name);
  const policy = shipped ?? (await parts.policy());
  const { settings } = policyFor(policy, user, unattendedSettings);
  return { caller, user, keys, settings, policy, now: aws.time() ?? clock.now() };
}
