// The tasks of one execution: a function's result, or the answer that somebody gives to a token before the time is up.
// Retries wait by the sandbox's clock; of their jitter the whole pause is taken.

import { whole } from './execution-history.ts';
import { callFunction, isStopped, TaskError } from './function-task.ts';
import type { StoredStateMachine } from './state-machine.ts';
import { invoke, invokeAndWait, isObject, type Retrier, secondsFor } from './states-language.ts';
import { within } from './task-time.ts';
import type { TaskAnswer } from './task-tokens.ts';
import type { World } from './world.ts';

export interface Surroundings {
  world: World;
  machine: StoredStateMachine;
  sessionName: string;
  note(type: string, details?: Record<string, unknown>): void;
  stopped: AbortSignal;
}

export interface Tasks {
  /** The token that the next task to run is known by. */
  token(): string;
  /** The execution came to another state. */
  entered(input: unknown): void;
  run(state: string, given: unknown): Promise<unknown>;
}

interface Task {
  given: unknown;
  token: string;
  seconds: number | undefined;
  due: number | undefined;
}

export function createTasks(surroundings: Surroundings): Tasks {
  const { world, machine, stopped } = surroundings;
  let token: string | undefined;
  let input: unknown;
  let failures: string[] = [];

  return {
    token: () => {
      token ??= world.taskTokens.draw();
      return token;
    },
    entered: (given) => {
      input = given;
      failures = [];
    },
    run: async (name, given) => {
      const ofThisTask = token ?? '';
      token = undefined;
      // What the interpreter tells of itself arrives in microtasks; all of it comes before what the task adds.
      await new Promise(setImmediate);
      const state = machine.definition.States[name];
      const { Resource = '', Retry = [] } = state ?? {};
      const pause = pauseBefore(Retry, failures);
      if (pause > 0) await world.clock.sleep(pause, stopped).catch(() => {});
      if (stopped.aborted) throw isStopped();
      const seconds = state && secondsFor(state, input);
      const due = seconds === undefined ? undefined : world.clock.now() + seconds * 1000;
      const task: Task = { given, token: ofThisTask, seconds, due };
      try {
        if (Resource === invokeAndWait) return await waitForAnswer(surroundings, task);
        if (Resource === invoke) return await invokeOnly(surroundings, task);
        return await runDirectly(surroundings, task, Resource);
      } catch (error) {
        failures.push(error instanceof Error ? error.name : '');
        throw error;
      }
    },
  };
}

async function runDirectly(surroundings: Surroundings, { given, seconds, due }: Task, resource: string) {
  const { world, note, stopped } = surroundings;
  const input = JSON.stringify(given);
  note('LambdaFunctionScheduled', { resource, input, inputDetails: whole, timeoutInSeconds: seconds });
  note('LambdaFunctionStarted');
  try {
    const output = await within(callFunction(surroundings, resource, input), { clock: world.clock, due, stopped });
    note('LambdaFunctionSucceeded', { output, outputDetails: whole });
    return JSON.parse(output);
  } catch (error) {
    noteFailure(error, note, 'LambdaFunction');
    throw error;
  }
}

async function invokeOnly(surroundings: Surroundings, task: Task) {
  const { world, note, stopped } = surroundings;
  const resource = { resourceType: 'lambda', resource: 'invoke' };
  noteScheduled(surroundings, task, resource);
  try {
    const output = await within(callAndTell(surroundings, task), { clock: world.clock, due: task.due, stopped });
    note('TaskSucceeded', { ...resource, output, outputDetails: whole });
    return JSON.parse(output);
  } catch (error) {
    noteFailure(error, note, 'Task', resource);
    throw error;
  }
}

async function waitForAnswer(surroundings: Surroundings, task: Task) {
  const { world, note, stopped } = surroundings;
  const { clock, taskTokens } = world;
  const resource = { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' };
  const answered = taskTokens.wait(task.token);
  noteScheduled(surroundings, task, resource);
  try {
    // The time is counted from here, but looked at only when the function is done: a clock that leaps whenever
    // everybody sleeps would leap over it.
    const first = await within(Promise.race([callAndTell(surroundings, task), answered]), { clock, stopped });
    if (typeof first === 'string') note('TaskSubmitted', { ...resource, output: first, outputDetails: whole });
    const { output } = accepted(await within(answered, { clock, due: task.due, stopped }));
    note('TaskSucceeded', { ...resource, output, outputDetails: whole });
    return JSON.parse(output);
  } catch (error) {
    noteFailure(error, note, 'Task', resource);
    throw error;
  } finally {
    taskTokens.close(task.token);
  }
}

function accepted(answer: TaskAnswer): { output: string } {
  if ('output' in answer) return answer;
  throw new TaskError(answer.error, answer.cause);
}

/** What Lambda's Invoke answers, as Step Functions keeps it. */
async function callAndTell(surroundings: Surroundings, { given }: Task): Promise<string> {
  const { FunctionName, Payload } = isObject(given) ? given : {};
  const result = await callFunction(surroundings, String(FunctionName), JSON.stringify(Payload ?? {}));
  return JSON.stringify({ ExecutedVersion: '$LATEST', Payload: JSON.parse(result), StatusCode: 200 });
}

function noteScheduled({ machine, note }: Surroundings, { given, seconds }: Task, resource: Record<string, string>) {
  const parameters = JSON.stringify(given);
  note('TaskScheduled', { ...resource, region: machine.region, parameters, timeoutInSeconds: seconds });
  note('TaskStarted', resource);
}

function noteFailure(error: unknown, note: Surroundings['note'], kind: string, resource: Record<string, string> = {}) {
  if (!(error instanceof TaskError)) return;
  const { name, message: cause } = error;
  if (name === 'States.Timeout') note(`${kind}TimedOut`, { ...resource, error: name });
  else note(`${kind}Failed`, { ...resource, error: name, cause });
}

/** Milliseconds before the attempt that follows these failures. */
function pauseBefore(retriers: readonly Retrier[], failures: readonly string[]): number {
  const last = failures.at(-1);
  if (last === undefined) return 0;
  const retrierOf = (name: string) =>
    retriers.find(({ ErrorEquals }) => [name, 'States.ALL'].some((one) => ErrorEquals.includes(one)));
  const retrier = retrierOf(last);
  if (!retrier) return 0;
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const before = failures.filter((name) => retrierOf(name) === retrier).length - 1;
  return Math.min(IntervalSeconds * BackoffRate ** before, MaxDelaySeconds) * 1000;
}
