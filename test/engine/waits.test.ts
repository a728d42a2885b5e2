// Being in a wait: what the record says of it, who may end it and how, and what is left for whoever comes later.
import { expect, test } from 'vitest';
import type { RotationRecord, SignalMessage } from '../../src/engine/contract.ts';
import type { RunOptions } from '../../src/engine/run.ts';
import { waits } from '../../src/engine/waits.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { context, engineRun } from '../support/engine-run.ts';

const hour = 3_600;
const judged = { at: '2026-12-06T10:00:00Z', verdict: 'busy', until: '2026-12-06T11:00:00Z', seconds: hour };
const input = {
  ...context,
  checkOldKeyUse: { ...judged, reason: 'used today' },
  checkHealth: { ...judged, reason: 'nobody missed it', until: '2026-12-08T10:00:00Z', seconds: 48 * hour },
} as unknown as RotationContext;
const at = '2026-12-06T09:58:00Z';
const message = (signal: SignalMessage['signal'], state = 'awaitQuiet', entry = 1) => ({ signal, state, entry, at });
const left = (state: string, entry: number, more: Partial<RotationRecord> = {}) => ({
  park: { state, entry, until: '2026-12-06T11:00:00Z' },
  parks: entry,
  ...more,
});

function arranged(from: Partial<RotationRecord> = {}, options: Partial<RunOptions> = {}) {
  const arrangement = engineRun(from);
  const { run, record, stop } = arrangement;
  const work = waits(run, record, { wait: true, stop: stop.signal, ...options });
  return { ...arrangement, wait: (state = 'awaitQuiet') => work(input, state) };
}

test('a wait is in the record, with its number, its deadline and its reason, before anybody waits', async () => {
  const { run, store, wait, lines } = arranged({ parks: 3 }, { wait: false });

  await expect(wait()).rejects.toThrow('waiting');

  expect(await store.load('r-1')).toEqual(run.journal.record);
  expect(run.journal.record).toMatchObject({
    state: 'awaitQuiet',
    park: { state: 'awaitQuiet', entry: 4, until: '2026-12-06T11:00:00Z' },
    parks: 4,
    answered: 0,
    context: { checkOldKeyUse: { verdict: 'busy' } },
  });
  expect(lines).toEqual(['awaitQuiet waiting until 2026-12-06T11:00:00Z: used today']);
});

test('a wait that is stayed through ends when its time is over, and that is no signal', async () => {
  const { run, clock, wait, lines } = arranged();

  expect(await wait()).toEqual({ signal: 'elapsed' });

  expect(clock.monotonic()).toBe(hour * 1000);
  expect(run.journal.record).toMatchObject({ answered: 0, park: { entry: 1 } });
  expect(lines).toEqual(['awaitQuiet waiting until 2026-12-06T11:00:00Z: used today']);
});

test('to come back to the wait that one was in is no new one; every later one is', async () => {
  const { run, wait } = arranged(left('awaitQuiet', 2, { parks: 5 }));
  const park = () => [run.journal.record.park?.entry, run.journal.record.parks];

  await wait();
  const same = park();
  await wait();

  expect(same).toEqual([2, 5]);
  expect(park()).toEqual([6, 6]);
});

test('to come to another wait than the one that was left is a new one, and so is that one later on', async () => {
  const { run, wait } = arranged(left('awaitQuiet', 2));

  await wait('awaitGrace');
  const other = run.journal.record.park;
  await wait('awaitQuiet');

  expect(other).toEqual({ state: 'awaitGrace', entry: 3, until: '2026-12-08T10:00:00Z' });
  expect(run.journal.record.park).toMatchObject({ state: 'awaitQuiet', entry: 4 });
});

