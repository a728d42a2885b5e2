// What each function of the state machine may reach besides the IAM calls that its activity declares. The deployment makes
// a role of each line, and nothing else may be allowed (S28, S31, S32).
import type { ActivityName, ParkName } from '../machine/context.ts';

export interface Needs {
  /** The pairs of a rotation: to use them; or, without being able to read them, to throw them away at the end. */
  vault?: 'use' | 'discard';
  /** To read it; also to make it, or to throw it away. */
  seal?: 'read' | 'write' | 'discard';
  /** The places that the plan names. `look`: what they hold; `change`: that and to write them. */
  places?: 'look' | 'change';
  /** The alarms that the plan names as probes. */
  probes?: true;
  /** The kill switch. */
  halt?: true;
  /** To tell people. `mustBeHeard`: it also makes sure that somebody is listening. */
  notify?: true | 'mustBeHeard';
  /** To keep the record of a rotation that ended. */
  record?: true;
  /** Executions of the state machine: to start them, or to look at them. */
  executions?: 'start' | 'look';
  /** To find out what this user may do, and which secrets are tagged as theirs. */
  plan?: true;
}

export const needs: Readonly<Record<ActivityName | ParkName, Needs>> = {
  claimUser: { seal: 'write', notify: 'mustBeHeard', halt: true, plan: true },
  inspectKeys: {},
  preflightConsumers: { vault: 'use', places: 'change' },
  freeSlot: { halt: true, notify: true },
  createKey: { vault: 'use', seal: 'write', halt: true },
  verifyNewKey: { vault: 'use' },
  deliverKey: { vault: 'use', seal: 'read', places: 'change', halt: true },
  checkOldKeyUse: { places: 'look', probes: true, halt: true },
  deactivateKey: { seal: 'read', places: 'look', probes: true, halt: true, notify: true },
  checkHealth: { places: 'look', probes: true, halt: true },
  noteMissedLook: {},
  deleteKey: { seal: 'read', places: 'look', halt: true, notify: true },
  reactivateKey: { notify: true },
  verifyOldKey: { vault: 'use', seal: 'read' },
  restoreConsumers: { vault: 'use', seal: 'read', places: 'change' },
  removeNewKey: { vault: 'use', seal: 'read' },
  releaseUser: { vault: 'discard', seal: 'discard', notify: true, record: true },
  awaitQuiet: { notify: true },
  awaitGrace: { notify: true },
  awaitNextLook: { notify: true },
};

/** The function that a state invokes lives in this file of `src/lambda/`, and exports `handler`. */
export function entryOf(name: ActivityName | ParkName): string {
  return `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
}
