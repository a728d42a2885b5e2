// The interpreter of Amazon States Language, held to AWS's ways where it has its own: tasks are run, and time is kept,
// by whoever gives the orders.
import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { Definition, State } from './states-language.ts';

export interface Orders {
  definition: Definition;
  input: unknown;
  /** What `$$.Execution` and `$$.StateMachine` give. */
  execution: Record<string, unknown>;
  stateMachine: Record<string, unknown>;
  /** What `$$.Task.Token` gives at this moment. */
  token(): string;
  /** Given what the state's Parameters make of its input; whether it is asked again is in the state's Retry. */
  task(name: string, given: unknown): Promise<unknown>;
}

type Run = ReturnType<StateMachine['run']>;
type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;
export type InterpreterEvent = Run['eventLogs'] extends AsyncGenerator<infer Event> ? Event : never;

export interface Interpretation {
  events: AsyncIterable<InterpreterEvent>;
  /** No further state begins; a task in flight has to be ended by whoever runs it. */
  stop(): void;
}

export type Interpret = (orders: Orders) => Interpretation;

/** Longer ones than 24 days would be over at once; and all it does is guard tasks that guard themselves. */
const interpretersOwnTimeout = 2_000_000;

export const interpret: Interpret = ({ definition, input, execution, stateMachine, token, task }) => {
  const states = Object.entries(definition.States);
  const prepared = { ...definition, States: Object.fromEntries(states.map(([name, state]) => [name, prepare(state)])) };
  const tasks = states.filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
  const machine = new StateMachine(renamed(prepared) as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: true },
  });
  const { eventLogs, result, abort } = machine.run(input as never, {
    noThrowOnAbort: true,
    context: {
      Run: { ...execution, Input: input },
      StateMachine: stateMachine,
      Task: {
        get Token() {
          return token();
        },
      },
    },
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        tasks.map((name): [string, Handlers[string]] => [name, (given) => task(name, given) as never]),
      ),
      retryIntervalOverrides: Object.fromEntries(tasks.map((name) => [name, 0])),
    },
  });
  // How it ended is the last of the events.
  result.catch(() => {});
  return { events: eventLogs, stop: abort };
};

function prepare({ TimeoutSecondsPath: _, ...state }: State): State {
  const caught = state.Catch && { Catch: state.Catch.map(withoutRootPath) };
  const timed = state.Type === 'Task' && { TimeoutSeconds: interpretersOwnTimeout };
  return { ...withoutRootPath(state), ...caught, ...timed };
}

/** It takes `$` for a field of that name; left out it means the same. */
function withoutRootPath<T extends { ResultPath?: string | null }>({ ResultPath, ...rest }: T): T {
  return (ResultPath === undefined || ResultPath === '$' ? rest : { ...rest, ResultPath }) as T;
}

/** It insists on an `$$.Execution` of its own, with the machine's time; ours goes under another name. */
function renamed(definition: Definition): Definition {
  return JSON.parse(JSON.stringify(definition), (_, value) =>
    typeof value === 'string' ? value.replaceAll(/\$\$\.Execution\b/g, '$$$$.Run') : value,
  );
}
