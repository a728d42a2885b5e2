// The context that an activity works on, from an execution's state: the beginnings that claimUser derived, and what this
// execution itself found out since. Nothing of it can come from the input (S28).
import { RefusedError } from '../errors.ts';
import { activityNames, parkNames, type RotationContext } from '../machine/context.ts';
import type { ExecutionState } from './contract.ts';

/** Throws RefusedError on a state whose input stands where an outcome should be. */
export function contextOf(state: ExecutionState): RotationContext {
  const { execution, claimUser, error } = state;
  const outcomes = [...activityNames, ...parkNames].filter((name) => state[name] !== undefined);
  const forged = [...outcomes, 'error', 'execution'].find((name) => name in execution.input);
  if (forged) {
    throw new RefusedError(`this execution's input holds ${forged}, which is never taken from there`, {
      hint: 'nothing was changed; start it with {"user": "alice"}',
    });
  }
  if (!claimUser) throw new RefusedError('claimUser has not claimed anybody', { hint: 'nothing was changed' });

  const { base, ...claimed } = claimUser;
  const own = Object.fromEntries(outcomes.map((name) => [name, state[name]]));
  const { id, name, startTime } = execution;
  return {
    ...base,
    ...own,
    claimUser: claimed,
    execution: { id, name, startTime },
    ...(error ? { error } : {}),
  };
}
