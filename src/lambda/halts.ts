// What holds everything up (S34): the kill switch, which is a parameter that a person sets, and the blackouts of the policy.
import type { Halt } from '../activities/contract.ts';
import type { Plan } from '../machine/context.ts';
import { blackoutAt } from '../policy/blackout.ts';
import { policyFor } from '../policy/policy-for.ts';
import { type Settings, unattendedSettings } from '../policy/settings.ts';
import type { Parts } from './parts.ts';

/** While the switch is off nobody knows until when; to be asked again after this long, in milliseconds. */
const askAgainAfter = 6 * 3_600_000;

/** Fails closed: a switch or a policy that cannot be read throws. */
export async function haltedNow(parts: Parts, { user }: Pick<Plan, 'user'>, now: number): Promise<Halt | null> {
  const off = await switchedOff(parts, now);
  if (off) return off;
  const { name, path, tags } = await parts.aws.user(user);
  return blackedOut(policyFor(await parts.policy(), { name, path, tags }, unattendedSettings).settings, now);
}

/** Throws where the switch cannot be read. */
export async function switchedOff({ aws, region, deployment }: Parts, now: number): Promise<Halt | null> {
  const { text } = await aws.parameterStore(region).value(deployment.KEYTURN_SWITCH);
  if (text.trim() === 'go') return null;
  return {
    reason: `the switch ${deployment.KEYTURN_SWITCH} says ${JSON.stringify(text.slice(0, 40))}, not go`,
    until: now + askAgainAfter,
  };
}

export function blackedOut({ blackout: blackouts }: Pick<Settings, 'blackout'>, now: number): Halt | null {
  const blackout = blackoutAt(blackouts, now);
  return (
    blackout && { reason: `there is a blackout${blackout.reason ? `: ${blackout.reason}` : ''}`, until: blackout.until }
  );
}
