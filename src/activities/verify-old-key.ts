// Before anything is restored: is there an old pair to restore, and does AWS accept it (S23)?
import type { Outputs } from '../machine/context.ts';
import { stamp } from './aws-time.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { wasOffered } from './record.ts';
import { verifyPair } from './verify-pair.ts';

export const permissions = ['sts:GetCallerIdentity'];

export function verifyOldKey(deps: ActivityDeps): Activity<'verifyOldKey'> {
  return async (context) => {
    const { plan, rotation } = context;
    const say = (verdict: Outputs['verifyOldKey']['verdict'], reason: string) => ({ at: stamp(deps), verdict, reason });

    if (plan.from === 'watch') return say('unkept', 'keyturn delivered nothing, so there is nothing to restore');
    if (!wasOffered(context)) return say('notNeeded', 'no place was ever offered the new key');
    const pair = await deps.vault.get(rotation, 'old');
    if (!pair) {
      const rest = context.deliverKey?.verdict === 'delivered' ? 'stay on the new key' : 'stay as they are';
      return say('unkept', `no old secret is kept, so the places ${rest}`);
    }
    const { verdict, reason } = await verifyPair(deps, plan, pair);
    return say(verdict, reason);
  };
}
