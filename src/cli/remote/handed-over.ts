// A rotation that was begun here and handed over: its record here, what its execution did since, and what is left to do here
// once that has ended. The pairs rest in the vault here until then.
import { isDeepStrictEqual } from 'node:util';
import { stamp } from '../../activities/aws-time.ts';
import type { RotationRecord } from '../../engine/contract.ts';
import { executionArn, type Remote, readRemote } from '../../engine/stepfunctions.ts';
import { NoSuchEntityError, RefusedError } from '../../errors.ts';
import type { RotationContext } from '../../machine/context.ts';
import { orInterrupted } from '../interruption.ts';
import { type Session, signAsTheUserWill } from '../session.ts';
import type { Found } from './find-remote.ts';
import type { Followed } from './follow.ts';
import { machineAt } from './machine.ts';

/** One that Step Functions has now, with the record here if it was begun here. */
export interface Afar extends Found {
  handed: RotationRecord | null;
}

/** Null where the execution was never started: what was to be sent is in the record. */
export async function executionOf(session: Session, handed: RotationRecord): Promise<Found | null> {
  const { handedOver, execution } = handed;
  if (!handedOver) return null;
  await signAsTheUserWill(session, handed);
  const machine = machineAt(session, handedOver.machine);
  const arn = execution ?? executionArn(handedOver.machine, handedOver.name);
  const remote = await orInterrupted(session.io, readRemote(machine.machines, arn)).catch((error) => {
    if (error instanceof NoSuchEntityError && !execution) return null;
    throw error;
  });
  // The name may have been taken by somebody else's in between: only what was sent from here is this rotation's.
  const isOurs = execution !== undefined || isDeepStrictEqual(remote?.execution.input, handedOver.input);
  return remote && isOurs ? { machine, remote } : null;
}

export async function afar(session: Session, handed: RotationRecord): Promise<Afar> {
  const found = await executionOf(session, handed);
  if (found) return { ...found, handed };
  const { rotation } = handed;
  throw new RefusedError(`the hand-over of rotation ${rotation} was cut off before Step Functions had it`, {
    hint: `keyturn handoff ${rotation} sends exactly the same again; keyturn rollback ${rotation} goes back`,
  });
}

/** The record here as it stands with what was done there. The plan and the places stay those of here. */
export function withExecution(handed: RotationRecord, { record }: Remote): RotationRecord {
  const { plan, schema, rotation, intent, ...done } = record.context;
  const { deliverKey, ...here } = handed.context;
  const history = [...handed.history, ...record.history];
  const context = { ...here, ...done, ...(deliverKey ? { deliverKey } : {}) };
  const merged: RotationRecord = {
    ...handed,
    ...(record.execution ? { execution: record.execution } : {}),
    context: { ...context, plan: withOverrides(handed.context.plan, plan) },
    state: record.state,
    running: record.running,
    park: record.park,
    outcome: record.outcome,
    history,
  };
  if (!isLeftHere(handed, record)) return merged;
  const detail = `Step Functions is done (${record.outcome}), and the places that only this machine reaches were not given the old pair back\nhint: keyturn rollback ${rotation} does that`;
  const at = history.at(-1)?.at ?? handed.createdAt;
  return { ...merged, outcome: 'stuck', history: [...history, { at, state: record.state, event: 'failed', detail }] };
}

/** The execution is over without having rotated, and places here were given the new key. */
export function isLeftHere(handed: RotationRecord, { outcome }: RotationRecord): boolean {
  const isBack = outcome === 'rolledBack' || outcome === 'refused' || outcome === 'nothingToDo';
  return isBack && handed.context.deliverKey !== undefined;
}

/** Where claimUser there refused what this machine sent, nothing was done there: it is this machine's again. */
export function isRefusedThere({ record, execution }: Remote): boolean {
  return record.outcome === 'stuck' && record.context.claimUser === undefined && execution.input?.from === 'watch';
}

/** What is left to do here once it has ended there, under the user's lock; resolves to what to show. */
export async function settled(session: Session, handed: RotationRecord, followed: Followed): Promise<Followed> {
  const { store, vaultOf } = session;
  const { account, user } = handed.context.plan;
  const { remote, ended } = followed;
  const record = withExecution(handed, remote);
  const shown: Followed = { ...followed, remote: { ...remote, record }, ended: record.outcome ?? ended };
  const lock = await store.lockUser(account, user);
  try {
    if (record.outcome === 'rotated' || record.outcome === 'rolledBack') {
      await store.save(record);
      const vault = vaultOf(record.context.plan);
      await vault.remove(record.rotation, 'old');
      await vault.remove(record.rotation, 'new');
    } else if (remote.record.execution) {
      // One that needs a person is no longer due by itself.
      const outcome = record.outcome === null ? null : 'stuck';
      await store.save({ ...handed, execution: remote.record.execution, outcome });
    }
    return shown;
  } finally {
    await lock.release();
  }
}

/** This machine's again, to be run from here; nothing of what Step Functions did is forgotten. */
export function takenBack(session: Session, handed: RotationRecord, remote: Remote | null): RotationRecord {
  const merged = remote && !isRefusedThere(remote) ? withExecution(handed, remote) : handed;
  const { execution: _, handedOver: __, ...record } = merged;
  const { verifyOldKey: ___, restoreConsumers, removeNewKey, releaseUser, error, ...context } = record.context;
  const at = stamp({ aws: session.aws, clock: session.io.clock });
  return {
    ...record,
    engine: 'local',
    outcome: null,
    running: false,
    park: remote && !isRefusedThere(remote) ? null : handed.park,
    context: context as RotationContext,
    history: [
      ...record.history,
      { at, state: record.state, event: 'stopped', detail: 'taken back from Step Functions' },
    ],
  };
}

function withOverrides(here: RotationContext['plan'], there: RotationContext['plan']): RotationContext['plan'] {
  const known = new Set(here.overrides.map((one) => JSON.stringify(one)));
  return {
    ...here,
    overrides: [...here.overrides, ...there.overrides.filter((one) => !known.has(JSON.stringify(one)))],
  };
}
