// keyturn retire: the second half alone, for a key that something else has replaced already.
import { shortKeyId } from '../../access-key.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { begin, mustBeFree } from '../begin.ts';
import { effectiveFlags, ofRetire, policyOf } from '../effective-flags.ts';
import { endBeforeItBegins } from '../end-before-it-begins.ts';
import type { Io } from '../io.ts';
import { checkedKeyId, lookAtUser, makePlan, readFlags } from '../make-plan.ts';
import type { Flags } from '../options.ts';
import { planWords } from '../plan-words.ts';
import { openSession } from '../session.ts';
import { tellPlanned } from './rotate.ts';

export async function retire(flags: Flags, io: Io): Promise<number> {
  const oldKey = needed(flags.key, '--key', 'the old key, to be retired');
  const newKey = needed(flags.newKey, '--new-key', 'the active key that replaced it');
  if (!flags.user)
    throw new UsageError('whose key? --user is missing', {
      hint: 'keyturn retire --user NAME --key AKIA… --new-key AKIA…',
    });
  if (oldKey === newKey)
    throw new UsageError('--key and --new-key are the same key', {
      hint: 'name the old one and the one that replaced it',
    });
  const policy = await policyOf(flags, io);
  await readFlags(flags, io, { together: policy === null });
  if (!io.terminal && !flags.yes && !flags.dryRun) {
    throw new UsageError('retire asks before it changes anything, and there is no terminal to ask on', {
      hint: 'agree beforehand with --yes',
    });
  }

  const session = openSession(flags, io);
  const subject = await lookAtUser(session.aws, io, flags.user);
  await mustBeFree(session, subject);
  for (const [id, wanted] of [
    [oldKey, 'old'],
    [newKey, 'new'],
  ] as const) {
    const key = subject.keys.find((one) => one.id === id);
    if (key?.status === 'Active') continue;
    throw new RefusedError(
      `the ${wanted} key ${shortKeyId(id)} is ${key ? key.status.toLowerCase() : `not a key of ${flags.user}`}`,
      {
        hint: `nothing was changed; see aws iam list-access-keys --user-name ${flags.user}`,
      },
    );
  }

  if (flags.engine === 'stepfunctions') {
    const { beginRemotely } = await import('../remote/begin-remotely.ts');
    return beginRemotely(session, subject, { from: 'watch', oldKey, newKey });
  }
  const says = await effectiveFlags(policy, subject, flags, io, ofRetire);
  const read = await readFlags(says.flags, io);
  const planned = makePlan(subject, read, flags, { oldKey, newKey, from: 'watch' }, says);
  tellPlanned(session, planned, says);
  const unsaved = await endBeforeItBegins(session, planned);
  if (unsaved !== null) return unsaved;
  if (io.terminal && !flags.yes) {
    session.progress.block(planWords(planned.plan, planned.keys, subject.now));
    const { confirmPlan } = await import('../prompts.ts');
    if (!(await confirmPlan(io))) throw new UsageError('not agreed', { hint: 'nothing was changed' });
  }
  return begin(session, planned.plan);
}

function needed(id: string | undefined, flag: string, what: string): string {
  if (id === undefined)
    throw new UsageError(`${flag} is missing: ${what}`, {
      hint: 'keyturn retire --user NAME --key AKIA… --new-key AKIA…',
    });
  return checkedKeyId(id, flag);
}
