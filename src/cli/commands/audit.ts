// keyturn audit: what is wrong with the account's access keys. Looks only; every finding names the command that mends it.
import type { AuditTail, Finding, Limits, Renderer, RuleSet, Severity } from '../../audit/contract.ts';
import { limitsOf, newestCis, ruleSets } from '../../audit/rule-sets.ts';
import { runAudit, severities } from '../../audit/run.ts';
import { UsageError } from '../../errors.ts';
import { openReport } from '../audit-report.ts';
import { policyOf } from '../effective-flags.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain } from '../explain.ts';
import type { Io } from '../io.ts';
import { openRotationsByUser } from '../open-rotations.ts';
import type { Flags } from '../options.ts';
import { openSession } from '../session.ts';

const ownerTags = ['owner', 'Owner', 'contact', 'team-email'];

export async function audit(flags: Flags, io: Io): Promise<number> {
  const set = oneOf(flags.profileRules ?? newestCis, ruleSets, '--profile-rules') as RuleSet;
  const failOn = oneOf(flags.failOn ?? 'medium', ['low', 'medium', 'high', 'critical', 'none'], '--fail-on');
  const ids = oneOf(flags.ids ?? 'auto', ['auto', 'never'], '--ids') as 'auto' | 'never';
  if (flags.explain !== undefined && flags.user === undefined) {
    throw new UsageError('--explain needs --user', { hint: `keyturn audit --explain ${flags.explain} --user NAME` });
  }
  const read = await policyOf(flags, io);
  const policy = read?.policy ?? null;
  const session = openSession(flags, io);
  const report = flags.explain ? null : await openReport(flags, io);
  const findings: Finding[] = [];
  let worst = -1;
  const watching: Renderer = {
    head: (head) => report?.renderer.head(head),
    finding: (finding) => {
      if (finding.status === 'OPEN') worst = Math.max(worst, severities.indexOf(finding.severity));
      if (flags.explain) findings.push(finding);
      report?.renderer.finding(finding);
    },
    tail: (tail) => report?.renderer.tail(tail),
  };

  const { defaults = {} } = policy?.content ?? {};
  const limits = ({ now }: { now: number }): Limits => ({
    ...limitsOf(set),
    now,
    ownerTags,
    ownerDomains: defaults.ownerDomains ?? [],
    rotators: [],
  });
  const tail = await runAudit(
    {
      aws: session.aws,
      clock: io.clock,
      policy,
      ids,
      fresh: flags.fresh === true,
      rotations: () => openRotationsByUser(session),
      events: async () => new Map(),
      signal: io.interrupted,
      onProgress: (what) => session.progress.detail(what),
    },
    { set, limits, user: flags.user ?? null },
    watching,
  );
  await report?.close();
  if (flags.explain) explain(io, flags, findings);
  if (io.interrupted.aborted) return exitCodes.interrupted;
  return codeOf(tail, worst, failOn);
}

/** Findings win over data that is missing, and that over nothing at all. */
function codeOf({ complete }: AuditTail, worst: number, failOn: string): number {
  if (failOn !== 'none' && worst >= severities.indexOf(failOn as Severity)) return exitCodes.refused;
  return complete ? exitCodes.done : exitCodes.rolledBack;
}

function oneOf(value: string, known: readonly string[], flag: string): string {
  if (known.includes(value)) return value;
  throw new UsageError(`${flag}: there is no ${value}`, { hint: `there are ${known.join(', ')}` });
}
