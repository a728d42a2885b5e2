// keyturn audit: what is wrong with the account's access keys. Looks only; every finding names the command that mends it.
import type { AuditTail, Finding, Limits, Renderer, Rule, RuleSet, Severity, UserFacts } from '../../audit/contract.ts';
import { rulesOf } from '../../audit/judge.ts';
import { limitsOf, newestCis, ruleSets } from '../../audit/rule-sets.ts';
import { runAudit, severities } from '../../audit/run.ts';
import { UsageError } from '../../errors.ts';
import { auditProgress } from '../audit-progress.ts';
import { openReport } from '../audit-report.ts';
import { policyOf } from '../effective-flags.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain } from '../explain.ts';
import type { Io } from '../io.ts';
import { keysOfRotations, openRotationsByUser } from '../open-rotations.ts';
import type { Flags } from '../options.ts';
import { openSession } from '../session.ts';
import { unrecorded } from '../unrecorded.ts';

const ownerTags = ['owner', 'Owner', 'contact', 'team-email'];

export async function audit(flags: Flags, io: Io): Promise<number> {
  const { set, failOn, ids, rule } = asked(flags);
  const policy = (await policyOf(flags, io))?.policy ?? null;
  const session = openSession(flags, io);
  const { aws, progress } = session;
  const report = rule ? null : await openReport(session);
  const ownKeys = await keysOfRotations(session);
  const findings: Finding[] = [];
  const looked: { user: UserFacts; limits: Limits }[] = [];
  let worst = -1;
  let reportAt: string | null = null;
  const watching: Renderer = {
    head: (head) => {
      reportAt = head.reportAt;
      report?.renderer.head(head);
    },
    finding: (finding) => {
      if (rule && !isAbout(finding, rule, flags.key)) return;
      if (finding.status === 'OPEN') worst = Math.max(worst, severities.indexOf(finding.severity));
      if (rule) findings.push(finding);
      report?.renderer.finding(finding);
    },
    tail: async (tail) => {
      const gaps = ids === 'auto' && !io.interrupted.aborted ? await unrecorded(aws) : [];
      await report?.renderer.tail({ ...tail, notLookedAt: [...tail.notLookedAt, ...gaps] });
    },
  };

  const tail = await runAudit(
    {
      aws,
      clock: io.clock,
      policy,
      ids,
      fresh: flags.fresh === true,
      rotations: () => openRotationsByUser(session),
      signal: io.interrupted,
      onProgress: auditProgress(progress, io.clock),
    },
    {
      set,
      limits: ({ now, rotators }) => ({
        ...limitsOf(set),
        now,
        ownerTags,
        ownerDomains: policy?.content.defaults?.ownerDomains ?? [],
        rotators: rotators.state === 'known' ? rotators.value : [],
        ownKeys,
      }),
      user: flags.user ?? null,
      onUser: (user, limits) => {
        if (rule) looked.push({ user, limits });
      },
    },
    watching,
  );
  progress.clear();
  await report?.close(tail);
  if (rule) explain(io, flags, { rule, findings, reportAt, looked: looked[0] ?? null, tail });
  if (io.interrupted.aborted) return exitCodes.interrupted;
  return codeOf(tail, worst, failOn);
}

/** Everything that can be wrong with the flags, before AWS is asked anything. */
function asked(flags: Flags): { set: RuleSet; failOn: string; ids: 'auto' | 'never'; rule: Rule | null } {
  const set = oneOf(flags.profileRules ?? newestCis, ruleSets, '--profile-rules') as RuleSet;
  const failOn = oneOf(flags.failOn ?? 'medium', ['low', 'medium', 'high', 'critical', 'none'], '--fail-on');
  const ids = oneOf(flags.ids ?? 'auto', ['auto', 'never'], '--ids') as 'auto' | 'never';
  if (ids === 'never' && flags.fresh) {
    throw new UsageError('--ids never looks at the report alone, and --fresh leaves it', { hint: 'give one of them' });
  }
  if (flags.explain === undefined) {
    if (flags.key !== undefined)
      throw new UsageError('--key belongs to --explain', { hint: 'see keyturn audit --help' });
    return { set, failOn, ids, rule: null };
  }
  const all = rulesOf(set);
  const name = oneOf(
    flags.explain.toUpperCase(),
    all.map(({ id }) => id),
    '--explain',
  );
  if (flags.user === undefined) {
    throw new UsageError('--explain needs --user', { hint: `keyturn audit --explain ${name} --user NAME` });
  }
  if (flags.output !== undefined || flags.format !== undefined) {
    throw new UsageError('--explain writes no report', { hint: 'leave --format and --output; --json goes with it' });
  }
  return { set, failOn, ids, rule: all.find(({ id }) => id === name) ?? null };
}

/** Whether it is the rule's, and of this key or of the user as a whole. */
function isAbout(finding: Finding, rule: Rule, key: string | undefined): boolean {
  return finding.rule === rule.id && (key === undefined || finding.keyId === null || finding.keyId === key);
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
