// Definitions in Amazon States Language, checked before anything runs: whatever the interpreter would ignore or carry
// out otherwise than AWS does is refused, so that a definition never means less here than it says.
import { functionName } from './functions.ts';
import { ServiceError } from './service-error.ts';

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
}

export interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  TimeoutSecondsPath?: string;
  Retry?: Retrier[];
  Catch?: { ErrorEquals: string[]; Next: string; ResultPath?: string }[];
  Error?: string;
  ErrorPath?: string;
  Result?: unknown;
  ResultPath?: string | null;
  Next?: string;
  End?: boolean;
  Choices?: unknown[];
  Default?: string;
}

export interface Definition {
  StartAt: string;
  States: Record<string, State>;
}

export const invoke = 'arn:aws:states:::lambda:invoke';
export const invokeAndWait = `${invoke}.waitForTaskToken`;

const inAndOut = ['Type', 'Comment', 'InputPath', 'OutputPath'];
const onward = ['Next', 'End', 'Parameters', 'ResultPath'];
const fields: Record<string, readonly string[]> = {
  Pass: [...inAndOut, ...onward, 'Result'],
  Task: [
    ...[...inAndOut, ...onward, 'Resource', 'ResultSelector', 'Retry', 'Catch'],
    ...['TimeoutSeconds', 'TimeoutSecondsPath'],
  ],
  Choice: [...inAndOut, 'Choices', 'Default'],
  Succeed: inAndOut,
  Fail: ['Type', 'Comment', 'Error', 'Cause', 'ErrorPath', 'CausePath'],
};

/** Throws InvalidDefinition, naming the place. */
export function readDefinition(text: string): Definition {
  const definition = jsonIn(text) as Definition & Record<string, unknown>;
  for (const name of Object.keys(definition)) {
    if (!['Comment', 'Version', 'StartAt', 'States'].includes(name)) throw unsupported(`/${name}`);
  }
  const { StartAt, States } = definition;
  if (!isObject(States) || Object.keys(States).length === 0) throw invalid('a state machine has states', '/States');
  if (!Object.hasOwn(States, StartAt)) throw missingTarget(StartAt, '/StartAt');
  for (const [name, state] of Object.entries(States)) checkState(name, state, States);
  return definition;
}

/** How many seconds the state gives its task, for the input that it was entered with; undefined where it does not say. */
export function secondsFor({ TimeoutSeconds, TimeoutSecondsPath }: State, input: unknown): number | undefined {
  if (TimeoutSecondsPath === undefined) return TimeoutSeconds;
  const names = TimeoutSecondsPath.split('.').slice(1);
  const found = names.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), input);
  if (Number.isInteger(found) && Number(found) > 0) return Number(found);
  const cause = `The TimeoutSecondsPath parameter '${TimeoutSecondsPath}' does not give a positive integer`;
  throw Object.assign(new Error(cause), { name: 'States.Runtime', isRetryable: false, isCatchable: false });
}

function checkState(name: string, state: State, states: Definition['States']): void {
  const at = `/States/${name}`;
  const known = isObject(state) && Object.hasOwn(fields, String(state.Type)) ? fields[state.Type] : undefined;
  if (!known) throw unsupported(`${at}/Type`);
  for (const field of Object.keys(state)) if (!known.includes(field)) throw unsupported(`${at}/${field}`);
  for (const target of targets(state)) if (!Object.hasOwn(states, target)) throw missingTarget(target, at);
  if (['Pass', 'Task'].includes(state.Type) && (state.Next === undefined) === (state.End !== true)) {
    throw invalid('a state has either Next or End', at);
  }
  if (state.Type === 'Task') checkTask(at, state);
  // These it would take for no error at all, and for no result.
  if (state.Type === 'Fail' && !state.Error && !state.ErrorPath) throw unsupported(`${at}/Error`);
  if (Object.hasOwn(state, 'Result') && !state.Result) throw unsupported(`${at}/Result`);
}

function checkTask(at: string, { Resource = '', TimeoutSecondsPath, Retry = [], Catch = [] }: State): void {
  const isFunction = Resource.startsWith('arn:aws:lambda:') && functionName(Resource) !== undefined;
  if (!isFunction && ![invoke, invokeAndWait].includes(Resource)) throw unsupported(`${at}/Resource`);
  if (TimeoutSecondsPath !== undefined && !/^\$(?:\.\w+)+$/.test(TimeoutSecondsPath)) {
    throw unsupported(`${at}/TimeoutSecondsPath`);
  }
  // It would count a passed deadline among the failed tasks.
  for (const { ErrorEquals = [] } of [...Retry, ...Catch]) {
    if (ErrorEquals.includes('States.TaskFailed')) throw unsupported(`${at}/ErrorEquals`);
  }
}

function targets({ Next, Default, Catch = [], Choices = [] }: State): string[] {
  const ruled = [...Catch, ...(Choices as { Next: string }[])].map((rule) => rule.Next);
  return [Next, Default, ...ruled].filter((target) => target !== undefined);
}

function jsonIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {}
  throw invalidDefinition('INVALID_JSON_DESCRIPTION: Invalid State Machine definition');
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function missingTarget(target: string, at: string): ServiceError {
  return invalidDefinition(`MISSING_TRANSITION_TARGET: Missing 'Next' target: ${target} at ${at}`);
}

function invalid(message: string, at: string): ServiceError {
  return invalidDefinition(`SCHEMA_VALIDATION_FAILED: ${message} at ${at}`);
}

function unsupported(at: string): ServiceError {
  return invalid('the embedded AWS does not carry this out', at);
}

function invalidDefinition(reason: string): ServiceError {
  return new ServiceError('InvalidDefinition', 400, `Invalid State Machine Definition: '${reason}'`);
}
