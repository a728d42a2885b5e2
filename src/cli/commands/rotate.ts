// keyturn rotate: one user's key, by the flags and the policy file alone.

import { consumerKinds } from '../../consumers/registry.ts';
import { nearPlaces } from '../../consumers/search-places.ts';
import { UsageError } from '../../errors.ts';
import { begin, mustBeFree } from '../begin.ts';
import { effectiveFlags, type PolicySays, policyOf } from '../effective-flags.ts';
import { endBeforeItBegins } from '../end-before-it-begins.ts';
import type { Io } from '../io.ts';
import { chooseOldKey, lookAtUser, makePlan, type Planned, readFlags } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import { planWords } from '../plan-words.ts';
import { openSession, type Session } from '../session.ts';
import { surroundingsOf } from '../surroundings.ts';
import { askToVouch } from '../unread-places.ts';

export async function rotate(flags: Flags, io: Io): Promise<number> {
  if (flags.fromAudit === undefined) return rotateOne(flags, io);
  const { rotateFromAudit } = await import('../rotate-from-audit.ts');
  return rotateFromAudit(flags, io, rotateOne);
}

async function rotateOne(flags: Flags, io: Io): Promise<number> {
  const policy = await policyOf(flags, io);
  await readFlags(flags, io, { together: policy === null });
  if (!io.terminal && !flags.yes && !flags.dryRun) {
    throw new UsageError('rotate asks before it changes anything, and there is no terminal to ask on', {
      hint: 'agree beforehand with --yes, or look first with --dry-run',
    });
  }
  const session = openSession(flags, io);
  const subject = await lookAtUser(session.aws, io, flags.user);
  await mustBeFree(session, subject);
  if (flags.engine === 'stepfunctions') {
    const { beginRemotely } = await import('../remote/begin-remotely.ts');
    return beginRemotely(session, subject, { from: 'start', oldKey: chooseOldKey(subject, flags.key), newKey: null });
  }
  const says = await effectiveFlags(policy, subject, flags, io);
  const read = await readFlags(says.flags, io);
  const oldKey = says.exemption(null) ? (flags.key ?? null) : chooseOldKey(subject, flags.key);
  if (read.consumers.length === 0 && !says.exemption(oldKey)) throw await noPlace(oldKey, session);

  const planned = makePlan(subject, read, flags, { oldKey, newKey: null, from: 'start' }, says);
  tellPlanned(session, planned, says);
  const unsaved = await endBeforeItBegins(session, planned);
  if (unsaved !== null) return unsaved;

  const words = planWords(planned.plan, planned.keys, subject.now);
  if (io.terminal && !flags.yes) {
    session.progress.block(words);
    const { confirmPlan } = await import('../prompts.ts');
    if (!(await confirmPlan(io))) throw new UsageError('not agreed', { hint: 'nothing was changed' });
  }
  return begin(session, await askToVouch(io, planned.plan));
}

/** What a person should know of how the plan came about. */
export function tellPlanned({ progress }: Session, { warnings }: Planned, { taken, untaken }: PolicySays): void {
  for (const line of taken) progress.say(line);
  for (const line of untaken) progress.detail(line);
  for (const warning of warnings) progress.warn(warning);
}

async function noPlace(oldKey: string | null, session: Session): Promise<UsageError> {
  const { flags, io } = session;
  const found = oldKey === null ? [] : await nearPlaces(oldKey, await surroundingsOf(flags, io));
  const kinds = consumerKinds.map((one) => one.usage.split('  ')[0]).join(', ');
  return new UsageError('where does the new key go?', {
    hint:
      found.length > 0
        ? `these hold the old one: ${found.map((spec) => `--to ${spec}`).join(' ')}`
        : `name each place with --to: ${kinds}`,
  });
}
