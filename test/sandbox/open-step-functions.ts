// A sandbox with Step Functions at hand: a role that may call every function, a machine in one line, an execution to its end.
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { PolicyStatement, SandboxOptions } from '../../src/sandbox/index.ts';
import { openSandbox, type SigningKey } from './open-sandbox.ts';

export const mayInvoke: PolicyStatement = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' };

export async function openStepFunctions(options: Partial<SandboxOptions> = {}) {
  const opened = await openSandbox(options);
  const { sandbox, clock, connect } = opened;
  const sfnAs = (credentials: SigningKey) => connect(SFNClient, credentials);
  const sfn = connect(SFNClient);
  const role = sandbox.account.createRole({
    name: 'machines',
    trusts: ['states.amazonaws.com'],
    policies: [{ Version: '2012-10-17', Statement: mayInvoke }],
  });

  const createMachine = async (definition: unknown, name = 'machine') => {
    const { stateMachineArn = '' } = await sfn.send(
      new CreateStateMachineCommand({ name, roleArn: role.arn, definition: JSON.stringify(definition) }),
    );
    return stateMachineArn;
  };
  const start = async (stateMachineArn: string, input: unknown = {}, name = 'run') => {
    const { executionArn = '' } = await sfn.send(
      new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
    );
    return executionArn;
  };
  const describe = (executionArn: string) => sfn.send(new DescribeExecutionCommand({ executionArn }));
  const history = async (executionArn: string) =>
    (await sfn.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? [];

  /** Runs to an event of this type, and gives what happened until then. */
  const until = async (executionArn: string, type: string): Promise<HistoryEvent[]> => {
    for (;;) {
      const events = await history(executionArn);
      if (events.some((event) => event.type === type)) return events;
    }
  };

  return { ...opened, clock, sfn, sfnAs, role, createMachine, start, describe, history, until };
}

export function functionArn(name: string): string {
  return `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
}

export function waiting(name: string, more: Record<string, unknown> = {}) {
  return {
    StartAt: 'wait',
    States: {
      wait: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: {
          FunctionName: functionArn(name),
          Payload: { 'token.$': '$$.Task.Token', 'context.$': '$' },
        },
        End: true,
        ...more,
      },
    },
  };
}
