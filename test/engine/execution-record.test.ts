// A record out of an execution's history, event by event: what each event adds, and what is never believed.
import { expect, test } from 'vitest';
import type { ExecutionEvent, ExecutionFacts } from '../../src/aws/contract.ts';
import type { HistoryEntry, RotationRecord } from '../../src/engine/contract.ts';
import { readExecution } from '../../src/engine/execution-record.ts';

const arn = 'arn:aws:states:eu-west-1:123456789012:execution:keyturn:AKIAOLDOLDOLDOLD0001-1';
const facts: ExecutionFacts = {
  arn,
  machine: 'arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn',
  name: 'AKIAOLDOLDOLDOLD0001-1',
  status: 'RUNNING',
  startedAt: '2026-12-06T10:00:00.123Z',
  input: { user: 'alice' },
  error: null,
  cause: null,
};

type What<Event> = Event extends unknown ? Omit<Event, 'id' | 'at'> : never;
const entered = (state: string) => ({ what: 'entered' as const, state, data: {} });
const left = (state: string, data: object = {}) => ({ what: 'left' as const, state, data: { ...data } });
const begun = { what: 'begun' as const };
const waiting = { what: 'waiting' as const };
const failed = (error: string, cause = '') => ({ what: 'failed' as const, error, cause });

/** Each event a second and an id after the one before. */
function read(events: What<ExecutionEvent>[], of: Partial<ExecutionFacts> = {}) {
  const told: { entry: HistoryEntry; record: RotationRecord }[] = [];
  const onStep = (entry: HistoryEntry, record: RotationRecord) => void told.push({ entry, record });
  const reading = readExecution({ ...facts, ...of });
  const stamped = events.map((event, index) => ({
    ...event,
    id: index + 1,
    at: `2026-12-06T10:00:${String(index + 1).padStart(2, '0')}Z`,
  })) as ExecutionEvent[];
  reading.take(stamped, onStep);
  const lines = () => told.map(({ entry: { state, event, detail } }) => [state, event, detail].join(' ').trim());
  return { reading, told, lines, close: (end: Partial<ExecutionFacts>) => reading.close({ ...facts, ...end }, onStep) };
}

const base = {
  schema: 1,
  rotation: 'r-1',
  intent: 'forward',
  plan: { user: 'alice', overrides: [] },
  interruptions: [],
};
const claim = { at: '2026-12-06T10:00:03Z', counter: 1, resumed: false, skewSeconds: 0 };
const claimed = [
  entered('claimUser'),
  begun,
  left('claimUser', { claimUser: { ...claim, base } }),
] satisfies What<ExecutionEvent>[];
const busy = { verdict: 'busy', reason: 'used today', until: '2026-12-13T10:00:00Z', seconds: 604_800 };
/** At the end of these it waits, by the event of id 8. */
const untilQuiet = [
  ...claimed,
  entered('checkOldKeyUse'),
  begun,
  left('checkOldKeyUse', { checkOldKeyUse: busy }),
  entered('awaitQuiet'),
  begun,
  waiting,
] satisfies What<ExecutionEvent>[];

test('before anything was read it is known whose key it is about, and that nothing was done', () => {
  const { reading, told } = read([]);

  expect(reading.record).toEqual({
    schema: 1,
    rotation: 'sfn-67723b0072fff1bf9338',
    engine: 'stepfunctions',
    createdAt: '2026-12-06T10:00:00Z',
    execution: arn,
    context: {
      schema: 1,
      rotation: 'sfn-67723b0072fff1bf9338',
      intent: 'forward',
      plan: expect.objectContaining({ user: 'alice', oldKey: 'AKIAOLDOLDOLDOLD0001', account: '123456789012' }),
      interruptions: [],
    },
    state: 'begin',
    running: false,
    park: null,
    parks: 0,
    answered: 0,
    outcome: null,
    history: [],
  });
  expect([reading.begun, reading.seen, told]).toEqual([null, 0, []]);
});

test.each([
  ['the rotation that it goes on with', { rotation: 'r-7', intent: 'forward' }, 'r-7', 'forward'],
  ['a roll back', { rotation: 'r-7', intent: 'rollBack' }, 'r-7', 'rollBack'],
  ['a forward one where the intent is none', { rotation: 'r-7', intent: 'sideways' }, 'r-7', 'forward'],
  ['its own name where its input is none of ours', null, 'AKIAOLDOLDOLDOLD0001-1', 'forward'],
])('by its input an execution is about %s', (_what, input, rotation, intent) => {
  const { record } = readExecution({ ...facts, input });

  expect(record).toMatchObject({ rotation, context: { rotation, intent } });
});

