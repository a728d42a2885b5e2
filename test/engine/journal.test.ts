// The record of one run while it changes: what a new run takes over, what is stamped, and which tries are remembered.
import { expect, test } from 'vitest';
import { createVirtualClock } from '../../src/clock.ts';
import type { HistoryEntry, RotationRecord } from '../../src/engine/contract.ts';
import { type JournalDeps, openJournal } from '../../src/engine/journal.ts';
import type { RotationContext } from '../../src/machine/context.ts';

const left = {
  schema: 1,
  rotation: 'r-1',
  createdAt: '2026-12-06T09:00:00Z',
  state: 'createKey',
  running: false,
  park: { state: 'awaitQuiet', entry: 1, until: '' },
  outcome: 'stuck',
  history: [{ at: '2026-12-06T09:59:00Z', state: 'claimUser', event: 'done', detail: '' }],
  context: {
    rotation: 'r-1',
    plan: { user: 'alice', overrides: [] },
    interruptions: [],
    error: { Error: 'Error', Cause: 'of the last run' },
  },
} as unknown as RotationRecord;

function open(from: Partial<RotationRecord> = {}, deps: Partial<JournalDeps> = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const saved: RotationRecord[] = [];
  const told: HistoryEntry[] = [];
  const store = { save: async (record: RotationRecord) => void saved.push(record) } as unknown as JournalDeps['store'];
  const journal = openJournal({ store, clock, ...deps }, { ...left, ...from }, (entry) => void told.push(entry));
  return { clock, journal, saved, told };
}

const cut = (activity: string, at: string, untouched?: true) => ({ activity, at, ...(untouched ? { untouched } : {}) });

test('a new run has no error, no wait and no end of the last one, and says which run it is', () => {
  const { journal } = open();

  expect(journal.record).toMatchObject({ running: false, park: null, outcome: null, state: 'createKey' });
  expect(journal.record.context).toEqual({
    rotation: 'r-1',
    plan: { user: 'alice', overrides: [] },
    interruptions: [],
    execution: { id: 'local/r-1/1', name: 'r-1', startTime: '2026-12-06T10:00:00Z' },
  });
});

test.each([
  ['its last line', {}, '2026-12-06T09:59:00Z'],
  ['its beginning, where there is no line', { history: [] }, '2026-12-06T09:00:00Z'],
])('an activity that was running counts as cut off at %s', (_what, from, at) => {
  const { journal } = open({ running: true, ...from });

  expect(journal.record.context.interruptions).toEqual([cut('createKey', at)]);
});

test('S11 lines are stamped with AWS’s time, by the skew that was known before, and never before the last one', async () => {
  const { journal, told } = open({}, { skewSeconds: 60 });

  await journal.note({ state: 'claimUser' }, 'started');
  await journal.note({}, 'failed', 'x', '2026-12-06T09:58:00Z');
  await journal.note({}, 'done', '', '2026-12-06T10:30:00Z');
  await journal.note({}, 'stopped');

  expect(journal.record.history).toEqual([...left.history, ...told]);
  expect(told).toEqual([
    { at: '2026-12-06T09:59:00Z', state: 'claimUser', event: 'started', detail: '' },
    { at: '2026-12-06T09:59:00Z', state: 'claimUser', event: 'failed', detail: 'x' },
    { at: '2026-12-06T10:30:00Z', state: 'claimUser', event: 'done', detail: '' },
    { at: '2026-12-06T10:30:00Z', state: 'claimUser', event: 'stopped', detail: '' },
  ]);
});

test('S11 a run on a clock that is behind goes on from the last line of the one before', () => {
  const line = { state: 'createKey', event: 'done', detail: '' } as const;
  const history = ['2026-12-06T10:10:00Z', '2026-12-06T10:20:00Z', '2026-12-06T10:30:00Z'].map((at) => ({
    at,
    ...line,
  }));

  expect(open({ history }).journal.now()).toBe('2026-12-06T10:30:00Z');
  expect(open({ history: [] }).journal.now()).toBe('2026-12-06T10:00:00Z');
});

test('S11 the skew that the claim found is used from then on', async () => {
  const { journal } = open();
  const claimUser = { skewSeconds: -120 } as RotationContext['claimUser'];

  const before = journal.now();
  await journal.note({ context: { ...journal.record.context, claimUser } as RotationContext });

  expect([before, journal.now()]).toEqual(['2026-12-06T10:00:00Z', '2026-12-06T10:02:00Z']);
  const again = { ...left.context, claimUser } as RotationContext;
  expect(open({ context: again }).journal.now()).toBe('2026-12-06T10:02:00Z');
  const known = open({ context: again }, { skewSeconds: 0 }).journal;
  await known.note({ context: { ...known.record.context } });
  expect(known.now()).toBe('2026-12-06T10:00:00Z');
});

test('a note without an event is saved, and no line of history', async () => {
  const { journal, saved, told } = open();

  await journal.note({ parks: 2 });

  expect(saved).toEqual([journal.record]);
  expect(journal.record).toMatchObject({ parks: 2, history: left.history });
  expect(told).toEqual([]);
});

test('what was asked of AWS goes along with each note', async () => {
  const request = { at: '', action: 'iam:GetUser', id: '1', error: null };
  const { journal } = open({}, { heard: () => ({ requests: [request as never], callers: [] }) });

  await journal.note({}, 'started');

  expect(journal.record.requests).toEqual([{ ...request, line: 1 }]);
});

test('an exception is in every input from then on', () => {
  const { journal } = open();
  const input = { ...left.context, plan: { ...left.context.plan, grace: 5 } } as RotationContext;

  journal.except('proceed', 'asked');

  expect(journal.contextFor(input)).toEqual({
    ...input,
    interruptions: [],
    plan: { ...input.plan, overrides: [{ at: '2026-12-06T10:00:00Z', what: 'proceed', why: 'asked' }] },
  });
});

test('of each activity one try is remembered, and the one that may have changed something above all', async () => {
  const { clock, journal } = open();

  const untouched = journal.cutOff('createKey', true);
  await clock.sleep(1_000);
  const touched = journal.cutOff('createKey', false);
  await clock.sleep(1_000);
  const untouchedAgain = journal.cutOff('createKey', true);
  const another = journal.cutOff('deliverKey', true);
  const touchedAgain = journal.cutOff('createKey', false);
  const settled = journal.settled(['deliverKey', 'claimUser']);

  expect(untouched).toEqual([cut('createKey', '2026-12-06T10:00:00Z', true)]);
  expect(touched).toEqual([cut('createKey', '2026-12-06T10:00:01Z')]);
  expect(untouchedAgain).toEqual(touched);
  expect(another).toEqual([cut('createKey', '2026-12-06T10:00:01Z'), cut('deliverKey', '2026-12-06T10:00:02Z', true)]);
  expect(touchedAgain).toEqual([
    cut('deliverKey', '2026-12-06T10:00:02Z', true),
    cut('createKey', '2026-12-06T10:00:02Z'),
  ]);
  expect(settled).toEqual([cut('createKey', '2026-12-06T10:00:02Z')]);
  expect(journal.contextFor(left.context).interruptions).toEqual(settled);
});
