// AWS's time, by which every stamp and deadline is reckoned (S11): this machine's clock may be wrong by weeks.
import { instant } from '../clock.ts';
import type { ActivityDeps } from './contract.ts';

type Times = Pick<ActivityDeps, 'aws' | 'clock'>;

/** Milliseconds since the epoch, from the newest answer of AWS; this machine's own where AWS has not answered yet. */
export function awsTime({ aws, clock }: Times): number {
  return aws.time() ?? clock.now();
}

export function stamp(deps: Times): string {
  return instant(awsTime(deps));
}

/** How far this machine's clock is ahead of AWS's, in whole seconds. */
export function skewSeconds({ aws, clock }: Times): number {
  const time = aws.time();
  return time === null ? 0 : Math.round((clock.now() - time) / 1000);
}

// A TimeoutSecondsPath must be a whole number from 1; Step Functions ends a task after a year at the latest (S12).
const shortestWait = 1;
const longestWait = 31_000_000;

/** The members of a verdict that leads to a wait, from `now` until `until` (both milliseconds), within S12's limits. */
export function waitUntil(now: number, until: number): { until: string; seconds: number } {
  const seconds = Math.min(Math.max(Math.ceil((until - now) / 1000), shortestWait), longestWait);
  return { until: instant(now + seconds * 1000), seconds };
}
