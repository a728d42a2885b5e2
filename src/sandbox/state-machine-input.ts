// What Step Functions' operations check and look up in their input before anything else.

import { optionalText, requiredText } from './iam-input.ts';
import { page } from './json-input.ts';
import type { Access, Call } from './service.ts';
import { ServiceError } from './service-error.ts';
import type { Execution, StoredStateMachine } from './state-machine.ts';

export function machineArn({ region, world }: Call, name: string): string {
  return `arn:aws:states:${region}:${world.accountId}:stateMachine:${name}`;
}

export function executionArn(
  { region, accountId }: { region: string; accountId: string },
  machine: string,
  name: string,
) {
  return `arn:aws:states:${region}:${accountId}:execution:${machine}:${name}`;
}

export function machineIn(call: Call): StoredStateMachine {
  const arn = arnIn(call, 'stateMachineArn', 'stateMachine');
  const machine = call.world.stateMachines.get(arn);
  if (!machine) throw new ServiceError('StateMachineDoesNotExist', 400, `State Machine Does Not Exist: '${arn}'`);
  return machine;
}

export function executionIn(call: Call): Execution {
  const arn = arnIn(call, 'executionArn', 'execution');
  const execution = call.world.executions.get(arn);
  if (!execution) throw new ServiceError('ExecutionDoesNotExist', 400, `Execution Does Not Exist: '${arn}'`);
  return execution;
}

export function onMachine(call: Call): Access[] {
  return [{ action: `states:${call.operation}`, resource: requiredText(call.params, 'stateMachineArn') }];
}

export function onExecution(call: Call): Access[] {
  return [{ action: `states:${call.operation}`, resource: requiredText(call.params, 'executionArn') }];
}

/** A name as machines and executions have them. */
export function validName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Step Functions names exactly these
  if (/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\0-\x1f\x7f-\x9f]{1,80}$/.test(name)) return name;
  throw new ServiceError('InvalidName', 400, `Invalid Name: '${name}'`);
}

/** A page in Step Functions' spelling. */
export function pageOf<T>(call: Call, items: readonly T[], idOf: (item: T) => string) {
  const { maxResults, nextToken } = call.params;
  const params = { MaxResults: maxResults === 0 ? undefined : maxResults, NextToken: nextToken };
  const badToken = () => new ServiceError('InvalidToken', 400, `Invalid Token: '${String(nextToken)}'`);
  const { items: shown, NextToken } = page({ ...call, params }, items, { most: 1000, preset: 100, idOf, badToken });
  return { items: shown, ...(NextToken === undefined ? {} : { nextToken: NextToken }) };
}

/** JSON text of the length that Step Functions takes. */
export function jsonIn({ params }: Call, name: string, code: string, preset?: string): string {
  const text = optionalText(params, name) ?? preset ?? requiredText(params, name);
  try {
    if (Buffer.byteLength(text) > 262_144) throw new Error('it is longer than 262144 bytes');
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new ServiceError(code, 400, `Invalid ${name}: '${(error as Error).message}'`);
  }
}

function arnIn({ params }: Call, name: string, kind: string): string {
  const arn = requiredText(params, name);
  if (new RegExp(`^arn:aws:states:[\\w-]+:\\d{12}:${kind}:`).test(arn)) return arn;
  throw new ServiceError('InvalidArn', 400, `Invalid Arn: '${arn}'`);
}
