// A rotation's record out of the history of the execution that carries it: the same shape as the local engine keeps, with
// AWS's own times. Only what a state left behind counts as an outcome: what stands in the input never was one (S28).
import type { ExecutionEvent, ExecutionFacts } from '../aws/contract.ts';
import { instant, timeOf } from '../clock.ts';
import { type Claimed, rotationOf } from '../lambda/contract.ts';
import { contextSchema, type ParkName, parkNames, type RotationContext, type Signal } from '../machine/context.ts';
import { type HistoryEntry, type Outcome, type RotationRecord, recordSchema } from './contract.ts';
import { unclaimedPlan } from './unclaimed-plan.ts';
import { activityOf, deadlineOf, detailOf, endedEarly, invokedBy } from './written.ts';

export interface Reading {
  readonly record: RotationRecord;
  /** The event that began the task which waits now: what an answer is addressed to. Null where nothing waits. */
  readonly begun: number | null;
  /** The id of the newest event that was read. */
  readonly seen: number;
  /** Reads on; each new line of history is told with the record as it then was. */
  take(events: readonly ExecutionEvent[], onStep?: (entry: HistoryEntry, record: RotationRecord) => void): void;
  /** How the execution ended, where it has. */
  close(facts: ExecutionFacts, onStep?: (entry: HistoryEntry, record: RotationRecord) => void): void;
}

type Failure = Pick<Extract<ExecutionEvent, { what: 'failed' }>, 'error' | 'cause' | 'at'>;

