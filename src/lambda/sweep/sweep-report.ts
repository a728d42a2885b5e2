// A sweep's report as it is kept, and what of it is a finding: whatever a person has to do something about.
import { type Outcome, type OutcomeKind, type Overview, outcomeKinds } from './contract.ts';
import type { Figures } from './figures.ts';

export interface Finding {
  /** Null where it is about the account. */
  user: string | null;
  what: string;
  hint?: string;
}

export interface SweepReport {
  schema: 1;
  sweep: string;
  startedAt: string;
  endedAt: string;
  overview: Overview;
  counts: Record<OutcomeKind, number>;
  figures: Figures;
  findings: Finding[];
  outcomes: Outcome[];
}

export function countsOf(outcomes: readonly Outcome[]): SweepReport['counts'] {
  const counts = Object.fromEntries(outcomeKinds.map((kind) => [kind, 0])) as SweepReport['counts'];
  for (const { kind } of outcomes) counts[kind] += 1;
  return counts;
}

const findingKinds: readonly OutcomeKind[] = ['stuck', 'rolledBack', 'finding', 'notJudged'];

/** Root is reported, and never touched. */
export function findingsOf({ rootKeys }: Overview, outcomes: readonly Outcome[]): Finding[] {
  const ofRoot: Finding[] = rootKeys
    ? [
        {
          user: null,
          what: `active access keys of the root user: ${rootKeys}`,
          hint: 'delete them, signed in as root; keyturn never touches them',
        },
      ]
    : [];
  const found = outcomes.filter(({ kind, overdue }) => findingKinds.includes(kind) || overdue);
  return [...ofRoot, ...found.map(({ user, what, hint }) => ({ user, what, ...(hint ? { hint } : {}) }))];
}
