// Running one activity: recorded as started before, with its outcome after, and never begun once a person wants to stop
// or to go back.
import type { Activities } from '../activities/contract.ts';
import { isRollingBack, settledBy } from '../activities/record.ts';
import { blamed } from '../machine/blame.ts';
import type { ActivityName, RotationContext } from '../machine/context.ts';
import { readSignal } from './park.ts';
import type { Run, Work } from './run.ts';
import { detailOf } from './written.ts';

/** These say that the activity changed no key and no place. */
const changedNothing = new Set(['UnexpectedStateError', 'RecordError', 'RefusedError', 'NoDataError']);

export function step(run: Run, verbs: Activities, name: ActivityName): Work {
  const { journal, note } = run;

  return async (input, state) => {
    const context = journal.contextFor(input);
    if (run.stop.aborted) {
      await note({ context }, 'stopped');
      return run.leave('stopped');
    }
    if (await turnsBack(run, context)) return run.leave('turnBack');

    await note({ context, state, running: true, park: null }, 'started');
    try {
      const output = await verbs[name](context);
      const interruptions = journal.settled(settledBy(name, output, context));
      const outcome = { context: { ...context, interruptions, [name]: output }, running: false };
      await note(outcome, 'done', detailOf(output), output.at);
      return output;
    } catch (error) {
      if (run.stop.aborted) {
        await note({}, 'stopped', 'interrupted');
        return run.leave('stopped');
      }
      const interruptions = journal.cutOff(name, changedNothing.has((error as Error).name));
      const blame = blamed(error);
      await note({ context: { ...context, interruptions, error: blame }, running: false }, 'failed', blame.Cause);
      throw error;
    }
  };
}

/** A roll back asked for from elsewhere waits for the running activity to end, and is taken here. */
async function turnsBack({ store, journal, note, outside }: Run, context: RotationContext): Promise<boolean> {
  if (isRollingBack(context)) return false;
  const { rotation } = journal.record;
  const message = await outside(() => readSignal(store, rotation));
  if (message?.signal !== 'rollBack') return false;
  await note({ context: { ...context, intent: 'rollBack' } }, 'signal', 'rollBack');
  await outside(() => store.takeSignal(rotation));
  return true;
}
