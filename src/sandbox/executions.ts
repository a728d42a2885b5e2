// Executions: started, watched, answered and stopped.
import { startExecution } from './execution.ts';
import { withoutData } from './execution-history.ts';
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import type { Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';
import type { Execution } from './state-machine.ts';
import {
  executionArn,
  executionIn,
  jsonIn,
  machineIn,
  onExecution,
  onMachine,
  pageOf,
  validName,
} from './state-machine-input.ts';
import type { TaskAnswer } from './task-tokens.ts';

export const executionOperations: Record<string, Operation> = {
  StartExecution: {
    kind: 'change',
    access: onMachine,
    apply: async (call) => {
      const { interpret } = await import('./interpreter.ts');
      const { params, world } = call;
      const machine = machineIn(call);
      const name = validName(optionalText(params, 'name') ?? world.random.requestId());
      const input = jsonIn(call, 'input', 'InvalidExecutionInput', '{}');
      const arn = executionArn({ region: machine.region, accountId: world.accountId }, machine.name, name);
      const existing = world.executions.get(arn);
      if (existing && (existing.ending || existing.input !== input)) {
        throw new ServiceError('ExecutionAlreadyExists', 400, `Execution Already Exists: '${arn}'`);
      }
      const execution = existing ?? startExecution(interpret, world, machine, { arn, name, input });
      world.executions.set(arn, execution);
      return { executionArn: arn, startDate: epochSeconds(execution.startedAt) };
    },
  },

  DescribeExecution: {
    kind: 'read',
    access: onExecution,
    apply: (call) => {
      const execution = executionIn(call);
      const { output, error, cause } = execution.ending ?? {};
      return {
        ...listed(execution),
        input: execution.input,
        inputDetails: { included: true },
        ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
        error,
        cause,
      };
    },
  },

  ListExecutions: {
    kind: 'read',
    access: onMachine,
    apply: (call) => {
      const { arn } = machineIn(call);
      const status = optionalText(call.params, 'statusFilter');
      const found = [...call.world.executions.values()]
        .filter(({ machine }) => machine.arn === arn)
        .map(listed)
        .filter((one) => status === undefined || one.status === status)
        .reverse();
      const { items, ...more } = pageOf(call, found, (one) => one.executionArn);
      return { executions: items, ...more };
    },
  },

  GetExecutionHistory: {
    kind: 'read',
    access: onExecution,
    apply: (call) => {
      const { events } = executionIn(call);
      const ordered = call.params.reverseOrder === true ? events.toReversed() : events;
      const { items, ...more } = pageOf(call, ordered, ({ id }) => String(id));
      return { events: call.params.includeExecutionData === false ? items.map(withoutData) : items, ...more };
    },
  },

  StopExecution: {
    kind: 'change',
    access: onExecution,
    apply: (call) => {
      const execution = executionIn(call);
      execution.stop(optionalText(call.params, 'error'), optionalText(call.params, 'cause'));
      return { stopDate: epochSeconds(execution.ending?.at ?? call.world.clock.now()) };
    },
  },

  SendTaskSuccess: {
    kind: 'change',
    access: anyTask,
    apply: (call) => answer(call, { output: jsonIn(call, 'output', 'InvalidOutput') }),
  },

  SendTaskFailure: {
    kind: 'change',
    access: anyTask,
    apply: (call) => {
      const { error = '', cause = '' } = call.params as { error?: string; cause?: string };
      return answer(call, { error, cause });
    },
  },
};

function anyTask({ operation }: Call) {
  return [{ action: `states:${operation}`, resource: '*' }];
}

function answer({ params, world }: Call, given: TaskAnswer) {
  const taken = world.taskTokens.answer(requiredText(params, 'taskToken'), given);
  if (taken === undefined) throw new ServiceError('InvalidToken', 400, "Invalid Token: 'Invalid token'");
  if (taken) return {};
  throw new ServiceError('TaskTimedOut', 400, "Task Timed Out: 'Provided task does not exist anymore'");
}

function listed({ arn, name, machine, startedAt, ending }: Execution) {
  return {
    executionArn: arn,
    stateMachineArn: machine.arn,
    name,
    status: ending?.status ?? 'RUNNING',
    startDate: epochSeconds(startedAt),
    ...(ending ? { stopDate: epochSeconds(ending.at) } : {}),
  };
}
