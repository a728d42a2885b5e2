// The record of one run while it changes. Whatever it says is on disk before the next thing happens, stamped by AWS's time
// as far as it is known (S11).
import { type Clock, instant } from '../clock.ts';
import type { ActivityName, Override, RotationContext } from '../machine/context.ts';
import type { HistoryEntry, RotationRecord } from './contract.ts';
import type { RecordStore } from './record-store.ts';
import { type Heard, withHeard } from './traces.ts';
import { activityOf } from './written.ts';

export interface Journal {
  readonly record: RotationRecord;
  /** An activity's input, with what the machine does not know: where earlier tries were cut off, and what a person excepted from the plan. */
  contextFor(input: RotationContext): RotationContext;
  /** AWS's time, as far as it is known; never before the last line of history. */
  now(): string;
  /** Durable when it resolves; with `event` a line of history goes along, stamped `at` where that is AWS's own. */
  note(
    change: Partial<RotationRecord>,
    event?: HistoryEntry['event'],
    detail?: string,
    at?: string | undefined,
  ): Promise<void>;
  /** A person made an exception to the plan; it is in the record with the next note, and in every input from then on. */
  except(what: Override['what'], why: string): void;
  /** The activity did not come to its end: it may have been done, wholly or in part, unless it left all `untouched`. */
  cutOff(activity: ActivityName, untouched: boolean): RotationContext['interruptions'];
  /** These came to their end, or are known not to have been done: earlier tries do not matter any more. */
  settled(activities: readonly ActivityName[]): RotationContext['interruptions'];
}

export interface JournalDeps {
  store: RecordStore;
  clock: Clock;
  /** How far this machine's clock is ahead of AWS's, where that is known before the run. */
  skewSeconds?: number | undefined;
  /** Gives what was asked of AWS since it was last called. */
  heard?: (() => Heard) | undefined;
}

/** Opens the record for a new run. An activity that the last run left half-way counts as cut off from here on. */
export function openJournal(
  { store, clock, skewSeconds, heard }: JournalDeps,
  from: RotationRecord,
  onStep: (entry: HistoryEntry, record: RotationRecord) => void = () => {},
): Journal {
  let { interruptions } = from.context;
  if (from.running) interruptions = withCut(interruptions, activityOf(from.state), lastMoment(from));
  // An error of an earlier run has been told; a new run speaks of its own.
  const { error: _, ...context } = from.context;
  const { rotation } = from;
  let { overrides } = context.plan;
  let skew = skewSeconds ?? context.claimUser?.skewSeconds ?? 0;
  let last = from.history.at(-1)?.at ?? '';
  const inOrder = (at: string) => (at < last ? last : at);
  const now = () => inOrder(instant(clock.now() - skew * 1000));
  const execution = { id: `local/${rotation}/${from.history.length}`, name: rotation, startTime: now() };
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
    contextFor: (input) => ({ ...input, interruptions, plan: { ...input.plan, overrides } }),
    now,
    note: async (change, event, detail = '', at = now()) => {
      const claimed = change.context?.claimUser;
      if (claimed && claimed !== record.context.claimUser) skew = claimed.skewSeconds;
      const entry = event && { at: inOrder(at), state: change.state ?? record.state, event, detail };
      last = entry?.at ?? last;
      if (heard) record = withHeard(record, heard());
      record = { ...record, ...change, history: entry ? [...record.history, entry] : record.history };
      await store.save(record);
      if (entry) onStep(entry, record);
    },
    except: (what, why) => {
      overrides = [...overrides, { at: now(), what, why }];
    },
    cutOff: (activity, untouched) => {
      interruptions = withCut(interruptions, activity, now(), untouched);
      return interruptions;
    },
    settled: (activities) => {
      interruptions = interruptions.filter((one) => !activities.includes(one.activity));
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
