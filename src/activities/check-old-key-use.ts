// Both keys are active: may the old one be deactivated yet? Says so only on fresh, complete data, and else when to look
// again. Changes nothing.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts, KeyUse } from '../aws/contract.ts';
import { instant, timeOf } from '../clock.ts';
import { UnexpectedStateError } from '../errors.ts';
import type { Outputs, RotationContext } from '../machine/context.ts';
import { awsTime, stamp, waitUntil } from './aws-time.ts';
import { pinnedUser } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { haltOf } from './halt.ts';
import { findKey, isActive, reactivateCommand, settledKeys, settledUse } from './keys.ts';
import { placeWithoutNewKey, unconfirmedPlaces } from './places.ts';
import { failingProbe } from './probe-all.ts';
import { judgeQuiet, ownServices } from './quiet.ts';
import { deactivationStands, deliveredAt, newKeyOf, wasCutOffIn, watchedFrom } from './record.ts';

export const permissions = [
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'sts:GetCallerIdentity',
];

type Verdict = Outputs['checkOldKeyUse']['verdict'];

export function checkOldKeyUse(deps: ActivityDeps): Activity<'checkOldKeyUse'> {
  const { aws } = deps;

  return async (context) => {
    const { plan } = context;
    await pinnedUser(deps, context);
    const newKey = newKeyOf(context);
    const settled = (all: readonly KeyStatusFacts[]) =>
      isActive(all, newKey) && (plan.oldKey === null || isActive(all, plan.oldKey));
    const keys = await settledKeys(deps, plan.user, settled);
    const old = findKey(keys, plan.oldKey);
    const none: KeyUse = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };
    const say = (verdict: Verdict, reason: string, next: number, use = none) => ({
      at: stamp(deps),
      verdict,
      reason,
      ...waitUntil(awsTime(deps), next),
      ...use,
      watchedFrom: instant(watchedFrom(context)),
    });
    const now = awsTime(deps);

    if (newKey === null || !isActive(keys, newKey)) return say('lost', 'the new key is not active any more', now);
    const elsewhere = await placeWithoutNewKey(deps, context, newKey);
    if (elsewhere) return say('lost', elsewhere, now);
    const unread = unconfirmedPlaces(context).join(', ');
    const unsure = `${unread} cannot be read back, and nobody was seen using the new key: whether it arrived is not known`;
    if (!old) {
      if (unread && !(await newKeyInUse(context, newKey))) return say('unproven', unsure, now);
      return say('gone', plan.oldKey ? 'the old key is gone' : 'there was no old key', now);
    }
    const decided = context.checkOldKeyUse;
    if (old.status !== 'Active' && decided && wasCutOffIn(context, 'deactivateKey')) {
      // deactivateKey settles whether it was ours; what was known when it was decided on still counts (S16).
      const { lastUsedAt, lastUsedService, lastUsedRegion } = decided;
      const use = { lastUsedAt, lastUsedService, lastUsedRegion };
      return say('quiet', 'an earlier run was cut off while it deactivated the old key', now, use);
    }
    if (old.status !== 'Active') {
      throw new UnexpectedStateError(`someone else deactivated the old key ${shortKeyId(old.id)}`, {
        hint: `keyturn changed nothing; to go on make it active again (${reactivateCommand(plan.user, old.id)}) and keyturn resume ${context.rotation}`,
      });
    }

    const use = await aws.lastUsed(old.id);
    const from = watchedFrom(context);
    const inUse = await newKeyInUse(context, newKey);
    const judged = judgeQuiet({
      now: awsTime(deps),
      from,
      delivered: deliveredAt(context),
      oldKey: { createdAt: old.createdAt, use },
      newKeyInUse: inUse,
      plan,
    });
    const overdueAt = from + plan.watchLimit * 1000;
    if (judged.verdict !== 'quiet') return say(judged.verdict, judged.reason, judged.next, use);
    if (unread && !inUse) return say('unproven', unsure, now, use);

    // A person who reactivated it by hand had a reason; only a person may have it deactivated again (S7).
    if (deactivationStands(context)) {
      const reason =
        'the old key was made active again by hand: keyturn proceed deactivates it again, nothing else does';
      return say(now >= overdueAt ? 'overdue' : 'busy', reason, overdueAt, use);
    }
    const failing = await failingProbe(deps, plan.probes);
    if (failing) {
      return say(
        now >= overdueAt ? 'overdue' : 'busy',
        failing,
        Math.min(now + plan.probeEvery * 1000, overdueAt),
        use,
      );
    }
    const halt = await haltOf(deps, context);
    if (halt) return say(now >= overdueAt ? 'overdue' : 'busy', halt.reason, Math.min(halt.until, overdueAt), use);
    return say('quiet', judged.reason, now, use);
  };

  /** Used since the delivery: before it nobody had it. What keyturn itself signs with it does not count. */
  async function newKeyInUse(context: RotationContext, newKey: string): Promise<boolean> {
    const use = await settledUse(deps, newKey);
    if (use.lastUsedAt === null || timeOf(use.lastUsedAt) <= deliveredAt(context)) return false;
    if (!ownServices.includes(use.lastUsedService)) return true;
    return (await aws.caller()).userId !== context.plan.userId;
  }
}
