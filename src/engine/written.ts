// What the machine's own states say about themselves, as they are written, and how a record words what came of them.
import type { ActivityName, OutputsWithDeadline, Override, ParkName } from '../machine/context.ts';
import { rotation } from '../machine/rotation.ts';

type WrittenState = { invoke?: { src: string }[]; meta?: { deadline?: string } };

const states = rotation.root.states as unknown as Record<string, WrittenState>;

/** The activity that a state runs; several states may run the same one. */
export function activityOf(state: string): ActivityName {
  return invokedBy(state) as ActivityName;
}

/** The activity or wait that a state invokes; undefined where it invokes none. */
export function invokedBy(state: string): ActivityName | ParkName | undefined {
  return states[state]?.invoke?.[0]?.src as ActivityName | ParkName | undefined;
}

/** The activity whose `until` ends a wait. */
export function deadlineOf(state: string): OutputsWithDeadline {
  return states[state]?.meta?.deadline as OutputsWithDeadline;
}

/** An activity's outcome in a line of history. */
export function detailOf(output: unknown): string {
  const { verdict, reason } = output as { verdict?: string; reason?: string };
  return [verdict, reason].filter((part) => part !== undefined).join(': ');
}

/** A wait that was there for safety did not come to its end, by a person's word (S37). */
export function endedEarly(state: string): Pick<Override, 'what' | 'why'> {
  return { what: state === 'awaitGrace' ? 'deleteNow' : 'proceed', why: `keyturn proceed at ${state}` };
}
