// The contract's view of Step Functions under test: state machines of a few states, and executions that were run to their end.
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Case } from '../contract.ts';
import { type ContractTarget, openAccount, region } from '../iam-sts-contract/account.ts';

export { refusal } from '../iam-sts-contract/account.ts';

export type States = Record<string, Record<string, unknown>>;

export interface MachinesTarget extends ContractTarget {
  /** A state that does not end by itself, for a target without `Wait`. */
  lasting?: States[string];
}

export interface MachinesAccount {
  sfn: SFNClient;
  /** Runs until it is stopped. */
  endless: States;
  /** Makes a machine whose first state is the first one here, and returns its ARN. */
  make(states: States): Promise<string>;
  start(machine: string, name?: string, input?: unknown): Promise<string>;
  /** Starts it and waits for its end. */
  run(machine: string, input?: unknown): Promise<DescribeExecutionOutput>;
  /** Stops it and waits for its end. */
  stop(executionArn: string): Promise<DescribeExecutionOutput>;
  close(): Promise<void>;
}

export type MachineCase = Case<MachinesAccount>;

/** Ends at once, with what `Parameters` make of the context. */
export function passing(Parameters: Record<string, string> = {}): States {
  return { first: { Type: 'Pass', Parameters, ResultPath: '$.made', Next: 'done' }, done: { Type: 'Succeed' } };
}

export async function openMachines(target: MachinesTarget): Promise<MachinesAccount> {
  const account = openAccount(target);
  const sfn = new SFNClient({ endpoint: target.endpoint, region, credentials: target.admin, maxAttempts: 1 });
  const invoke = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: '*' } as const;
  const roleArn = await account.makeRole({ trusted: 'states.amazonaws.com', statements: [invoke] });
  const start: MachinesAccount['start'] = async (
    stateMachineArn,
    name = account.newName('run'),
    input = { user: 'alice' },
  ) => {
    const asked = { stateMachineArn, name, input: JSON.stringify(input) };
    return (await sfn.send(new StartExecutionCommand(asked))).executionArn ?? '';
  };

  const ended = async (executionArn: string) => {
    for (;;) {
      const found = await sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (found.status !== 'RUNNING') return found;
    }
  };

  return {
    sfn,
    endless: { wait: { ...(target.lasting ?? { Type: 'Wait', Seconds: 86_400 }), End: true } },
    start,
    make: async (States) => {
      const definition = JSON.stringify({ StartAt: Object.keys(States)[0], States });
      const asked = { name: account.newName('machine'), roleArn, definition };
      return (await sfn.send(new CreateStateMachineCommand(asked))).stateMachineArn ?? '';
    },
    run: async (machine, input) => ended(await start(machine, undefined, input)),
    stop: async (executionArn) => {
      await sfn.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by hand' }));
      return ended(executionArn);
    },
    close: async () => {
      sfn.destroy();
      await account.close();
    },
  };
}
