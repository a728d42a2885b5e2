// rotate and retire with --engine stepfunctions: the plan that will hold there is shown and agreed to, then an execution is
// started and watched.
import { startExecution } from '../../engine/stepfunctions.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import type { ExecutionInput } from '../../lambda/contract.ts';
import type { Plan } from '../../machine/context.ts';
import { endBeforeItBegins } from '../end-before-it-begins.ts';
import type { Subject } from '../make-plan.ts';
import { planWords } from '../plan-words.ts';
import type { Session } from '../session.ts';
import { follow, printFollowed } from './follow.ts';
import { machineAskedFor, mustBeInAccount } from './machine.ts';
import { shippedPlan } from './shipped-plan.ts';

export async function beginRemotely(
  session: Session,
  subject: Subject,
  path: Pick<Plan, 'oldKey' | 'newKey' | 'from'>,
): Promise<number> {
  const { io, flags, progress } = session;
  const { user } = subject;
  const { oldKey, newKey, from } = path;
  if (oldKey === null) {
    throw new RefusedError(`${user.name} has no access key, and Step Functions makes no first one`, {
      hint: `nothing was changed; with a person at hand: keyturn rotate --user ${user.name} --engine local`,
    });
  }
  const machine = await machineAskedFor(session, user);
  await mustBeInAccount(session, machine);
  const planned = await shippedPlan(session, machine, subject, path);
  for (const warning of planned.warnings) progress.warn(warning);
  const unsaved = await endBeforeItBegins(session, planned, 'stepfunctions');
  if (unsaved !== null) return unsaved;
  if (io.terminal && !flags.yes) {
    progress.block([...planWords(planned.plan, planned.keys, subject.now), '', whoPlans(machine.arn, planned.plan)]);
    const { confirmPlan } = await import('../prompts.ts');
    if (!(await confirmPlan(io))) throw new UsageError('not agreed', { hint: 'nothing was changed' });
  }

  io.interrupted.throwIfAborted();
  const input: ExecutionInput =
    from === 'watch' ? { user: user.name, from, oldKey, newKey: newKey ?? '' } : { user: user.name, oldKey };
  const arn = await startExecution(machine.machines, machine.arn, oldKey, input);
  progress.say(`execution ${arn}`);
  if (!subject.usesBeforeOurs.has(oldKey)) return printFollowed(session, await follow(session, machine, arn));
  // Every look from here on would be a use of the key that must fall silent (S17).
  progress.warn(`these credentials are ${user.name}'s own: look at it with others, or the old key stays in use`);
  const watched = { ...session, io: { ...io, interrupted: AbortSignal.abort() } };
  const { remote } = await follow(watched, machine, arn);
  return printFollowed(session, { remote, ended: remote.record.outcome ?? 'waiting', why: '' });
}

function whoPlans(machine: string, { from }: Plan): string {
  const places =
    from === 'start' ? '; secrets tagged for the user are served as well, once they prove whose they are' : '';
  return `Step Functions makes this plan afresh, by the policy that was shipped with ${machine}${places}.`;
}
