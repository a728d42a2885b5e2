// The local engine: the rotation machine as an xstate actor in this process. The record is on disk BEFORE each activity
// starts and again with its outcome, so whatever happens to this process, the next run knows where it was.
import { type AnyActorLogic, createActor, fromPromise } from 'xstate';
import type { Activities } from '../activities/contract.ts';
import { isRollingBack } from '../activities/record.ts';
import { type Clock, instant } from '../clock.ts';
import { blamed } from '../machine/blame.ts';
import {
  type ActivityName,
  activityNames,
  type ParkName,
  parkNames,
  type RotationContext,
} from '../machine/context.ts';
import { rotation as machine } from '../machine/rotation.ts';
import type { HistoryEntry, Outcome, ParkEntry, RotationRecord, SignalMessage } from './contract.ts';
import { waitForSignal, waitingSignal } from './park.ts';
import type { RecordStore } from './record-store.ts';

export interface LocalEngineDeps {
  store: RecordStore;
  clock: Clock;
  /** Activities whose own pauses end when `stop` is aborted. */
  activities(stop: AbortSignal): Activities;
}

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

export interface RunResult {
  record: RotationRecord;
  ended: Outcome | 'waiting' | 'stopped';
}

/** These say that the activity changed no key and no place. */
const changedNothing = new Set(['UnexpectedStateError', 'RecordError', 'RefusedError', 'NoDataError']);

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