test('S28 from the claim on the context is what the claim found, and knows the execution without its input', () => {
  const execution = { id: arn, name: 'AKIAOLDOLDOLDOLD0001-1', startTime: '2026-12-06T10:00:00.123Z' };
  const begin = left('begin', { execution: { ...execution, input: { user: 'mallory' } }, claimUser: { counter: 9 } });

  const before = read([entered('begin'), begin, entered('claimUser'), begun]);
  const after = read([entered('begin'), begin, ...claimed]);

  expect(before.reading.record).toMatchObject({ state: 'claimUser', running: true, context: { execution } });
  expect(before.reading.record.context.claimUser).toBeUndefined();
  expect(after.reading.record).toMatchObject({ rotation: 'r-1', state: 'claimUser', running: false });
  expect(after.reading.record.context).toEqual({ ...base, claimUser: claim, execution });
  expect(read(claimed).reading.record.context).toEqual({ ...base, claimUser: claim });
});

test('each activity is told as started and as done, by its own time where it says one', () => {
  const freeSlot = { counter: 2, removed: null };
  const { reading, told } = read([...claimed, entered('freeSlot'), begun, left('freeSlot', { freeSlot })]);

  expect(told.map(({ entry, record }) => [entry, record.running, record.rotation])).toEqual([
    [
      { at: '2026-12-06T10:00:01Z', state: 'claimUser', event: 'started', detail: '' },
      true,
      'sfn-67723b0072fff1bf9338',
    ],
    [{ at: '2026-12-06T10:00:03Z', state: 'claimUser', event: 'done', detail: '' }, false, 'r-1'],
    [{ at: '2026-12-06T10:00:04Z', state: 'freeSlot', event: 'started', detail: '' }, true, 'r-1'],
    [{ at: '2026-12-06T10:00:06Z', state: 'freeSlot', event: 'done', detail: '' }, false, 'r-1'],
  ]);
  expect(reading.record.history).toEqual(told.map(({ entry }) => entry));
  expect(reading.record.context).toEqual({ ...base, claimUser: claim, freeSlot });
  expect([reading.seen, reading.begun]).toEqual([6, null]);
});

test('an outcome’s verdict and reason are told, and stamped with its own moment', () => {
  const inspectKeys = { at: '2026-12-06T09:59:59Z', verdict: 'create', reason: 'old' };
  const { told } = read([...claimed, entered('inspectKeys'), begun, left('inspectKeys', { inspectKeys })]);

  expect(told.at(-1)?.entry).toEqual({
    at: '2026-12-06T09:59:59Z',
    state: 'inspectKeys',
    event: 'done',
    detail: 'create: old',
  });
});

test('a decision is no step, and what it carries is no outcome', () => {
  const { reading, lines } = read([
    ...claimed,
    entered('whereToGoOn'),
    left('whereToGoOn', { createKey: { counter: 9 } }),
  ]);

  expect(lines()).toEqual(['claimUser started', 'claimUser done']);
  expect(reading.record.context.createKey).toBeUndefined();
});

test('a wait says until when and why, and what an answer to it is addressed to', () => {
  const { reading, told } = read(untilQuiet);

  expect(reading.record).toMatchObject({
    state: 'awaitQuiet',
    running: false,
    park: { state: 'awaitQuiet', entry: 1, until: '2026-12-13T10:00:00Z' },
    parks: 1,
    answered: 0,
  });
  expect([reading.begun, reading.seen]).toEqual([8, 9]);
  expect(told.at(-1)?.entry).toEqual({
    at: '2026-12-06T10:00:09Z',
    state: 'awaitQuiet',
    event: 'waiting',
    detail: 'until 2026-12-13T10:00:00Z: used today',
  });
});

test('nothing waits before the wait was handed over', () => {
  const { reading, lines } = read(untilQuiet.slice(0, -1));

  expect(reading.record).toMatchObject({ state: 'awaitQuiet', running: false, park: null, parks: 1 });
  expect([reading.begun, lines().at(-1)]).toEqual([null, 'checkOldKeyUse done busy: used today']);
});

