// Step Functions in keyturn's own words. A task's token is read, used and forgotten within one call, and no refusal of that
// call is quoted.
import type * as Sdk from '@aws-sdk/client-sfn';
import { instant } from '../clock.ts';
import type { ExecutionEvent, ExecutionStatus, ListedExecution, StateMachines } from './contract.ts';
import { translated, translatedWithoutWords } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.SFNClient;
}

/** The answer came too late: the task ended, was answered, or belongs to an execution that is over. */
const tooLate = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

export function stateMachinesOf(connect: () => Promise<Connected>): StateMachines {
  /** Newest first, until `last` says that it has seen enough. */
  const backwards = async (executionArn: string, last: (event: Sdk.HistoryEvent) => boolean) => {
    const { sdk, client } = await connect();
    return translated('states:GetExecutionHistory', async () => {
      const seen: Sdk.HistoryEvent[] = [];
      const newestFirst = () => seen.sort((a, b) => (b.id ?? 0) - (a.id ?? 0));
      const asked = { executionArn, reverseOrder: true, includeExecutionData: true };
      for await (const { events = [] } of sdk.paginateGetExecutionHistory({ client, pageSize: 100 }, asked)) {
        seen.push(...events.filter((event) => !last(event)));
        // Not every server turns the order round: only a page that goes down in it says that all older ones are seen.
        if ((events[0]?.id ?? 0) > (events.at(-1)?.id ?? 0) && events.some(last)) break;
      }
      return newestFirst();
    });
  };

  return {
    start: async (stateMachineArn, name, input) => {
      const { sdk, client } = await connect();
      return translated('states:StartExecution', async () => {
        try {
          const asked = { stateMachineArn, name, input: JSON.stringify(input) };
          return (await client.send(new sdk.StartExecutionCommand(asked))).executionArn ?? null;
        } catch (error) {
          if ((error as Error).name === 'ExecutionAlreadyExists') return null;
          throw error;
        }
      });
    },

    describe: async (executionArn) => {
      const { sdk, client } = await connect();
      const found = await translated('states:DescribeExecution', () =>
        client.send(new sdk.DescribeExecutionCommand({ executionArn })),
      );
      return {
        ...listed(found),
        machine: found.stateMachineArn ?? '',
        input: parsed(found.input),
        error: found.error ?? null,
        cause: found.cause ?? null,
      };
    },

    history: async (execution, after = 0) => {
      const events = await backwards(execution, ({ id = 0 }) => id <= after);
      return events.reverse().flatMap(told);
    },

    list: async (stateMachineArn, status) => {
      const { sdk, client } = await connect();
      return translated('states:ListExecutions', async () => {
        const asked = { stateMachineArn, ...(status ? { statusFilter: status } : {}) };
        const all: ListedExecution[] = [];
        for await (const { executions = [] } of sdk.paginateListExecutions({ client }, asked)) {
          all.push(...executions.map(listed));
        }
        return all;
      });
    },

    stop: async (executionArn, cause) => {
      const { sdk, client } = await connect();
      await translated('states:StopExecution', () =>
        client.send(new sdk.StopExecutionCommand({ executionArn, error: 'Stopped', cause })),
      );
    },

    answer: async (execution, begun, output) => {
      const seen = await backwards(execution, ({ id = 0 }) => id < begun);
      const { parameters } = seen.at(-1)?.taskScheduledEventDetails ?? {};
      const { token } = (parsed(parameters)?.Payload ?? {}) as { token?: unknown };
      if (typeof token !== 'string') return false;

      const { sdk, client } = await connect();
      return translatedWithoutWords('states:SendTaskSuccess', async () => {
        try {
          await client.send(new sdk.SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }));
          return true;
        } catch (error) {
          if (tooLate.has((error as Error).name)) return false;
          throw error;
        }
      });
    },
  };
}

function listed(
  found: Pick<Sdk.DescribeExecutionOutput, 'executionArn' | 'name' | 'status' | 'startDate'>,
): ListedExecution {
  return {
    arn: found.executionArn ?? '',
    name: found.name ?? '',
    status: found.status as ExecutionStatus,
    startedAt: (found.startDate ?? new Date(0)).toISOString(),
  };
}

function told(event: Sdk.HistoryEvent): ExecutionEvent[] {
  const { id = 0, timestamp = new Date(0), type = '' } = event;
  const stamp = { id, at: instant(timestamp.getTime()) };
  if (event.stateEnteredEventDetails) {
    const { name: state = '', input } = event.stateEnteredEventDetails;
    return [{ ...stamp, what: 'entered', state, data: parsed(input) ?? {} }];
  }
  if (event.stateExitedEventDetails) {
    const { name: state = '', output } = event.stateExitedEventDetails;
    return [{ ...stamp, what: 'left', state, data: parsed(output) ?? {} }];
  }
  if (/^(?:LambdaFunction|Task)Scheduled$/.test(type)) return [{ ...stamp, what: 'begun' }];
  if (type === 'TaskSubmitted') return [{ ...stamp, what: 'waiting' }];
  if (!/^(?:LambdaFunction|Task)(?:\w*Failed|TimedOut)$/.test(type)) return [];
  const { error = '', cause = '' } = failureOf(event) ?? {};
  return [{ ...stamp, what: 'failed', error, cause }];
}

/** Each way of failing has its member. */
function failureOf(event: Sdk.HistoryEvent): { error?: string | undefined; cause?: string | undefined } | undefined {
  return (
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionScheduleFailedEventDetails ??
    event.lambdaFunctionStartFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.taskFailedEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.taskTimedOutEventDetails
  );
}

/** As an object; null where it is none. */
function parsed(text: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
