// What people are told after a sweep: one notice of all, and each rotation that needs a person once a day until somebody came.
import type { Notice } from '../notices.ts';
import type { SweepReport } from './sweep-report.ts';

/** Findings in the notice; all of them are in the report. A message holds 256 KB (SNS API Reference, Publish). */
const most = 50;

/** `where` says where the whole report is. */
export function noticesOf(report: SweepReport, where: string): Notice[] {
  const { overview, outcomes, counts, figures, findings } = report;
  const { account, mode, halted } = overview;
  const stuck = outcomes.filter(({ kind }) => kind === 'stuck');
  const overdue = outcomes.filter((one) => one.overdue);
  return [
    ...stuck.map(
      ({ user, what, rotation = null }): Notice => ({
        event: 'stuck',
        account,
        user,
        rotation,
        what,
        ...(rotation ? { command: `keyturn resume ${rotation} --engine stepfunctions` } : {}),
      }),
    ),
    ...overdue.map(
      ({ user, what, keys }): Notice => ({
        event: 'overdueButExempt',
        account,
        user,
        rotation: null,
        what: `a key older than the policy allows is ${what}`,
        details: { keys },
      }),
    ),
    {
      event: 'sweep',
      account,
      user: null,
      rotation: null,
      what: `${begun(report)}; findings: ${findings.length}`,
      details: { mode, halted, counts, figures, findings: findings.slice(0, most), report: where },
    },
  ];
}

function begun({ overview: { mode, halted }, counts: { started, wouldStart } }: SweepReport): string {
  if (mode === 'report-only') return `rotations that would begin: ${wouldStart}, but this deployment only reports`;
  if (halted) return `rotations that would begin: ${wouldStart}, but ${halted}`;
  return `rotations begun: ${started}${wouldStart > 0 ? `, held up: ${wouldStart}` : ''}`;
}
