// A look at the health failed or had no data. Once that has lasted for twice `probeEvery`, the old key has to come back
// (S2). Needs no answer of AWS: it may be AWS that does not answer.
import { timeOf } from '../clock.ts';
import { readCause } from '../machine/blame.ts';
import { awsTime, stamp, waitUntil } from './aws-time.ts';
import type { Activity, ActivityDeps } from './contract.ts';
import { isQuarantined, quarantinePermissions } from './quarantine.ts';

export const permissions = [...quarantinePermissions];

export function noteMissedLook(deps: ActivityDeps): Activity<'noteMissedLook'> {
  return async (context) => {
    const { plan, noteMissedLook: before } = context;
    const at = stamp(deps);
    const now = awsTime(deps);
    const lookedSince = [context.checkHealth?.at, context.deactivateKey?.at]
      .filter((one) => one !== undefined)
      .sort()
      .at(-1);
    const goesOn = before !== undefined && (lookedSince === undefined || before.at >= lookedSince);
    const missedSince = goesOn ? before.missedSince : at;
    const limit = timeOf(missedSince) + 2 * plan.probeEvery * 1000;
    const why = context.error ? `: ${readCause(context.error.Cause).message}` : '';

    if (now < limit) {
      const next = Math.min(now + (plan.probeEvery * 1000) / 2, limit);
      return {
        at,
        verdict: 'waiting',
        reason: `the health could not be judged${why}`,
        missedSince,
        ...waitUntil(now, next),
      };
    }
    const reason = `the health could not be judged since ${missedSince}${why}`;
    const verdict = (await isQuarantined(deps, plan.user)) ? 'hold' : 'tooLong';
    return { at, verdict, reason, missedSince, ...waitUntil(now, now) };
  };
}
