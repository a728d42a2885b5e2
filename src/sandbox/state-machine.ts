// A state machine and its executions, as they are kept.
import type { Definition } from './states-language.ts';

export interface StoredStateMachine {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  readonly roleArn: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly revisionId: string;
  /** As given. */
  readonly text: string;
  readonly definition: Definition;
}

export interface Ending {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly at: number;
  readonly output?: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly machine: StoredStateMachine;
  /** JSON, as given. */
  readonly input: string;
  readonly startedAt: number;
  readonly events: readonly HistoryEvent[];
  /** Null as long as it runs. */
  readonly ending: Ending | null;
  /** At once: what is in flight finishes for nobody. Changes nothing where it has ended. */
  stop(error?: string, cause?: string): void;
}

export interface HistoryEvent {
  id: number;
  previousEventId: number;
  timestamp: number;
  type: string;
  [details: `${string}EventDetails`]: Record<string, unknown>;
}