test('a wait whose deadline AWS does not show is one all the same', () => {
  const { reading, lines } = read([...claimed, entered('awaitQuiet'), begun, waiting]);

  expect(reading.record.park).toEqual({ state: 'awaitQuiet', entry: 1, until: '' });
  expect(lines().at(-1)).toBe('awaitQuiet waiting until :');
});

test('S37 an answer ends the wait, and one that ends it early is an exception to the plan', () => {
  const awaitQuiet = { signal: 'proceed', at: '2026-12-06T10:00:09Z' };
  const { reading, told } = read([...untilQuiet, left('awaitQuiet', { awaitQuiet })]);

  expect(reading.record).toMatchObject({ park: null, parks: 1, answered: 1, context: { awaitQuiet } });
  expect(reading.record.context.plan.overrides).toEqual([
    { at: '2026-12-06T10:00:10Z', what: 'proceed', why: 'keyturn proceed at awaitQuiet' },
  ]);
  expect(told.at(-1)?.entry).toEqual({
    at: '2026-12-06T10:00:10Z',
    state: 'awaitQuiet',
    event: 'signal',
    detail: 'proceed',
  });
  expect(reading.begun).toBeNull();
});

test('any other answer is no exception', () => {
  const { reading, lines } = read([...untilQuiet, left('awaitQuiet', { awaitQuiet: { signal: 'rollBack' } })]);

  expect(reading.record.context.plan.overrides).toEqual([]);
  expect(lines().at(-1)).toBe('awaitQuiet signal rollBack');
});

test('that a wait’s time passed is its answer, and no failure', () => {
  const timedOut = { Error: 'States.Timeout', Cause: '' };
  const { reading, lines } = read([
    ...untilQuiet,
    failed('States.Timeout'),
    left('awaitQuiet', { awaitQuiet: timedOut }),
    entered('awaitQuietElapsed'),
    left('awaitQuietElapsed', { awaitQuiet: { signal: 'elapsed' } }),
    entered('checkOldKeyUse'),
  ]);

  expect(reading.record).toMatchObject({ state: 'checkOldKeyUse', running: true, park: null, answered: 0 });
  expect(reading.record.context).toMatchObject({ awaitQuiet: { signal: 'elapsed' }, interruptions: [] });
  expect(reading.record.context).not.toHaveProperty('error');
  expect(lines().slice(-2)).toEqual([
    'awaitQuiet waiting until 2026-12-13T10:00:00Z: used today',
    'checkOldKeyUse started',
  ]);
});

test('S4 each wait has a number and an address of its own', () => {
  const again = untilQuiet.slice(3);
  const { reading } = read([...untilQuiet, left('awaitQuiet', { awaitQuiet: { signal: 'reactivate' } }), ...again]);

  expect(reading.record).toMatchObject({ park: { state: 'awaitQuiet', entry: 2 }, parks: 2, answered: 1 });
  expect([reading.begun, reading.seen]).toEqual([15, 16]);
});

test('a wait that could not be handed over is told with its reason, and no activity counts as cut off', () => {
  const { reading, lines } = read([...untilQuiet, failed('Lambda.Unknown', 'it broke'), entered('stuck')]);

  expect(reading.record).toMatchObject({ park: null, running: false });
  expect(reading.record.context).toMatchObject({
    error: { Error: 'Lambda.Unknown', Cause: 'it broke' },
    interruptions: [],
  });
  expect([lines().at(-1), reading.begun]).toEqual(['awaitQuiet failed it broke', null]);
});

test.each([
  ['its words', failed('RefusedError', 'iam:DeleteAccessKey is denied'), 'iam:DeleteAccessKey is denied'],
  ['its name, where it has no words', failed('States.Timeout'), 'States.Timeout'],
])('an activity that failed is told once the execution goes on elsewhere, by %s', (_what, failure, detail) => {
  const interruptions = [
    { activity: 'deleteKey', at: '2026-12-01T00:00:00Z' },
    { activity: 'deliverKey', at: '2026-12-02T00:00:00Z' },
  ];
  const claimUser = { ...claim, base: { ...base, interruptions } };
  const events = [entered('claimUser'), begun, left('claimUser', { claimUser }), entered('deleteKey'), begun, failure];

  const before = read(events);
  const after = read([...events, left('deleteKey', { deleteKey: { counter: 9 } }), entered('stuck')]);

  expect(before.lines()).toEqual(['claimUser started', 'claimUser done', 'deleteKey started']);
  const { entry, record } = after.told.at(-1) ?? {};
  expect(entry).toEqual({ at: '2026-12-06T10:00:06Z', state: 'deleteKey', event: 'failed', detail });
  expect(record).toMatchObject({ state: 'deleteKey', running: false });
  expect(record?.context.interruptions).toEqual([
    { activity: 'deliverKey', at: '2026-12-02T00:00:00Z' },
    { activity: 'deleteKey', at: '2026-12-06T10:00:06Z' },
  ]);
  expect(record?.context.error).toEqual({ Error: failure.error, Cause: failure.cause });
  expect(record?.context.deleteKey).toBeUndefined();
});

