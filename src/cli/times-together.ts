// Whether the times of a plan fit together, whoever set them.
import { marginOf } from '../activities/quiet.ts';
import { formatDuration, longestPlan } from '../duration.ts';
import { UsageError } from '../errors.ts';

/** Whole seconds. Throws UsageError that names the flags. */
export function checkTogether(times: { quietFor: number; grace: number; watchLimit: number }): void {
  if (times.watchLimit + times.grace > longestPlan) {
    throw new UsageError('--watch-limit and --grace together are longer than 360 days', {
      hint: 'a plan has to end within a year',
    });
  }
  if (times.watchLimit < times.quietFor) {
    throw new UsageError('--watch-limit is shorter than --quiet-for', {
      hint: 'the watch would end before it can succeed',
    });
  }
  const needed = Math.ceil(times.quietFor + marginOf(times.quietFor * 1000) / 1000);
  if (times.watchLimit < needed) {
    throw new UsageError('--watch-limit leaves no time for --quiet-for: last use is published late', {
      hint: `at least ${formatDuration(needed)} of watching are needed`,
    });
  }
}
