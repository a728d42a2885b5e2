// The record of one run while it changes. Whatever it says is on disk before the next thing happens.
import { type Clock, instant } from '../clock.ts';
import type { ActivityName, RotationContext } from '../machine/context.ts';
import type { HistoryEntry, RotationRecord } from './contract.ts';
import type { RecordStore } from './record-store.ts';
import { activityOf } from './written.ts';

export interface Journal {
  readonly record: RotationRecord;
  /** An activity's input, with what the machine does not know: where earlier tries were cut off. */
  contextFor(input: RotationContext): RotationContext;
  /** Durable when it resolves; with `event` a line of history goes along. */
  note(change: Partial<RotationRecord>, event?: HistoryEntry['event'], detail?: string): Promise<void>;
  /** The activity did not come to its end: it may have been done, wholly or in part, unless it left all `untouched`. */
  cutOff(activity: ActivityName, untouched: boolean): RotationContext['interruptions'];
  /** The activity came to its end: earlier tries do not matter any more. */
  settled(activity: ActivityName): RotationContext['interruptions'];
}

/** Opens the record for a new run. An activity that the last run left half-way counts as cut off from here on. */
export function openJournal(
  store: RecordStore,
  clock: Clock,
  from: RotationRecord,
  onStep: (entry: HistoryEntry, record: RotationRecord) => void = () => {},
): Journal {
  let { interruptions } = from.context;
  if (from.running) interruptions = withCut(interruptions, activityOf(from.state), lastMoment(from));
  // An error of an earlier run has been told; a new run speaks of its own.
  const { error: _, ...context } = from.context;
  const { rotation } = from;
  const execution = {
    id: `local/${rotation}/${from.history.length}`,
    name: rotation,
    startTime: instant(clock.now()),
  };
  let record: RotationRecord = {
    ...from,
    running: false,
    park: null,
    outcome: null,
    context: { ...context, interruptions, execution },
  };

  return {
    get record() {
      return record;
    },
    contextFor: (input) => ({ ...input, interruptions }),
    note: async (change, event, detail = '') => {
      const entry = event && { at: instant(clock.now()), state: change.state ?? record.state, event, detail };
      record = { ...record, ...change, history: entry ? [...record.history, entry] : record.history };
      await store.save(record);
      if (entry) onStep(entry, record);
    },
    cutOff: (activity, untouched) => {
      interruptions = withCut(interruptions, activity, instant(clock.now()), untouched);
      return interruptions;
    },
    settled: (activity) => {
      interruptions = interruptions.filter((one) => one.activity !== activity);
      return interruptions;
    },
  };
}

/** One entry for each activity; that it may have been done in part is not forgotten by a later try that changed nothing. */
function withCut(
  interruptions: RotationContext['interruptions'],
  activity: ActivityName,
  at: string,
  untouched = false,
): RotationContext['interruptions'] {
  const before = interruptions.find((one) => one.activity === activity);
  if (untouched && before && !before.untouched) return interruptions;
  const others = interruptions.filter((one) => one !== before);
  return [...others, { activity, at, ...(untouched ? { untouched } : {}) }];
}

function lastMoment(record: RotationRecord): string {
  return record.history.at(-1)?.at ?? record.createdAt;
}
