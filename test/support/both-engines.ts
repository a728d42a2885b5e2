// Runs one script of answers through the xstate actor, or through an independent interpreter of Amazon States Language,
// and notes the same things of both: the steps taken, what each activity was given, and what was remembered at the end.
import { type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { createActor, fromPromise } from 'xstate';
import type { AslDefinition } from '../../src/machine/asl.ts';
import { activityNames, parkNames, type RotationContext } from '../../src/machine/context.ts';
import type { rotation } from '../../src/machine/rotation.ts';
import { type Answer, step } from './scenarios.ts';

export interface Run {
  way: string[];
  calls: { activity: string; given: unknown }[];
  end: string;
  context: unknown;
}

type Handlers = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;

const input = { schema: 1, rotation: 'r-1', intent: 'forward', plan: { user: 'alice' }, interruptions: [] };
const execution = { id: 'arn:execution', name: 'AKIAEXAMPLE-1' };
const startTime = '2026-11-22T10:00:00Z';

export async function runInXstate(machine: typeof rotation, answers: Answer[]): Promise<Run> {
  const script = createScript(answers);
  const way: string[] = [];
  const activity = (name: string) =>
    fromPromise<unknown, RotationContext>(async ({ input: given }) => {
      const answer = script.next(name, given);
      return answer === 'deadlinePassed' ? { signal: 'elapsed' } : outcome(answer);
    });
  const actors = Object.fromEntries([...activityNames, ...parkNames].map((name) => [name, activity(name)]));
  const actor = createActor(machine.provide({ actors }), {
    input: { ...input, execution: { ...execution, startTime, input } } as unknown as RotationContext,
    inspect: (event) => {
      if (event.type !== '@xstate.microstep') return;
      for (const { source, target, eventType } of event._transitions) {
        way.push(step(source.key, target?.[0]?.key ?? 'nowhere', eventType.startsWith('xstate.error.')));
      }
    },
  });
  const ended = new Promise<void>((resolve, reject) => actor.subscribe({ complete: resolve, error: reject }));
  actor.start();
  await ended;

  const { value, context } = actor.getSnapshot();
  return comparable({ way, calls: script.calls, end: String(value), context });
}

/** `retries` lets the interpreter ask again as the definition says, without its pauses; else a failure is a failure. */
export async function runInAsl(asl: AslDefinition, answers: Answer[], { retries = false } = {}): Promise<Run> {
  const script = createScript(answers);
  const definition = structuredClone(asl);
  const handlers: Handlers = {};
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type !== 'Task') continue;
    // This interpreter looks for the path in the result of Parameters, and for weeks it would not wait either.
    delete state.TimeoutSecondsPath;
    if (!retries) state.Retry = [];
    const park = state.Parameters;
    handlers[name] = async (sent) => {
      const given = sent as { Payload: Record<string, unknown> };
      if (park && (given.Payload.token !== 'token' || given.Payload.state !== name)) throw new Error('no token');
      const activity = (park?.FunctionName ?? state.Resource).replace(/^\$\{(\w+)\}$/, '$1');
      const answer = script.next(activity, park ? given.Payload.context : given);
      if (answer === 'deadlinePassed')
        throw Object.assign(new Error('the deadline passed'), { name: 'States.Timeout' });
      return outcome(answer) as never;
    };
  }
  const machine = new StateMachine(definition as StateMachineDefinition, { validationOptions: { noValidate: true } });
  const run = machine.run(input, {
    context: { Execution: { Id: execution.id, Name: execution.name, Input: input }, Task: { Token: 'token' } },
    overrides: {
      taskResourceLocalHandlers: handlers,
      retryIntervalOverrides: Object.fromEntries(Object.keys(handlers).map((name) => [name, 0])),
    },
  });
  const result = run.result.catch(() => undefined);
  const way: string[] = [];
  let at = '';
  let failed = false;
  let context: unknown;
  for await (const event of run.eventLogs) {
    if (event.type === 'StateCaught') failed = !event.catch.catcher.ErrorEquals.includes('States.Timeout');
    if (event.type !== 'StateEntered') continue;
    context = event.state.input;
    // The state that turns a passed deadline into an answer belongs to its park.
    if (event.state.name === `${at}Elapsed`) continue;
    if (at !== '') way.push(step(at, event.state.name, failed));
    at = event.state.name;
    failed = false;
  }
  await result;
  return comparable({ way, calls: script.calls, end: at, context });
}

function createScript(answers: Answer[]) {
  const calls: Run['calls'] = [];
  return {
    calls,
    next(activity: string, given: unknown): Answer {
      calls.push({ activity, given: structuredClone(given) });
      return answers[calls.length - 1] ?? { failure: 'the script has no answer left' };
    },
  };
}

function outcome(answer: Exclude<Answer, string>): unknown {
  if ('output' in answer) return answer.output;
  throw Object.assign(new Error(answer.failure), { name: 'ThrottledError' });
}

/** As JSON, which is what both engines keep; the interpreter insists on its own start time. */
function comparable(run: Run): Run {
  return JSON.parse(
    JSON.stringify(run, (key, value) => (key === 'startTime' && typeof value === 'string' ? startTime : value)),
  );
}