test('a signal that was recorded before a crash still stands, and nothing is noted twice', async () => {
  const answer = { signal: 'reactivate' as const, at };
  const from = left('awaitGrace', 2, { answered: 2, context: { ...context, awaitGrace: answer } });
  const { run, record, lines, stop } = engineRun(from);

  const output = await waits(run, record, { wait: false, stop: stop.signal })(
    { ...input, awaitGrace: answer },
    'awaitGrace',
  );

  expect([output, lines]).toEqual([answer, []]);
});

test('an answer to an earlier wait is none to this one', async () => {
  const { run, record, lines, stop } = engineRun(left('awaitQuiet', 2, { answered: 1 }));

  const output = await waits(run, record, { wait: true, stop: stop.signal })(
    { ...input, awaitQuiet: { signal: 'proceed' } },
    'awaitQuiet',
  );

  expect([output, lines.length]).toEqual([{ signal: 'elapsed' }, 1]);
});

test('an answered wait that is come to anew begins anew', async () => {
  const { run, record, lines, stop } = engineRun({ parks: 1, answered: 2 });

  const output = await waits(run, record, { wait: true, stop: stop.signal })(
    { ...input, awaitQuiet: { signal: 'proceed' } },
    'awaitQuiet',
  );

  expect([output, lines.length]).toEqual([{ signal: 'elapsed' }, 1]);
});

test('S4 a wait that was answered takes no second answer but a roll back', async () => {
  const { store, send, wait } = arranged(left('awaitQuiet', 1, { answered: 1 }), { given: message('proceed') });
  await send('proceed');

  const output = await wait();

  expect([output, await store.peekSignal('r-1')]).toEqual([{ signal: 'elapsed' }, null]);
});

test.each([
  ['the wait that it was given for', message('reactivate', 'awaitQuiet', 2), { signal: 'reactivate', at }],
  ['any wait, where it is a roll back', message('rollBack', 'createKey', 0), { signal: 'rollBack', at }],
  ['no wait of another number', message('reactivate', 'awaitQuiet', 1), { signal: 'elapsed' }],
  ['no wait of another name', message('reactivate', 'awaitGrace', 2), { signal: 'elapsed' }],
])('S4 a signal ends %s, brought or sent', async (_what, given, output) => {
  const brought = arranged(left('awaitQuiet', 2), { given });
  const sent = arranged(left('awaitQuiet', 2));
  await sent.store.signal('r-1', given);

  expect([await brought.wait(), await sent.wait()]).toEqual([output, output]);

  const told = output.signal === 'elapsed' ? [] : [`awaitQuiet signal ${output.signal}`];
  expect([brought.lines.slice(1), sent.lines.slice(1)]).toEqual([told, told]);
  expect(await sent.store.peekSignal('r-1')).toBeNull();
});

test('a signal that was brought answers one wait, and what somebody else sent stays for the next', async () => {
  const { run, store, send, wait } = arranged(left('awaitQuiet', 1), { given: message('reactivate') });
  await send('rollBack', { state: null, entry: null });

  const first = await wait();
  const sent = await store.peekSignal('r-1');
  const second = await wait();

  expect([first, sent?.signal]).toEqual([{ signal: 'reactivate', at }, 'rollBack']);
  expect(second).toEqual({ signal: 'rollBack', at: '2026-12-06T09:59:59Z' });
  expect(run.journal.record).toMatchObject({ answered: 2, context: { awaitQuiet: { signal: 'rollBack' } } });
});

test('S37 an answer is in the record with the exception that it makes, and in every input, though nobody stays', async () => {
  const { run, store, send, wait, lines } = arranged({}, { wait: false });
  await send('proceed');
  const overrides = [{ at: '2026-12-06T10:00:00Z', what: 'proceed', why: 'keyturn proceed at awaitQuiet' }];

  await wait();

  expect(await store.load('r-1')).toMatchObject({
    answered: 1,
    context: { awaitQuiet: { signal: 'proceed', at: '2026-12-06T09:59:59Z' }, plan: { overrides } },
  });
  expect(run.journal.contextFor(context).plan.overrides).toEqual(overrides);
  expect(lines[1]).toBe('awaitQuiet signal proceed');
});

