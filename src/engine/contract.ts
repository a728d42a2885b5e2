// An engine runs rotations: it starts them, says how they stand, hands them signals, and goes on after any stop.
import type { ExecutionInput } from '../lambda/contract.ts';
import type { RotationContext, Signal } from '../machine/context.ts';

export const recordSchema = 1;

export interface HistoryEntry {
  at: string;
  state: string;
  event: 'started' | 'done' | 'failed' | 'waiting' | 'signal' | 'stopped' | 'ended' | 'override';
  detail: string;
}

/** The wait that a rotation is in. `entry` counts the parks of a rotation: a signal names the one it is meant for. */
export interface ParkEntry {
  state: string;
  entry: number;
  until: string;
}

/** The one thing kept between steps, and between runs. Written before each activity starts and again with its outcome. */
export interface RotationRecord {
  schema: typeof recordSchema;
  rotation: string;
  engine: 'local' | 'stepfunctions';
  createdAt: string;
  context: RotationContext;
  /** The state being run, waited in, or ended in. */
  state: string;
  /** Set while an activity has been started and its outcome is not yet known. */
  running: boolean;
  park: ParkEntry | null;
  /** How many parks were entered, and the last entry that a signal was taken for. */
  parks: number;
  answered: number;
  /** `rotated`, `stuck` … once a run came to an end; null while it is open and under way or waiting. */
  outcome: Outcome | null;
  /** When a person gave it up: its claim is gone, so nothing goes on with it. */
  released?: string;
  /** ARN of the execution that carries it, where Step Functions does. */
  execution?: string;
  /** What was, or was about to be, sent to hand it over from here: after a crash exactly the same is sent again. */
  handedOver?: HandOver;
  history: HistoryEntry[];
  /** What this machine asked of AWS for it, oldest first; of too many the looks are left out first. */
  requests?: RequestEntry[];
  requestsLeftOut?: number;
  /** Whom AWS knew the requests to come from, each with when that was first seen. */
  callers?: CallerEntry[];
}

/** One request, each attempt for itself. `line` is the index of the line of history that it led to. */
export interface RequestEntry {
  at: string;
  action: string;
  /** Null, like `status`, where no answer came. */
  requestId: string | null;
  status: number | null;
  line: number;
}

/** Actions of AWS that change nothing. */
export const onlyLooks = /:(?:Get|List|Describe|Head)/;

export interface CallerEntry {
  since: string;
  arn: string;
}

export interface HandOver {
  at: string;
  machine: string;
  /** Of the execution. */
  name: string;
  input: ExecutionInput;
}

export type Outcome = 'rotated' | 'nothingToDo' | 'refused' | 'rolledBack' | 'stuck';

/** What a person asks of a rotation that waits. `entry` null: for whatever it is doing (a roll back). */
export interface SignalMessage {
  signal: Signal;
  state: string | null;
  entry: number | null;
  at: string;
}
