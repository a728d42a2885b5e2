// What a run counts while it goes: users, keys and findings, never the findings themselves.
import type { AuditTail, Finding, Gap, Limits, UserFacts } from './contract.ts';
import { day, since } from './rules/reckoning.ts';

/** Days at which a bar of the histogram begins: 90 is where most policies draw the line. */
const ageSteps = [0, 30, 60, 90, 180, 365, 730];

export function newTally({ now }: Pick<Limits, 'now'>) {
  const bySeverity = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  const byStatus = { OPEN: 0, MUTED: 0, PASS: 0, INCOMPLETE: 0 };
  const counts = { users: 0, keys: 0, activeKeys: 0 };
  const ages = ageSteps.map((from, index) => ({ from, to: ageSteps[index + 1] ?? null, keys: 0 }));
  return {
    user: ({ keys }: Pick<UserFacts, 'keys'>) => {
      counts.users += 1;
      counts.keys += keys.length;
      for (const { active, createdAt } of keys) {
        if (!active) continue;
        counts.activeKeys += 1;
        const age = (since(createdAt, { now }) ?? 0) / day;
        const bar = ages.findLast(({ from }) => age >= from);
        if (bar && createdAt !== null) bar.keys += 1;
      }
    },
    finding: ({ severity, status }: Finding) => {
      byStatus[status] += 1;
      if (status === 'OPEN') bySeverity[severity] += 1;
    },
    tail: (incomplete: Gap[], notLookedAt: Gap[]): AuditTail => ({
      complete: incomplete.length === 0 && byStatus.INCOMPLETE === 0,
      incomplete,
      notLookedAt,
      summary: { ...counts, bySeverity, byStatus, ages },
    }),
  };
}
