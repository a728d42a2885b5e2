// ARNs of state machines and their executions, taken apart.

const machine = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w-]+$/;
const execution = /^(arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}):execution:([\w-]+):[^:]+$/;

export function isStateMachineArn(text: string): boolean {
  return machine.test(text);
}

/** The state machine of an execution's ARN; null where the text is none. */
export function machineOfExecution(text: string): string | null {
  const [, account, name] = execution.exec(text) ?? [];
  return account ? `${account}:stateMachine:${name}` : null;
}

export function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

export function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}
