// The old key is inactive: does everything still work? Judges, or throws where it cannot: a look without data is counted
// by noteMissedLook and is never a pass.
import { shortKeyId } from '../access-key.ts';
import type { KeyStatusFacts } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { KeyturnError, UnexpectedStateError } from '../errors.ts';
import type { Outputs, Plan, RotationContext } from '../machine/context.ts';
import { awsTime, stamp, waitUntil } from './aws-time.ts';
import { pinnedUser } from './claim.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { haltOf } from './halt.ts';
import { findKey, isActive, settledKeys } from './keys.ts';
import { placeWithoutNewKey } from './places.ts';
import { lookAtProbes } from './probe-all.ts';
import { isQuarantined, quarantinePermissions } from './quarantine.ts';
import { wasUsedAfterAll } from './quiet.ts';
import { isReactivationOpen, newKeyOf } from './record.ts';

export const permissions = [
  ...quarantinePermissions,
  'iam:GetAccessKeyLastUsed',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:ListUserTags',
  'sts:GetCallerIdentity',
];

type Verdict = Outputs['checkHealth']['verdict'];

const oversleeping = 3_600_000;

/**
 * The most looks at the probes in one grace. A look takes 17 events of an execution's history, a second grace that a probe
 * ends is the last: 2 × 400 × 17 = 13,600, and AWS ends an execution at 25,000 (Step Functions Developer Guide, "Quotas").
 */
const mostLooks = 400;

export function checkHealth(deps: ActivityDeps): Activity<'checkHealth'> {
  const { aws } = deps;

  return async (context) => {
    const { plan } = context;
    const deactivation = context.deactivateKey;
    if (!deactivation) throw new UnexpectedStateError('there is no recorded deactivation to look after');
    await pinnedUser(deps, context);
    const newKey = newKeyOf(context);
    const settled = (all: readonly KeyStatusFacts[]) =>
      isActive(all, newKey) &&
      findKey(all, plan.oldKey)?.status === (isReactivationOpen(context) ? 'Active' : 'Inactive');
    const keys = await settledKeys(deps, plan.user, settled);
    const now = awsTime(deps);
    const graceUntil = timeOf(deactivation.graceUntil);
    const say = (verdict: Verdict, reason: string, next = now, lookedBefore: string | null = null) => ({
      at: stamp(deps),
      verdict,
      reason,
      ...waitUntil(now, next),
      lookedBefore,
    });

    const old = findKey(keys, plan.oldKey);
    if (!old) return say('gone', 'the old key is gone');
    if (old.status === 'Active' && isReactivationOpen(context)) return say(...unfinished(context));
    if (old.status === 'Active') return say('reactivated', `${shortKeyId(old.id)} was made active again by hand`);

    const trouble =
      newKey && isActive(keys, newKey)
        ? await troubleWith(context, { oldKey: old.id, newKey }, deactivation)
        : 'the new key is not active any more';
    if (trouble) {
      if (await isQuarantined(deps, plan.user)) {
        return say(
          'hold',
          `${trouble}; but AWS quarantined ${plan.user} for a leaked key, so nothing is reactivated by itself`,
        );
      }
      return say((context.reactivateKey?.times ?? 0) > 0 ? 'failingAgain' : 'failing', trouble);
    }

    if (now < graceUntil) {
      const nextProbe = now + Math.max(plan.probeEvery, plan.grace / mostLooks) * 1000;
      return say('healthy', fine(plan), plan.probes.length > 0 ? Math.min(nextProbe, graceUntil) : graceUntil);
    }
    const last = lastLook(context, deactivation);
    const first = last?.lookedBefore ?? null;
    // Whether the last look said to come back about now.
    const wasAwake = now - timeOf(last?.until ?? deactivation.at) <= oversleeping;
    if (plan.probes.length > 0 && (first !== null || !wasAwake)) {
      const apart = Math.min(plan.probeEvery * 1000, oversleeping);
      if (first === null || now - timeOf(first) < apart) {
        const next = (first === null ? now : timeOf(first)) + apart;
        return say('healthy', `${fine(plan)}; this look came late, so another is needed`, next, first ?? stamp(deps));
      }
    }
    const halt = await haltOf(deps, context);
    if (halt) return say('healthy', `the grace has passed, but ${halt.reason}`, halt.until);
    return say('passed', `the grace has passed: ${fine(plan)}`);
  };

  async function troubleWith(
    context: RotationContext,
    { oldKey, newKey }: { oldKey: string; newKey: string },
    deactivation: Outputs['deactivateKey'],
  ): Promise<string | null> {
    const { plan } = context;
    const elsewhere = await placeWithoutNewKey(deps, context, newKey);
    if (elsewhere) return elsewhere;

    const { lastUsedAt, lastUsedService } = await aws.lastUsed(oldKey);
    if (wasUsedAfterAll(lastUsedAt, deactivation)) {
      return `the old key was in use after all, by ${lastUsedService ?? 'an unknown service'} at ${lastUsedAt}`;
    }

    const bad = await lookAtProbes(deps, plan.probes);
    if (bad?.verdict === 'noData') throw new NoDataError(`a probe has no data: ${bad.detail}`);
    return bad ? `a probe fails: ${bad.detail}` : null;
  }
}

/** The judgement of a run that was cut off while it made the old key active again: reactivateKey has yet to record that. */
function unfinished({ checkHealth, noteMissedLook }: RotationContext): [Verdict, string] {
  const cutOff = 'an earlier run was cut off while it made the old key active again';
  const missed = noteMissedLook?.verdict === 'tooLong' && noteMissedLook.at >= (checkHealth?.at ?? '');
  const judged = missed ? noteMissedLook : checkHealth;
  const verdict = missed || checkHealth?.verdict === 'failingAgain' ? 'failingAgain' : 'failing';
  if (judged?.reason.startsWith(cutOff)) return [verdict, judged.reason];
  if (!judged || judged.verdict === 'healthy') return [verdict, cutOff];
  return [verdict, `${cutOff}: ${judged.reason}`];
}

/** Without probes there is less to say: nobody asked whether everything works. */
function fine({ probes }: Plan): string {
  const seen = 'the places hold the new key, and no use of the old one was seen';
  return probes.length > 0 ? `${seen}; every probe passes` : seen;
}

/** A probe could not be judged. The old key is inactive and stays so for now. */
export class NoDataError extends KeyturnError {
  override readonly name = 'NoDataError';
}

/** The last look of this grace. */
function lastLook({ checkHealth }: RotationContext, { at }: Outputs['deactivateKey']) {
  return checkHealth && checkHealth.at >= at ? checkHealth : null;
}