test('an activity that comes to its end after all was not cut off; what else was stays so', () => {
  const interruptions = [
    { activity: 'deleteKey', at: '2026-12-01T00:00:00Z' },
    { activity: 'deliverKey', at: '2026-12-02T00:00:00Z' },
  ];
  const claimUser = { ...claim, base: { ...base, interruptions } };
  const { reading, lines } = read([
    left('claimUser', { claimUser }),
    entered('deleteKey'),
    begun,
    failed('ThrottledError', 'slow down'),
    begun,
    left('deleteKey', { deleteKey: { counter: 3 } }),
  ]);

  expect(reading.record.context).toMatchObject({ deleteKey: { counter: 3 }, interruptions: [interruptions[1]] });
  expect(lines().slice(-2)).toEqual(['deleteKey started', 'deleteKey done']);
});

test.each([
  [
    'the state that it was in',
    { status: 'SUCCEEDED' },
    { state: 'nothingToDo', outcome: 'nothingToDo' },
    'nothingToDo ended',
  ],
  [
    'stuck, where the machine says so',
    { status: 'FAILED', error: 'Stuck', cause: 'needs a person' },
    { state: 'stuck', outcome: 'stuck' },
    'stuck ended',
  ],
  [
    'stuck in its last step, where somebody stopped it',
    { status: 'ABORTED', error: 'Stopped' },
    { state: 'claimUser', outcome: 'stuck' },
    'claimUser failed the execution was stopped',
  ],
  [
    'stuck by what AWS says of it',
    { status: 'FAILED', error: 'States.Runtime', cause: 'no such path' },
    { state: 'claimUser', outcome: 'stuck' },
    'claimUser failed the execution ended: States.Runtime: no such path',
  ],
  [
    'stuck, where AWS says nothing',
    { status: 'TIMED_OUT' },
    { state: 'claimUser', outcome: 'stuck' },
    'claimUser failed the execution ended: TIMED_OUT',
  ],
] as const)('an execution that is over ended in %s', (_what, end, record, line) => {
  const { reading, lines, told, close } = read([entered('claimUser'), begun, entered('nothingToDo')]);

  close(end);
  close(end);

  expect(reading.record).toMatchObject({ ...record, running: false, park: null });
  expect(lines()).toEqual(['claimUser started', line]);
  expect(told.at(-1)?.entry.at).toBe('2026-12-06T10:00:01Z');
});

test('one that still runs has no end', () => {
  const { reading, lines, close } = read(claimed);

  close({ status: 'RUNNING' });

  expect([reading.record.outcome, lines()]).toEqual([null, ['claimUser started', 'claimUser done']]);
});

test('one that was stopped before its first step ended at its beginning', () => {
  const { reading, close } = read([]);

  close({ status: 'ABORTED', cause: 'enough' });

  expect(reading.record.history).toEqual([
    { at: '2026-12-06T10:00:00Z', state: 'begin', event: 'failed', detail: 'the execution was stopped: enough' },
  ]);
});

test('what failed last is told before the end', () => {
  const { lines, reading, close } = read([...untilQuiet, failed('Lambda.Unknown', 'it broke')]);

  close({ status: 'FAILED', error: 'Stuck' });

  expect(lines().slice(-2)).toEqual(['awaitQuiet failed it broke', 'stuck ended']);
  expect(reading.record.context.error).toEqual({ Error: 'Lambda.Unknown', Cause: 'it broke' });
});

test('what is read without a listener is in the record all the same', () => {
  const reading = readExecution(facts);

  reading.take([{ id: 4, at: '2026-12-06T10:00:01Z', ...entered('claimUser') }]);
  reading.close({ ...facts, status: 'ABORTED' });

  expect(reading.record.history.map(({ event }) => event)).toEqual(['started', 'failed']);
  expect(reading.seen).toBe(4);
});
