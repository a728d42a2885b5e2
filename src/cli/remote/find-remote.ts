// Rotations that Step Functions runs, by their id, by their execution's ARN or name, or by their user.
import type { ListedExecution } from '../../aws/contract.ts';
import { newestAttempt, type Remote, readRemote } from '../../engine/stepfunctions.ts';
import { RefusedError, UsageError } from '../../errors.ts';
import { rotationOf } from '../../lambda/contract.ts';
import { orInterrupted } from '../interruption.ts';
import type { Flags } from '../options.ts';
import type { Session } from '../session.ts';
import { signAsEveryUserWill } from '../sign-as-every-user-will.ts';
import { machineOfExecution } from './arns.ts';
import { type Machine, machineAt, machineIfAny } from './machine.ts';

export interface Found {
  machine: Machine;
  remote: Remote;
}

/** The rotations of this machine that run now, or those of one user; with `all` also those that have ended. */
export async function remotesOf(
  { io }: Session,
  machine: Machine,
  { user, all }: Pick<Flags, 'user' | 'all'> = {},
): Promise<Remote[]> {
  const { machines } = machine;
  const found: Remote[] = [];
  for (const { arn } of await orInterrupted(io, machines.list(machine.arn, all ? undefined : 'RUNNING'))) {
    // Whose it is stands in the input; the whole history is only read where it is wanted.
    if (user && (await machines.describe(arn)).input?.user !== user) continue;
    found.push(await orInterrupted(io, readRemote(machines, arn)));
  }
  return found.reverse();
}

/** Null where no machine can be found, or none of its executions is meant. Throws UsageError where several are. */
export async function remoteNamed(session: Session, id: string): Promise<Found | null> {
  const machineArn = machineOfExecution(id);
  const machine = machineArn ? machineAt(session, machineArn) : await machineIfAny(session);
  if (!machine) return null;
  const { machines } = machine;
  await signAsEveryUserWill(session);
  if (machineArn) return { machine, remote: await orInterrupted(session.io, readRemote(machines, id)) };

  const running = await remotesOf(session, machine);
  const matching = running.filter(({ record, execution }) => isMeant(id, record.rotation, execution));
  const [only, another] = matching;
  if (another) {
    throw new UsageError(`${matching.length} rotations begin with ${id}`, {
      hint: `which one: ${matching.map(({ record }) => record.rotation).join(', ')}`,
    });
  }
  if (only) return { machine, remote: only };
  const ended = (await orInterrupted(session.io, machines.list(machine.arn))).find((one) =>
    isMeant(id, rotationOf({ id: one.arn, name: one.name, startTime: one.startedAt, input: {} }), one),
  );
  if (!ended) return null;
  const remote = await readRemote(machines, ended.arn);
  return { machine, remote: await newestAttempt(machines, remote) };
}

/** The only one that runs, of `--user` where given. */
export async function onlyRemote(session: Session, machine: Machine): Promise<Found> {
  const running = await remotesOf(session, machine, session.flags.user ? { user: session.flags.user } : {});
  const [only, another] = running;
  if (!only) {
    throw new RefusedError('Step Functions runs no rotation now', {
      hint: 'nothing was changed; one that has ended is named by its id or its execution’s ARN',
    });
  }
  if (!another) return { machine, remote: only };
  throw new UsageError(`${running.length} rotations run`, {
    hint: `which one: ${running.map(({ record }) => `${record.rotation} (${record.context.plan.user})`).join(', ')}`,
  });
}

function isMeant(id: string, rotation: string, { name }: Pick<ListedExecution, 'name'>): boolean {
  return rotation.startsWith(id) || name === id;
}
