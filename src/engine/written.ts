// What the machine's own states say about themselves, as they are written.
import type { ActivityName, OutputsWithDeadline } from '../machine/context.ts';
import { rotation } from '../machine/rotation.ts';

type WrittenState = { invoke?: { src: string }[]; meta?: { deadline?: string } };

const states = rotation.root.states as unknown as Record<string, WrittenState>;

/** The activity that a state runs; several states may run the same one. */
export function activityOf(state: string): ActivityName {
  return states[state]?.invoke?.[0]?.src as ActivityName;
}

/** The activity whose `until` ends a wait. */
export function deadlineOf(state: string): OutputsWithDeadline {
  return states[state]?.meta?.deadline as OutputsWithDeadline;
}
