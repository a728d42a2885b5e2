// A function called for a task: by the state machine's role, with the names that Step Functions gives to what goes wrong.

import { roleSession } from './authenticate.ts';
import { accessDenied, judge } from './authorize.ts';
import { functionArn, functionName } from './functions.ts';
import type { StoredStateMachine } from './state-machine.ts';
import type { World } from './world.ts';

/** What a state's Retry and Catch look at: the name, and as the message the cause. */
export class TaskError extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  /** A `final` one is for no Retry and no Catch. */
  constructor(name: string, cause: string, { final = false } = {}) {
    super(cause);
    this.name = name;
    this.isRetryable = !final;
    this.isCatchable = !final;
  }
}

/** Why a task of a stopped execution goes no further. */
export function isStopped(): TaskError {
  return new TaskError('stopped', '', { final: true });
}

const mostBytes = 262_144;

/** The function's result as JSON; throws TaskError. */
export async function callFunction(
  { world, machine, sessionName }: { world: World; machine: StoredStateMachine; sessionName: string },
  given: string,
  payload: string,
): Promise<string> {
  const name = functionName(given) ?? '';
  const arn = functionArn(machine.region, world.accountId, name || given);
  refuseUnlessAllowed(world, machine, sessionName, arn);
  if (!world.functions.has(name)) {
    throw new TaskError('Lambda.ResourceNotFoundException', said(`Function not found: ${arn}`, 404, world));
  }
  const { payload: result, failed } = await world.functions.invoke(name, arn, payload);
  if (failed) throw new TaskError(failed.errorType, result);
  if (Buffer.byteLength(result) > mostBytes) {
    const cause = `The state/task '${arn}' returned a result with a size exceeding the maximum number of bytes service limit.`;
    throw new TaskError('States.DataLimitExceeded', cause, { final: true });
  }
  return result;
}

function refuseUnlessAllowed(world: World, machine: StoredStateMachine, sessionName: string, arn: string): void {
  const role = world.roles.byArn(machine.roleArn);
  if (!role) throw new TaskError('Lambda.AWSLambdaException', `The role ${machine.roleArn} cannot be assumed.`);
  const session = { accessKeyId: '', issuedAt: world.clock.now() };
  const caller = roleSession(role, sessionName, session, world.accountId);
  const access = { action: 'lambda:InvokeFunction', resource: arn };
  const verdict = judge(caller, access, world.accountId);
  if (verdict === 'allowed') return;
  throw new TaskError('Lambda.AWSLambdaException', said(accessDenied(caller, access, verdict).message, 403, world));
}

function said(message: string, status: number, { random }: World): string {
  return `${message} (Service: Lambda, Status Code: ${status}, Request ID: ${random.requestId()})`;
}