export function readExecution(facts: ExecutionFacts): Reading {
  const { arn, name, startedAt, input } = facts;
  // As claimUser will know it: a claim may be there before its answer is.
  const rotation = input ? rotationOf({ id: arn, name, startTime: startedAt, input: { ...input } }) : name;
  let record: RotationRecord = {
    schema: recordSchema,
    rotation,
    engine: 'stepfunctions',
    createdAt: instant(timeOf(startedAt)),
    execution: arn,
    context: {
      schema: contextSchema,
      rotation,
      intent: input?.intent === 'rollBack' ? 'rollBack' : 'forward',
      plan: unclaimedPlan(facts),
      interruptions: [],
    },
    state: 'begin',
    running: false,
    park: null,
    parks: 0,
    answered: 0,
    outcome: null,
    history: [],
  };
  let begun: number | null = null;
  let seen = 0;
  let failure: Failure | null = null;
  let lastEntered = 'begin';
  let tell: (entry: HistoryEntry, record: RotationRecord) => void = () => {};

  const note = (change: Partial<RotationRecord>, event: HistoryEntry['event'], at: string, detail = '') => {
    const entry = { at, state: change.state ?? record.state, event, detail };
    record = { ...record, ...change, history: [...record.history, entry] };
    tell(entry, record);
  };
  const withContext = (change: Partial<RotationContext>) => ({ context: { ...record.context, ...change } });

  /** A failure counts once nothing is tried again: when another state begins, or the execution ends. */
  const settleFailure = () => {
    const last = failure;
    failure = null;
    if (!last) return;
    const invoked = invokedBy(record.state);
    const isWait = isPark(invoked);
    // That the deadline of a wait passed is an answer.
    if (isWait && last.error === 'States.Timeout') return;
    let { interruptions } = record.context;
    if (!isWait) {
      const others = interruptions.filter(({ activity }) => activity !== invoked);
      interruptions = [...others, { activity: activityOf(record.state), at: last.at }];
    }
    const error = { Error: last.error, Cause: last.cause };
    note({ ...withContext({ interruptions, error }), running: false }, 'failed', last.at, last.cause || last.error);
  };

  const entered = (state: string, at: string) => {
    settleFailure();
    lastEntered = state;
    const invoked = invokedBy(state);
    if (!invoked) return;
    begun = null;
    if (isPark(invoked)) record = { ...record, state, running: false, park: null, parks: record.parks + 1 };
    else note({ state, running: true, park: null }, 'started', at);
  };

  const waits = (at: string) => {
    const { state, parks, context } = record;
    const { until = '', reason = '' } = context[deadlineOf(state)] ?? {};
    note({ park: { state, entry: parks, until } }, 'waiting', at, `until ${until}: ${reason}`);
  };

  const answered = (state: ParkName, output: { signal: Signal; at?: string }, at: string) => {
    const { plan } = record.context;
    const early = { at, ...endedEarly(state) };
    const overrides = output.signal === 'proceed' ? [...plan.overrides, early] : plan.overrides;
    const change = withContext({ [state]: output, plan: { ...plan, overrides } });
    begun = null;
    note({ ...change, park: null, answered: record.parks }, 'signal', at, output.signal);
  };

  const done = (state: string, output: Record<string, unknown>, at: string) => {
    const activity = activityOf(state);
    const { interruptions } = record.context;
    const change =
      activity === 'claimUser'
        ? claimed(output as unknown as Claimed, record.context)
        : withContext({
            [activity]: output,
            interruptions: interruptions.filter((one) => one.activity !== activity),
          });
    const id = change.context.rotation;
    note({ ...change, rotation: id, running: false }, 'done', String(output.at ?? at), detailOf(output));
  };

  const left = (state: string, data: Readonly<Record<string, unknown>>, at: string) => {
    const park = parkNames.find((one) => state === `${one}Elapsed`);
    if (park) record = { ...record, ...withContext({ [park]: { signal: 'elapsed' } }), park: null };
    if (state === 'begin') record = { ...record, ...withContext({ execution: executionIn(data) }) };
    const invoked = invokedBy(state);
    const output = invoked && (data[invoked] as Record<string, unknown> | undefined);
    if (failure || !output) return;
    if (isPark(invoked)) answered(invoked, output as { signal: Signal }, at);
    else done(state, output, at);
  };

  return {
    get record() {
      return record;
    },
    get begun() {
      return record.park ? begun : null;
    },
    get seen() {
      return seen;
    },
    take: (events, onStep = () => {}) => {
      tell = onStep;
      for (const event of events) {
        seen = event.id;
        if (event.what === 'entered') entered(event.state, event.at);
        if (event.what === 'left') left(event.state, event.data, event.at);
        if (event.what === 'waiting') waits(event.at);
        if (event.what === 'begun') [begun, failure] = [event.id, null];
        if (event.what === 'failed') {
          failure = event;
          record = { ...record, park: null };
        }
      }
    },
    close: ({ status, error, cause }, onStep = () => {}) => {
      if (status === 'RUNNING' || record.outcome) return;
      tell = onStep;
      settleFailure();
      const at = record.history.at(-1)?.at ?? record.createdAt;
      const over = { running: false, park: null };
      if (status === 'SUCCEEDED' || error === 'Stuck') {
        const outcome = (status === 'SUCCEEDED' ? lastEntered : 'stuck') as Outcome;
        note({ ...over, state: outcome, outcome }, 'ended', at);
        return;
      }
      const words = status === 'ABORTED' ? 'the execution was stopped' : `the execution ended: ${error ?? status}`;
      note({ ...over, outcome: 'stuck' }, 'failed', at, cause ? `${words}: ${cause}` : words);
    },
  };
}

/** From here on the context is what claimUser made it. */
function claimed({ base, ...own }: Claimed, { execution }: RotationContext): { context: RotationContext } {
  return { context: { ...base, claimUser: own, ...(execution ? { execution } : {}) } };
}

function executionIn({ execution }: Readonly<Record<string, unknown>>): NonNullable<RotationContext['execution']> {
  const { id, name, startTime } = execution as NonNullable<RotationContext['execution']>;
  return { id, name, startTime };
}

function isPark(name: string | undefined): name is ParkName {
  return (parkNames as readonly (string | undefined)[]).includes(name);
}
