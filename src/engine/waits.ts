// Being in one of the machine's waits: the record says which, somebody who is there is asked, and a signal ends the wait
// that it was given for and no other (S4).
import { instant } from '../clock.ts';
import type { OutputsWithDeadline, ParkName, RotationContext } from '../machine/context.ts';
import type { ParkEntry, RotationRecord, SignalMessage } from './contract.ts';
import { waitForSignal, waitingSignal } from './park.ts';
import type { Run, RunOptions, Work } from './run.ts';
import { deadlineOf, endedEarly } from './written.ts';

type Deadline = NonNullable<RotationContext[OutputsWithDeadline]>;

/** `left` is the record as the last run left it: re-entering its wait is no new one. */
export function waits(run: Run, left: RotationRecord, options: RunOptions): Work {
  const { journal, note, outside, store } = run;
  const { rotation } = left;
  let first = true;
  let { given } = options;

  return async (input, state) => {
    const context = journal.contextFor(input);
    // The machine comes to a wait by the verdict of the activity that says how long it is.
    const { until, seconds, reason } = context[deadlineOf(state)] as Deadline;
    const again = first && left.park?.state === state ? left.park : null;
    first = false;
    const entry = again?.entry ?? journal.record.parks + 1;
    const answered = journal.record.answered >= entry;
    // A signal that was recorded, but not followed before a crash, still stands.
    const stands = again && answered ? context[state as ParkName] : undefined;
    if (stands) return stands;

    const park: ParkEntry = { state, entry, until };
    const parks = Math.max(journal.record.parks, entry);
    await note({ context, state, park, parks }, 'waiting', `until ${until}: ${reason}`);
    const { message, stored } = await answerTo(park, seconds, answered);
    if (!message) return { signal: 'elapsed' };

    const output = { signal: message.signal, at: message.at };
    if (message.signal === 'proceed') {
      const { what, why } = endedEarly(state);
      journal.except(what, why);
    }
    const told = { ...journal.contextFor(input), [state]: output };
    await note({ answered: entry, context: told }, 'signal', message.signal);
    if (stored) await outside(() => store.takeSignal(rotation));
    return output;
  };

  async function answerTo(
    park: ParkEntry,
    seconds: number,
    answered: boolean,
  ): Promise<{ message: SignalMessage | null; stored: boolean }> {
    const accepts = ({ signal, state, entry }: SignalMessage) =>
      signal === 'rollBack' || (state === park.state && entry === park.entry && !answered);
    const brought = given;
    given = undefined;
    if (brought && accepts(brought)) return { message: brought, stored: false };
    const sent = await outside(() => waitingSignal(store, rotation, accepts));
    if (sent) return { message: sent, stored: true };

    const choice = await outside(async () => (await options.atWait?.(park, journal.record)) ?? 'stay');
    if (choice === 'later' || !options.wait) return run.leave('waiting');
    if (choice !== 'stay') return { message: { ...park, signal: choice, at: instant(run.clock.now()) }, stored: false };
    return { message: await stay(seconds, accepts), stored: true };
  }

  async function stay(seconds: number, accepts: (message: SignalMessage) => boolean): Promise<SignalMessage | null> {
    const { stop, clock } = run;
    try {
      return await waitForSignal(store, clock, { rotation, seconds, accepts, stop });
    } catch (error) {
      if (!stop.aborted) return outside(() => Promise.reject(error));
      await note({}, 'stopped', 'interrupted while waiting');
      return run.leave('stopped');
    }
  }
}
