// What a person does after a crash: goes on, goes back, or begins again where nothing was written down yet; and how a
// rotation may have ended then.
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { isOpen } from '../../../src/cli/pick-rotation.ts';
import { type Transcript, user } from '../../support/cli.ts';
import type { Command } from './commands.ts';
import type { Kill, Point, Stage } from './stage.ts';

export const recoveries = ['resume', 'rollback', 'again'] as const;
export type Recovery = (typeof recoveries)[number];

export interface Crashed {
  stage: Stage;
  command: Command;
  /** The command line that was killed. */
  line: string;
  recovery: Recovery;
}

interface Disturbed {
  kill?: Kill;
  onPoint?: (point: Point) => void;
}

/** The first command after a crash: it may be killed as well. */
export async function recover(crashed: Crashed, disturbed: Disturbed = {}): Promise<Transcript> {
  const { stage, recovery, line } = crashed;
  await stage.desk.pass(1 / 60);
  const [id] = stage.rotations().slice(-1);
  if (id === undefined) return stage.run(line, disturbed);
  return stage.run(`${recovery === 'rollback' ? 'rollback' : 'resume --wait'} ${id} --yes`, disturbed);
}

/** Recovers until the rotation is over; throws where it does not end as it may. */
export async function toTheEnd(crashed: Crashed): Promise<void> {
  const { stage, command, recovery } = crashed;
  const before = stage.record();
  const wasOpen = before === null || isOpen(before);
  const { code, stderr } = await recover(crashed);
  const after = stage.record();

  if (!wasOpen && code !== exitCodes.refused)
    throw new Error(`went on with a rotation that was over: exit code ${code}`);
  const waits = before === null && after !== null && after.outcome === null && code === exitCodes.done;
  if (waits) return toTheEnd({ ...crashed, recovery: 'resume' });

  const outcome = after?.outcome ?? null;
  // Who was killed right after the reactivation did what a person does by hand: keyturn never takes that back by itself (S7).
  if (command.reactivates && recovery === 'resume' && outcome === 'stuck' && /made active again by hand/.test(stderr))
    return toTheEnd({ ...crashed, recovery: 'rollback' });
  // A roll back that comes too late changes nothing, and names the command that finishes.
  if (recovery === 'rollback' && outcome === null && code === exitCodes.refused && /resume \S+ finishes/.test(stderr))
    return toTheEnd({ ...crashed, recovery: 'resume' });
  const isTooLate = !stage.desk.account.snapshot()[user]?.keys.some(({ id }) => id === after?.context.plan.oldKey);
  const allowed =
    recovery === 'rollback'
      ? [isTooLate ? 'rotated' : 'rolledBack']
      : command.reactivates || !wasOpen
        ? ['rotated', 'rolledBack']
        : ['rotated'];
  const codes = !wasOpen || (recovery === 'rollback' && isTooLate) ? [exitCodes.refused] : codesOf(outcome, recovery);
  if (outcome !== null && allowed.includes(outcome) && codes.some((one) => one === code)) return;
  throw new Error(
    `${recovery} came to ${outcome ?? `an open rotation at ${after?.state}`} with exit code ${code}, not to ${allowed.join(' or ')}:\n${stderr}`,
  );
}

function codesOf(outcome: string | null, recovery: Recovery): number[] {
  if (outcome === 'rolledBack') return [recovery === 'rollback' ? exitCodes.done : exitCodes.rolledBack];
  return [exitCodes.done];
}
