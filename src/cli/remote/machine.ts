// Which state machine a command means: the flag's, that of a policy file which was named, or the one that the stack wrote into
// Parameter Store.
import type { StateMachines } from '../../aws/contract.ts';
import { KeyturnError, NoSuchEntityError, RefusedError, UsageError } from '../../errors.ts';
import { parameterNames } from '../../lambda/contract.ts';
import type { PolicyUser } from '../../policy/match.ts';
import { policyFor } from '../../policy/policy-for.ts';
import { unattendedSettings } from '../../policy/settings.ts';
import { policyOf } from '../effective-flags.ts';
import { orInterrupted } from '../interruption.ts';
import type { Session } from '../session.ts';
import { signAsEveryUserWill } from '../sign-as-every-user-will.ts';
import { surroundingsOf } from '../surroundings.ts';
import { accountOf, isStateMachineArn, regionOf } from './arns.ts';

export interface Machine {
  arn: string;
  region: string;
  machines: StateMachines;
}

export function machineAt({ aws }: Pick<Session, 'aws'>, arn: string): Machine {
  const region = regionOf(arn);
  return { arn, region, machines: aws.stateMachines(region) };
}

/** Throws UsageError where none is named anywhere, and what AWS says where it may not be asked. */
export async function machineAskedFor(session: Session, user: PolicyUser | null = null): Promise<Machine> {
  await signAsEveryUserWill(session);
  const arn = (await named(session, user)) ?? (await written(session));
  if (!isStateMachineArn(arn)) {
    throw new RefusedError(`the parameter ${parameterNames.machine} names no state machine`, {
      hint: 'nothing was changed; deploy the stack again, or give --state-machine',
    });
  }
  return machineAt(session, arn);
}

/** Null where there is none to be found without having been asked for: most accounts have none, or nobody may look. */
export async function machineIfAny(session: Session): Promise<Machine | null> {
  const { flags, progress } = session;
  if (flags.engine === 'local') return null;
  if (isAskedFor(session)) return machineAskedFor(session);
  try {
    return await machineAskedFor(session);
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    progress.detail(`no state machine was looked at: ${error.message}`);
    return null;
  }
}

/** Whether the command line says that a rotation is, or is to be, in Step Functions. */
export function isAskedFor({ flags }: Pick<Session, 'flags'>): boolean {
  return flags.engine === 'stepfunctions' || flags.stateMachine !== undefined;
}

/** Throws RefusedError where the machine is in another account than these credentials (S9). */
export async function mustBeInAccount({ aws, io }: Session, { arn }: Machine): Promise<void> {
  const { account } = await orInterrupted(io, aws.caller());
  if (account === accountOf(arn)) return;
  throw new RefusedError(`these credentials belong to account ${account}, the state machine to ${accountOf(arn)}`, {
    hint: 'nothing was changed; run it with credentials of that account (--profile)',
  });
}

async function named({ flags, io }: Session, user: PolicyUser | null): Promise<string | null> {
  if (flags.stateMachine !== undefined) return flags.stateMachine;
  const read = flags.config === undefined ? null : await policyOf(flags, io);
  if (!read) return null;
  if (!user) return read.policy.content.defaults?.stateMachine ?? null;
  return policyFor(read.policy, user, unattendedSettings).settings.stateMachine;
}

async function written({ aws, flags, io }: Session): Promise<string> {
  const { region } = await surroundingsOf(flags, io);
  const ways = 'give --state-machine, or stateMachine in a policy file named with --config';
  if (!region) {
    throw new UsageError('in which region is the state machine?', {
      hint: `set --region or AWS_REGION, where the stack wrote ${parameterNames.machine}; or ${ways}`,
    });
  }
  try {
    return (await orInterrupted(io, aws.parameterStore(region).value(parameterNames.machine))).text;
  } catch (error) {
    if (!(error instanceof NoSuchEntityError)) throw error;
    throw new UsageError(`which state machine? there is no parameter ${parameterNames.machine} in ${region}`, {
      hint: `nothing was changed; deploy the stack there, or ${ways}`,
    });
  }
}
