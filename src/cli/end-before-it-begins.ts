// What ends a rotation before anything is claimed or recorded: a dry run, and keys or places with which it may not begin.
import type { Finding } from '../activities/may-start.ts';
import type { RotationRecord } from '../engine/contract.ts';
import { ConsumerError } from '../errors.ts';
import type { Plan } from '../machine/context.ts';
import { newRecord } from './begin.ts';
import { exitCodeOf } from './exit-codes.ts';
import { describe, print } from './finish.ts';
import type { Planned } from './make-plan.ts';
import { planSteps, planWords } from './plan-words.ts';
import type { Session } from './session.ts';

/**
 * Prints and returns the exit code where it ends here; null where the rotation may begin. Places are asked where they will be
 * written from here.
 */
export async function endBeforeItBegins(
  session: Session,
  planned: Planned,
  engine: RotationRecord['engine'] = 'local',
): Promise<number | null> {
  const { flags, io } = session;
  const { plan, keys } = planned;
  const { finding, hint } = flags.dryRun && engine === 'local' ? await withPlaces(session, planned) : planned;
  const ended = outcomeOf(finding) ?? (flags.dryRun ? 'planned' : null);
  if (ended === null) return null;

  const record: RotationRecord = { ...newRecord(plan, '', plan.startedAt), engine };
  const inspectKeys = { at: plan.startedAt, keys, ...finding };
  const context = { ...record.context, inspectKeys };
  const document = {
    ...(await describe(session, { ...record, state: 'inspectKeys', context }, ended)),
    rotation: null,
  };
  if (ended === 'planned') {
    const reason = 'a dry run: nothing was changed';
    if (!flags.json) io.stdout.write(`${planWords(plan, keys, Date.parse(plan.startedAt)).join('\n')}\n`);
    print(session, { ...document, reason, hint: null, plan: planSteps(plan) }, exitCodeOf[ended]);
  } else {
    const next = hint ?? (ended === 'refused' ? hintFor(finding, planned) : null);
    print(session, { ...document, reason: finding.reason, hint: next }, exitCodeOf[ended]);
  }
  return exitCodeOf[ended];
}

function outcomeOf({ verdict }: Finding): 'nothingToDo' | 'refused' | null {
  if (verdict === 'nothingToDo') return verdict;
  return verdict === 'refused' || verdict === 'noSlot' ? 'refused' : null;
}

/** A dry run asks the places, too: what they would refuse is what a person wants to know beforehand. */
async function withPlaces(session: Session, planned: Planned): Promise<Pick<Planned, 'finding' | 'hint'>> {
  if (outcomeOf(planned.finding) !== null) return planned;
  const { user, oldKey, consumers } = planned.plan;
  for (const spec of consumers) {
    try {
      const consumer = await session.consumer(spec, { user, oldKey, newKey: null });
      const { notes } = await consumer.preflight({ user, oldKey });
      for (const note of notes) session.progress.say(`${spec}: ${note}`);
    } catch (error) {
      if (!(error instanceof ConsumerError)) throw error;
      return { finding: { verdict: 'refused', reason: error.message }, hint: error.hint ?? null };
    }
  }
  return planned;
}

function hintFor({ verdict, reason }: Finding, { plan, keys }: { plan: Plan; keys: Planned['keys'] }): string {
  const unchanged = 'nothing was changed';
  if (verdict === 'noSlot' && keys.some((key) => key.status === 'Inactive')) {
    return `${unchanged}; if the inactive key may be removed: --free-slot inactive (unused for 90 days) or --free-slot with its id`;
  }
  if (verdict === 'noSlot') {
    return `${unchanged}; if one of them has replaced the other already: keyturn retire --user ${plan.user} --key OLD --new-key NEW`;
  }
  if (/SMTP/.test(reason)) return `${unchanged}; once the SMTP password is taken care of: --allow-smtp`;
  return `${unchanged}; see aws iam list-access-keys for the keys that there are`;
}
