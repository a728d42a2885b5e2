// How far an audit is, on a terminal: what it asks for, then how many users are done, how fast, and how long the rest takes.
import type { Clock } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { Progress } from './progress.ts';

export function auditProgress(
  { underWay, detail }: Pick<Progress, 'underWay' | 'detail'>,
  clock: Clock,
): (what: string, done?: number, of?: number) => void {
  let begun: number | null = null;
  return (what, done, of) => {
    begun ??= clock.monotonic();
    if (done === undefined || of === undefined) {
      detail(what);
      underWay(what);
      begun = clock.monotonic();
      return;
    }
    const perSecond = (done * 1000) / Math.max(1, clock.monotonic() - begun);
    const left = Math.ceil((of - done) / perSecond);
    underWay(
      `${done} of ${of} ${what}, ${Math.round(perSecond)} a second${left > 0 ? `, ${formatDuration(left)} left` : ''}`,
    );
  };
}