async function runOnce(
  { store, clock, activities }: LocalEngineDeps,
  from: RotationRecord,
  options: RunOptions,
): Promise<{ record: RotationRecord; ended: Outcome | 'waiting' | 'stopped' | 'turnBack' }> {
  const { stop } = options;
  const { rotation } = from;
  const verbs = activities(stop);
  const leftPark = from.park;
  let given = options.given;
  let firstPark = true;
  let sent: SignalMessage | null = null;
  let interruptions = from.running
    ? addCut(from.context, activityOf(from.state), lastMoment(from))
    : from.context.interruptions;
  let record: RotationRecord = {
    ...from,
    running: false,
    park: null,
    outcome: null,
    context: {
      ...withoutError(from.context),
      interruptions,
      execution: { id: `local/${rotation}/${from.history.length}`, name: rotation, startTime: instant(clock.now()) },
    },
  };

  return new Promise((resolve, reject) => {
    const never = new Promise<never>(() => {});
    const leave = (ended: RunEnd): Promise<never> => {
      actor.stop();
      resolve({ record, ended });
      return never;
    };
    // What breaks outside an activity (a full disk) must not look like its failure: the machine would go on, unrecorded.
    const guarded = <T>(work: () => Promise<T>): Promise<T> =>
      work().catch((error) => {
        actor.stop();
        reject(error);
        return never;
      });
    const save = async (change: Partial<RotationRecord>, event?: HistoryEntry['event'], detail = '') => {
      const entry = event && { at: instant(clock.now()), state: change.state ?? record.state, event, detail };
      record = { ...record, ...change, history: entry ? [...record.history, entry] : record.history };
      await guarded(() => store.save(record));
      if (entry) options.onStep?.(entry, record);
    };

    const activity = (name: ActivityName) => async (input: RotationContext, state: string) => {
      const context = { ...input, interruptions };
      if (stop.aborted) {
        await save({ context }, 'stopped');
        return leave('stopped');
      }
      if (await turnsBack(context)) return leave('turnBack');
      await save({ context, state, running: true, park: null }, 'started');
      try {
        const output = await verbs[name](context);
        interruptions = interruptions.filter((one) => one.activity !== name);
        await save(
          { context: { ...context, interruptions, [name]: output }, running: false },
          'done',
          detailOf(output),
        );
        return output;
      } catch (error) {
        if (stop.aborted) {
          await save({}, 'stopped', 'interrupted');
          return leave('stopped');
        }
        const untouched = changedNothing.has((error as Error).name);
        interruptions = addCut(context, name, instant(clock.now()), untouched);
        const error_ = blamed(error);
        await save({ context: { ...context, interruptions, error: error_ }, running: false }, 'failed', error_.Cause);
        throw error;
      }
    };

    /** A roll back asked for from elsewhere waits for the running activity to end, and is taken here. */
    const turnsBack = async (context: RotationContext): Promise<boolean> => {
      if (isRollingBack(context)) return false;
      const message = await guarded(() => store.peekSignal(rotation));
      if (message?.signal !== 'rollBack') return false;
      await save({ context: { ...context, intent: 'rollBack' } }, 'signal', 'rollBack');
      await guarded(() => store.takeSignal(rotation));
      return true;
    };

    const park =
      (deadline: 'checkOldKeyUse' | 'checkHealth' | 'noteMissedLook') =>
      async (input: RotationContext, state: string) => {
        const context = { ...input, interruptions };
        const { until, seconds, reason } = context[deadline] ?? { until: '', seconds: 1, reason: '' };
        // A run that begins where the last one was left re-enters that wait: a signal given for it still fits, and one
        // that was recorded, but not followed before the crash, still stands.
        const again = firstPark && leftPark?.state === state;
        const entry = again ? leftPark.entry : record.parks + 1;
        const stands = again && record.answered >= entry ? context[state as ParkName] : undefined;
        firstPark = false;
        if (stands) return stands;
        const entered: ParkEntry = { state, entry, until };
        await save(
          { context, state, park: entered, parks: Math.max(record.parks, entry) },
          'waiting',
          `until ${until}: ${reason}`,
        );

        const fits = (message: SignalMessage) =>
          message.signal === 'rollBack' ||
          (message.state === state && message.entry === entry && record.answered < entry);
        const message = await answer(entered, fits, seconds);
        if (message === 'leave') return never;
        if (!message) return { signal: 'elapsed' as const };
        const output = { signal: message.signal, at: message.at };
        await save({ answered: entry, context: { ...context, [state]: output } }, 'signal', message.signal);
        if (message === sent) await guarded(() => store.takeSignal(rotation));
        return output;
      };

    const answer = async (entered: ParkEntry, accepts: (message: SignalMessage) => boolean, seconds: number) => {
      const own = given;
      given = undefined;
      if (own && accepts(own)) return own;
      sent = await guarded(() => waitingSignal(store, rotation, accepts));
      if (sent) return sent;

      const choice = options.atWait
        ? await guarded(() => (options.atWait as NonNullable<typeof options.atWait>)(entered, record))
        : 'stay';
      if (choice === 'later' || !options.wait) {
        leave('waiting');
        return 'leave' as const;
      }
      if (choice !== 'stay')
        return { signal: choice, state: entered.state, entry: entered.entry, at: instant(clock.now()) };
      try {
        sent = await waitForSignal(store, clock, { rotation, seconds, accepts, stop });
        return sent;
      } catch (error) {
        if (!stop.aborted) return guarded(() => Promise.reject(error));
        await save({}, 'stopped', 'interrupted while waiting');
        leave('stopped');
        return 'leave' as const;
      }
    };

    const actors = Object.fromEntries([
      ...activityNames.map((name) => [name, logic(activity(name))]),
      ...parkNames.map((name) => [name, logic((input, state) => park(deadlineOf(state))(input, state))]),
    ]) as Record<ActivityName | ParkName, ReturnType<typeof logic>>;
    const actor = createActor(machine.provide({ actors: actors as never }) as AnyActorLogic, { input: record.context });
    actor.subscribe({
      complete: () => {
        // An actor that is stopped completes as well, in whatever state it was left.
        const { status, value } = actor.getSnapshot() as { status: string; value: Outcome };
        if (status !== 'done') return;
        save({ state: value, outcome: value }, 'ended').then(() => resolve({ record, ended: value }), reject);
      },
      error: reject,
    });
    actor.start();
  });
}

type RunEnd = Outcome | 'waiting' | 'stopped' | 'turnBack';

/** An invoked actor's id ends in the name of the state that invoked it. */
function logic(work: (input: RotationContext, state: string) => Promise<unknown>) {
  return fromPromise<unknown, RotationContext>(({ input, self }) => work(input, self.id.split('.').at(-1) ?? ''));
}

type WrittenState = { invoke?: { src: string }[]; meta?: { deadline?: string } };

const written = machine.root.states as unknown as Record<string, WrittenState>;

/** The activity that a state runs; several states may run the same one. */
export function activityOf(state: string): ActivityName {
  return written[state]?.invoke?.[0]?.src as ActivityName;
}

function deadlineOf(state: string) {
  return written[state]?.meta?.deadline as 'checkOldKeyUse' | 'checkHealth' | 'noteMissedLook';
}

/** One entry for each activity; that it may have been done in part is not forgotten by a later try that changed nothing. */
function addCut(
  { interruptions }: RotationContext,
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

/** An error of an earlier run has been told; a new run speaks of its own. */
function withoutError({ error: _, ...context }: RotationContext): RotationContext {
  return context;
}

function detailOf(output: unknown): string {
  const { verdict, reason } = output as { verdict?: string; reason?: string };
  return [verdict, reason].filter((part) => part !== undefined).join(': ');
}
