// What comes in from outside when nobody sits at a terminal, and what is believed of it. An execution's input is untrusted:
// it may say whose key and why, and everything else is derived from AWS, the shipped policy, or the seal (S28).
import { createHash } from 'node:crypto';
import { instant, timeOf } from '../clock.ts';
import type { Intent, Outputs, Plan, RotationContext } from '../machine/context.ts';

/** All that an execution's input may hold. `{"user": "alice"}` is enough. */
export interface ExecutionInput {
  user: string;
  /** Default `forward`. */
  intent?: Intent;
  /** `watch`: only the second half, for a key that something else replaced. Needs both keys. */
  from?: Plan['from'];
  oldKey?: string;
  newKey?: string;
  /** A rotation to go on with, after *stuck* or a stopped execution, or one that the terminal hands over. */
  rotation?: string;
}

export const inputKeys = [
  'user',
  'intent',
  'from',
  'oldKey',
  'newKey',
  'rotation',
] as const satisfies (keyof ExecutionInput)[];

/** What `begin` adds, from Step Functions' context object: the one thing in the state that no input can have forged. */
export interface Execution {
  /** ARN. */
  id: string;
  name: string;
  startTime: string;
  /** The input as it was before any state ran. A name that stands here was never an activity's outcome. */
  input: Record<string, unknown>;
}

/**
 * The rotation that this execution is about: the one it goes on with, or one of its own, the same at every call and to whoever
 * only sees the execution in a list, where its start is written in another way.
 */
export function rotationOf({ id, startTime, input }: Execution): string {
  const { rotation } = input;
  if (isRotationId(rotation)) return rotation;
  const begun = instant(timeOf(startTime));
  return `sfn-${createHash('sha256').update(`${id} ${begun}`).digest('hex').slice(0, 20)}`;
}

export function isRotationId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(value);
}

/**
 * What `claimUser` returns here: its outcome, and the beginnings of the context that every other activity builds on.
 * From the seal they are what is known for sure of earlier executions, else the plan alone.
 */
export type Claimed = Outputs['claimUser'] & {
  base: Pick<RotationContext, 'schema' | 'rotation' | 'intent' | 'plan' | 'interruptions'> & Partial<Outputs>;
};

/** The state of an execution between two activities, as Step Functions passes it to the next one. */
export type ExecutionState = { execution: Execution; claimUser?: Claimed } & Omit<Partial<Outputs>, 'claimUser'> & {
    error?: RotationContext['error'];
  };

/** What a park's function is sent. The token answers the park; it is a credential and goes nowhere else. */
export interface ParkMessage {
  token: string;
  context: ExecutionState;
  state: string;
}

/** A function's environment, set by the deployment. None of it is secret. */
export interface Deployment {
  /** ARN of the topic that people are told through. */
  KEYTURN_TOPIC: string;
  /** Bucket of the records of ended rotations, of reports, and of the sweep's lists. */
  KEYTURN_BUCKET: string;
  /** Name of the parameter that stops everything when its value is not `go` (S34). */
  KEYTURN_SWITCH: string;
  /** Keys that the vault's and the seals' secrets are encrypted with, as ARNs. */
  KEYTURN_VAULT_KEY: string;
  KEYTURN_SEAL_KEY: string;
  /** ARN of the state machine; not for the activities, which it invokes itself. */
  KEYTURN_STATE_MACHINE?: string;
  /** Whether the sweep starts anything. Anything but `rotate` is `report-only`. */
  KEYTURN_MODE?: string;
  /** `deactivate`: a key that somebody else makes for a user with a password is deactivated. Anything else only tells. */
  KEYTURN_KEYS_MADE_ELSEWHERE?: string;
  /** Whose keys the sweep looks at: users below this path, by default all, and with this tag (`key=value`). */
  KEYTURN_USER_PATH?: string;
  KEYTURN_USER_TAG?: string;
}

/** Where in the bucket the record of a rotation that ended is. */
export function recordKey(user: string, rotation: string): string {
  return `records/${user}/${rotation}.json`;
}

/** The policy file, validated when it was deployed, beside each function's code. */
export const shippedPolicy = 'policy.json';

/** Parameters that the stack writes: fixed, so that whoever runs keyturn in its account and region finds them. */
export const parameterNames = {
  /** Everything stops unless its value is `go` (S34). */
  switch: '/keyturn/switch',
  machine: '/keyturn/state-machine',
  policy: '/keyturn/policy',
} as const;