test.each(['reactivate', 'rollBack'] as const)('S37 %s is no exception', async (signal) => {
  const { run, send, wait } = arranged();
  await send(signal);

  await wait();

  expect(run.journal.contextFor(context).plan.overrides).toEqual([]);
});

test('whoever is there is asked with the record as it is, and what they say is stamped with now', async () => {
  const asked: unknown[] = [];
  const atWait: RunOptions['atWait'] = async (park, record) => {
    asked.push(park, record);
    return 'reactivate';
  };
  const { run, wait } = arranged({}, { atWait });

  const output = await wait('awaitGrace');

  expect(output).toEqual({ signal: 'reactivate', at: '2026-12-06T10:00:00Z' });
  expect(asked).toMatchObject([
    { state: 'awaitGrace', entry: 1, until: '2026-12-08T10:00:00Z' },
    { state: 'awaitGrace', parks: 1, answered: 0 },
  ]);
  expect(run.journal.record.answered).toBe(1);
});

test('what somebody else sends while a person answers is not lost', async () => {
  const arrangement = arranged(
    {},
    { atWait: () => send('rollBack', { state: null, entry: null }).then(() => 'reactivate') },
  );
  const { store, send, wait } = arrangement;

  await wait();

  expect((await store.peekSignal('r-1'))?.signal).toBe('rollBack');
});

test.each([
  ['later', true],
  ['stay', false],
] as const)('the run ends in the wait where a person says %s and staying is %s', async (choice, stays) => {
  const { wait, clock, lines } = arranged({}, { wait: stays, atWait: async () => choice });

  await expect(wait()).rejects.toThrow('waiting');

  expect([clock.monotonic(), lines.length]).toEqual([0, 1]);
});

test('a person may stay, and is not asked again', async () => {
  const asked: string[] = [];
  const atWait: RunOptions['atWait'] = async ({ state }) => {
    asked.push(state);
    return 'stay';
  };
  const { wait } = arranged({}, { atWait });

  expect([await wait(), asked]).toEqual([{ signal: 'elapsed' }, ['awaitQuiet']]);
});

test('a signal that arrives during the wait is taken once it is recorded', async () => {
  const { run, clock, store, send, wait } = arranged();
  clock.sleep = () => send('reactivate');

  const output = await wait();

  expect(output).toEqual({ signal: 'reactivate', at: '2026-12-06T09:59:59Z' });
  expect(run.journal.record).toMatchObject({ answered: 1, context: { awaitQuiet: output } });
  expect(await store.peekSignal('r-1')).toBeNull();
});

test('whoever stops the run leaves the wait as it is', async () => {
  const { run, clock, stop, wait, lines, broken } = arranged();
  clock.sleep = async (_ms, signal) => {
    stop.abort();
    signal?.throwIfAborted();
  };

  await expect(wait()).rejects.toThrow('stopped');

  expect(run.journal.record.park).toMatchObject({ state: 'awaitQuiet', entry: 1 });
  expect([lines.slice(1), broken]).toEqual([['awaitQuiet stopped interrupted while waiting'], []]);
});

test('what breaks during the wait breaks the run, and is no answer', async () => {
  const { clock, wait, lines, broken } = arranged();
  const gone = new Error('the disk is gone');
  clock.sleep = () => Promise.reject(gone);

  await expect(wait()).rejects.toBe(gone);

  expect([broken, lines.length]).toEqual([[gone], 1]);
});

test('the record store breaks the run as well', async () => {
  const { store, wait, broken } = arranged();
  const gone = new Error('the disk is gone');
  store.peekSignal = () => Promise.reject(gone);
  store.takeSignal = () => Promise.reject(gone);

  await expect(wait()).rejects.toBe(gone);

  expect(broken).toEqual([gone]);
});
