// What a command's exit code tells its caller to do next. The one place that knows the numbers.
import type { Outcome } from '../engine/contract.ts';

export const exitCodes = { done: 0, bug: 1, usage: 2, refused: 3, rolledBack: 4, stuck: 5, interrupted: 130 } as const;

export type ShownOutcome = Outcome | 'waiting' | 'stopped' | 'planned';

export const exitCodeOf: Record<ShownOutcome, number> = {
  waiting: exitCodes.done,
  rotated: exitCodes.done,
  nothingToDo: exitCodes.done,
  planned: exitCodes.done,
  refused: exitCodes.refused,
  rolledBack: exitCodes.rolledBack,
  stuck: exitCodes.stuck,
  stopped: exitCodes.interrupted,
};

/** Errors that kept a command from starting; every other error of ours is a refusal after looking. */
const cannotStart = new Set(['UsageError', 'CredentialsError', 'RecordError', 'FileError']);

/** For an error that no rotation can be shown for. `isOurs` false: a bug. */
export function exitCodeOfError(name: string, isOurs: boolean): number {
  if (!isOurs) return exitCodes.bug;
  return cannotStart.has(name) ? exitCodes.usage : exitCodes.refused;
}
