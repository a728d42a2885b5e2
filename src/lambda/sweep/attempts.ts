// The executions that are named after an old key, `<old key id>-<attempt>` (S33): for each key the one that counts.
import type { ListedExecution } from '../../aws/contract.ts';
import type { Attempt } from './contract.ts';

/** The one that runs, else the newest; `number` is the highest of all. Executions of other names are nobody's attempts. */
export function attemptsByKey(executions: readonly ListedExecution[]): Record<string, Attempt> {
  const byKey: Record<string, Attempt> = {};
  for (const { name, arn, status, startedAt } of executions) {
    const [, key, digits] = /^([A-Z0-9]{16,})-(\d{1,6})$/.exec(name) ?? [];
    if (!key) continue;
    const number = Number(digits);
    const other = byKey[key];
    const counts = !other || status === 'RUNNING' || (other.status !== 'RUNNING' && number > other.number);
    byKey[key] = { ...(counts ? { arn, status, startedAt } : other), number: Math.max(number, other?.number ?? 0) };
  }
  return byKey;
}

/** Ended, and neither at an end of the rotation's own nor by a refusal. */
export function hasFailed({ status }: Attempt): boolean {
  return status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED';
}
