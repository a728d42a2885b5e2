// The engine that is not here: rotations that AWS Step Functions runs, started, followed, answered and stopped from afar.
// What is known of them is read from their history each time; nothing is remembered.
import type { ExecutionFacts, StateMachines } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import { AnswerUnknownError, NoSuchEntityError, RefusedError, ThrottledError } from '../errors.ts';
import type { ExecutionInput } from '../lambda/contract.ts';
import type { Signal } from '../machine/context.ts';
import type { RotationRecord } from './contract.ts';
import { type Reading, readExecution } from './execution-record.ts';
import type { RunResult } from './local.ts';
import type { RunOptions } from './run.ts';

/** A rotation as its execution has it. */
export interface Remote {
  record: RotationRecord;
  execution: ExecutionFacts;
  /** What an answer to the present wait is addressed to; null where it does not wait. */
  begun: number | null;
  /** The id of the newest event that was read. */
  seen: number;
}

export interface FollowOptions extends Pick<RunOptions, 'wait' | 'stop' | 'onStep'> {
  /** What is told already. */
  since?: Remote | undefined;
  /** Whether the wait that `since` was in has been answered: it may be shown for a moment longer. */
  answered?: boolean | undefined;
}

const shortestPause = 2_000;
const longestPause = 30_000;
/** Looks without an answer, one after the other, before that is told. */
const patience = 10;

/** An execution's ARN; it says nothing of whether there is one. */
export function executionArn(machine: string, name: string): string {
  return `${machine.replace(':stateMachine:', ':execution:')}:${name}`;
}

/**
 * Starts an execution named `<old key id>-<attempt>`, the next attempt where earlier ones have ended (S33). Throws
 * RefusedError where one of them still runs with another input; the same again is the same execution.
 */
export async function startExecution(
  machines: StateMachines,
  machine: string,
  oldKey: string,
  input: ExecutionInput,
): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const name = `${oldKey}-${attempt}`;
    const started = await machines.start(machine, name, input);
    if (started) return started;
    const { arn, status } = await machines.describe(executionArn(machine, name));
    if (status !== 'RUNNING') continue;
    throw new RefusedError(`the key is being rotated already: execution ${name} runs`, {
      hint: `nothing was changed; keyturn status ${arn} shows it`,
    });
  }
}

/** Throws NoSuchEntityError. */
export async function readRemote(machines: StateMachines, arn: string): Promise<Remote> {
  const execution = await machines.describe(arn);
  const reading = readExecution(execution);
  reading.take(await machines.history(arn));
  reading.close(execution);
  return remoteOf(reading, execution);
}

/** Watches it to its next wait or, with `wait`, to its end; whatever happens here, it goes on there. */
export async function followExecution(
  { machines, clock }: { machines: StateMachines; clock: Clock },
  arn: string,
  { wait, stop, onStep, since, answered = false }: FollowOptions,
): Promise<RunResult & Remote> {
  let reading: Reading | null = null;
  let pause = shortestPause;
  let silence = 0;
  for (;;) {
    try {
      const execution = await machines.describe(arn);
      reading ??= readExecution(execution);
      const before = reading.seen;
      const events = await machines.history(arn, before);
      const told = since?.execution.arn === arn ? since.seen : 0;
      reading.take(events.filter(({ id }) => id <= told));
      reading.take(
        events.filter(({ id }) => id > told),
        onStep,
      );
      reading.close(execution, onStep);
      pause = reading.seen > before ? shortestPause : Math.min(pause * 2, longestPause);
      silence = 0;
      const remote = remoteOf(reading, execution);
      if (remote.record.outcome) return { ...remote, ended: remote.record.outcome };
      const isOver = answered && remote.begun === since?.begun;
      if (remote.record.park && !wait && !isOver) return { ...remote, ended: 'waiting' };
      if (stop.aborted) return { ...remote, ended: 'stopped' };
    } catch (error) {
      silence += 1;
      // One that was started just now may be shown late.
      const isLate = error instanceof NoSuchEntityError && reading === null;
      const mayPass = isLate || error instanceof AnswerUnknownError || error instanceof ThrottledError;
      if (!mayPass || silence >= patience || stop.aborted) throw error;
      pause = isLate ? shortestPause : longestPause;
    }
    await clock.sleep(pause, stop).catch((error) => {
      if (!stop.aborted) throw error;
    });
  }
}

/** Ends the wait that was read, and no other (S4). Throws RefusedError where that one is over. */
export async function answerWait(
  machines: StateMachines,
  { record: { rotation }, execution, begun }: Remote,
  answer: { signal: Signal; at: string },
): Promise<void> {
  if (begun !== null && (await machines.answer(execution.arn, begun, answer))) return;
  throw new RefusedError(`that wait of rotation ${rotation} was ended already`, {
    hint: `nothing was changed; keyturn status ${rotation} shows where it is now`,
  });
}

/** The newest execution about the same rotation: later attempts at the same key went on with it, or begin another. */
export async function newestAttempt(machines: StateMachines, remote: Remote): Promise<Remote> {
  const { machine, name } = remote.execution;
  const numbered = /(.+)-(\d+)$/.exec(name);
  if (!numbered) return remote;
  const [, key, number] = numbered;
  let newest = remote;
  for (let attempt = Number(number) + 1; ; attempt++) {
    const later = await readRemote(machines, executionArn(machine, `${key}-${attempt}`)).catch((error) => {
      if ((error as Error).name === 'NoSuchEntityError') return null;
      throw error;
    });
    if (!later) return newest;
    if (later.record.rotation === remote.record.rotation) newest = later;
  }
}

function remoteOf({ record, begun, seen }: Reading, execution: ExecutionFacts): Remote {
  return { record, execution, begun, seen };
}
