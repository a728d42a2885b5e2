// What one run of the local engine is given, and how it ends without the machine hearing of it.
import type { Clock } from '../clock.ts';
import type { RotationContext } from '../machine/context.ts';
import type { HistoryEntry, Outcome, ParkEntry, RotationRecord, SignalMessage } from './contract.ts';
import type { Journal } from './journal.ts';
import type { RecordStore } from './record-store.ts';

export interface RunOptions {
  /** Stay through the waits; else the run ends at the first one. */
  wait: boolean;
  /** Ctrl-C: the activity in hand is cut short where it only pauses, and the rotation can go on later. */
  stop: AbortSignal;
  /** A signal for the wait that the rotation was left in. */
  given?: SignalMessage;
  /** Asked at each wait, where somebody is there to answer. */
  atWait?(park: ParkEntry, record: RotationRecord): Promise<'stay' | 'later' | SignalMessage['signal']>;
  onStep?(entry: HistoryEntry, record: RotationRecord): void;
}

export type RunEnd = Outcome | 'waiting' | 'stopped' | 'turnBack';

/** What a state of the machine does: an activity, or a wait. */
export type Work = (input: RotationContext, state: string) => Promise<unknown>;

export interface Run {
  store: RecordStore;
  clock: Clock;
  stop: AbortSignal;
  journal: Journal;
  /** The journal's `note`, `outside`. */
  note: Journal['note'];
  /** Ends the run here. Never resolves: the machine stays where it is. */
  leave(ended: RunEnd): Promise<never>;
  /**
   * What breaks in `work`, such as a full disk, breaks the run: to the machine it must not look like a failed activity,
   * or it would go on, unrecorded.
   */
  outside<T>(work: () => Promise<T>): Promise<T>;
}
