// The local engine: the rotation machine as an xstate actor in this process. The record is on disk BEFORE each activity
// starts and again with its outcome, so whatever happens to this process, the next run knows where it was.
import { type AnyActorLogic, createActor, fromPromise } from 'xstate';
import type { Activities } from '../activities/contract.ts';
import { activityNames, parkNames, type RotationContext } from '../machine/context.ts';
import { rotation as machine } from '../machine/rotation.ts';
import type { Outcome, RotationRecord } from './contract.ts';
import { type JournalDeps, openJournal } from './journal.ts';
import type { Run, RunEnd, RunOptions, Work } from './run.ts';
import { step } from './steps.ts';
import { waits } from './waits.ts';

export type { RunOptions } from './run.ts';

export interface LocalEngineDeps extends JournalDeps {
  /** Activities whose own pauses end when `stop` is aborted. */
  activities(stop: AbortSignal): Activities;
}

export interface RunResult {
  record: RotationRecord;
  ended: Outcome | 'waiting' | 'stopped';
}

/** Runs a rotation from its record, new or not, through `begin`. The caller holds the user's lock. */
export async function runLocally(
  deps: LocalEngineDeps,
  record: RotationRecord,
  options: RunOptions,
): Promise<RunResult> {
  let next = record;
  for (;;) {
    const result = await runOnce(deps, next, options);
    if (result.ended !== 'turnBack') return { record: result.record, ended: result.ended };
    next = { ...result.record, context: { ...result.record.context, intent: 'rollBack' } };
  }
}

function runOnce(
  deps: LocalEngineDeps,
  from: RotationRecord,
  options: RunOptions,
): Promise<{ record: RotationRecord; ended: RunEnd }> {
  const { store, clock, activities } = deps;
  const { stop, onStep } = options;
  const journal = openJournal(deps, from, onStep);

  return new Promise((resolve, reject) => {
    // What the machine waits for where the run ends without it: it goes nowhere from there, and holds nothing.
    const never = new Promise<never>(() => {});
    const outside: Run['outside'] = (work) =>
      work().catch((error) => {
        reject(error);
        return never;
      });
    const leave = (ended: RunEnd) => {
      resolve({ record: journal.record, ended });
      return never;
    };
    const note: Run['note'] = (...given) => outside(() => journal.note(...given));
    const run: Run = { store, clock, stop, journal, note, leave, outside };

    const verbs = activities(stop);
    const wait = waits(run, from, options);
    const actors = Object.fromEntries([
      ...activityNames.map((name) => [name, logic(step(run, verbs, name))]),
      ...parkNames.map((name) => [name, logic(wait)]),
    ]);
    const provided = machine.provide({ actors: actors as never }) as AnyActorLogic;
    const actor = createActor(provided, { input: journal.record.context });
    actor.subscribe({
      complete: () => {
        const { value } = actor.getSnapshot() as { value: Outcome };
        const ended = () => resolve({ record: journal.record, ended: value });
        journal.note({ state: value, outcome: value }, 'ended').then(ended, reject);
      },
      error: reject,
    });
    actor.start();
  });
}

/** An invoked actor's id ends in the name of the state that invoked it. */
function logic(work: Work) {
  return fromPromise<unknown, RotationContext>(({ input, self }) =>
    work(input, self.id.slice(self.id.lastIndexOf('.') + 1)),
  );
}
