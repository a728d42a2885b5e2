// Running one activity: what is recorded before and after it, and when it is not begun at all.
import { expect, test } from 'vitest';
import { NoDataError } from '../../src/activities/check-health.ts';
import type { Activities } from '../../src/activities/contract.ts';
import type { RotationRecord } from '../../src/engine/contract.ts';
import { step } from '../../src/engine/steps.ts';
import {
  AnswerUnknownError,
  ConsumerError,
  RecordError,
  RefusedError,
  UnexpectedStateError,
} from '../../src/errors.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { context, engineRun } from '../support/engine-run.ts';

const interruptions: RotationContext['interruptions'] = [
  { activity: 'deliverKey', at: '2026-12-05T10:00:00Z' },
  { activity: 'createKey', at: '2026-12-05T11:00:00Z' },
];

/** Runs `createKey` as this function; the records are those that were on disk when it ran. */
function arranged(createKey: (given: RotationContext) => Promise<object>, more: Partial<RotationContext> = {}) {
  const arrangement = engineRun({ context: { ...context, interruptions } });
  const ran: { given: RotationContext; record: RotationRecord }[] = [];
  const verbs = {
    createKey: async (given: RotationContext) => {
      ran.push({ given, record: await arrangement.store.load('r-1') });
      return createKey(given);
    },
  } as unknown as Activities;
  const work = step(arrangement.run, verbs, 'createKey');
  return { ...arrangement, ran, work: () => work({ ...context, ...more }, 'createKey') };
}

const created = { at: '2026-12-06T10:00:07Z', counter: 2, newKey: 'AKIANEW', createdAt: '2026-12-06T10:00:06Z' };

test('an activity is on disk as running before it runs, with the input that it is given', async () => {
  const { ran, work } = arranged(async () => created, { freeSlot: { at: '', counter: 1, removed: null } });

  await work();

  const given = { ...context, freeSlot: { at: '', counter: 1, removed: null }, interruptions };
  expect(ran).toMatchObject([{ given, record: { state: 'createKey', running: true, park: null, context: given } }]);
});

test('its outcome is on disk before the machine hears of it, stamped by AWS, and it was not cut off', async () => {
  const { run, store, work, lines } = arranged(async () => created);

  const output = await work();

  const record = await store.load('r-1');
  expect(output).toEqual(created);
  expect(record).toEqual(run.journal.record);
  expect(record).toMatchObject({ state: 'createKey', running: false });
  expect(record.context).toMatchObject({ createKey: created, interruptions: [interruptions[0]] });
  expect(record.history.map(({ at }) => at)).toEqual(['2026-12-06T10:00:00Z', '2026-12-06T10:00:07Z']);
  expect(lines).toEqual(['createKey started', 'createKey done']);
});

test('a verdict and its reason are in the line', async () => {
  const { work, lines } = arranged(async () => ({ ...created, verdict: 'accepted', reason: 'AWS accepts it' }));

  await work();

  expect(lines.at(-1)).toBe('createKey done accepted: AWS accepts it');
});

test.each([
  new UnexpectedStateError('it is gone'),
  new RecordError('it is behind'),
  new RefusedError('it is denied'),
  new NoDataError('nobody knows'),
])('an activity that failed with a $name counts as begun and untouched', async (error) => {
  const { run, work } = arranged(() => Promise.reject(error));
  run.journal.settled(['createKey']);

  await expect(work()).rejects.toBe(error);

  expect(run.journal.record.context.interruptions).toEqual([
    interruptions[0],
    { activity: 'createKey', at: '2026-12-06T10:00:00Z', untouched: true },
  ]);
});

test.each([
  new AnswerUnknownError('no answer came', { hint: 'look again' }),
  new ConsumerError('the place is full', { hint: 'look again' }),
  Object.assign(new Error('what is this'), { hint: 'look again' }),
])(
  'an activity that failed with a $name may have been done, in part, and its words are in the record',
  async (error) => {
    const { run, store, work, lines } = arranged(() => Promise.reject(error));

    await expect(work()).rejects.toBe(error);

    const Cause = `${error.message}\nhint: look again`;
    expect(run.journal.record).toMatchObject({ state: 'createKey', running: false });
    expect(run.journal.record.context).toMatchObject({
      error: { Error: error.name, Cause },
      interruptions: [interruptions[0], { activity: 'createKey', at: '2026-12-06T10:00:00Z' }],
    });
    expect(await store.load('r-1')).toEqual(run.journal.record);
    expect(lines).toEqual(['createKey started', `createKey failed ${Cause}`]);
  },
);

test('whoever stops the run before it begins no activity any more, and loses nothing that is known', async () => {
  const { run, stop, work, ran, lines } = arranged(async () => created, { intent: 'rollBack' });
  stop.abort();

  await expect(work()).rejects.toThrow('stopped');

  expect(ran).toEqual([]);
  expect(run.journal.record).toMatchObject({ running: false, context: { intent: 'rollBack', interruptions } });
  expect(lines).toEqual(['begin stopped']);
});

test('whoever stops the run while an activity pauses leaves it as running, and no failure', async () => {
  const { run, stop, work, lines } = arranged(async () => {
    stop.abort();
    throw new Error('interrupted');
  });

  await expect(work()).rejects.toThrow('stopped');

  expect(run.journal.record).toMatchObject({ state: 'createKey', running: true });
  expect(run.journal.record.context).not.toHaveProperty('error');
  expect(lines).toEqual(['createKey started', 'createKey stopped interrupted']);
});

test('S4 a roll back that was asked for is taken instead of the next activity, and is in the record first', async () => {
  const { run, store, send, work, ran, lines } = arranged(async () => created);
  await send('rollBack', { state: null, entry: null });
  const takeSignal = store.takeSignal.bind(store);
  const before: RotationRecord[] = [];
  store.takeSignal = async (rotation) => {
    before.push(await store.load(rotation));
    return takeSignal(rotation);
  };

  await expect(work()).rejects.toThrow('turnBack');

  expect(before).toMatchObject([{ context: { intent: 'rollBack', interruptions } }]);
  expect(await store.peekSignal('r-1')).toBeNull();
  expect(run.journal.record.context.intent).toBe('rollBack');
  expect([ran, lines]).toEqual([[], ['begin signal rollBack']]);
});

test.each([
  ['a rotation that is on its way back turns round no more', 'rollBack', { intent: 'rollBack' }],
  ['any other signal is left for the wait that it is meant for', 'proceed', {}],
] as const)('S4 %s', async (_what, signal, more) => {
  const { store, send, work, lines } = arranged(async () => created, more);
  await send(signal);

  await work();

  expect((await store.peekSignal('r-1'))?.signal).toBe(signal);
  expect(lines).toEqual(['createKey started', 'createKey done']);
});

test('a signal that cannot be read breaks one run, and none after it', async () => {
  const { store, send, work, ran, broken } = arranged(async () => created);
  await send('later' as never);

  const first = await work().catch((error) => error);
  const second = await work();

  expect(first).toMatchObject({ message: 'the signal for rotation r-1 is damaged', hint: 'give it again' });
  expect([broken, ran.length, second]).toEqual([[first], 1, created]);
  expect(await store.peekSignal('r-1')).toBeNull();
});

test('a record store that cannot be asked for a signal breaks the run', async () => {
  const { store, send, work, ran, broken } = arranged(async () => created);
  await send('rollBack');
  const gone = new Error('the disk is gone');
  store.takeSignal = () => Promise.reject(gone);

  await expect(work()).rejects.toBe(gone);

  expect([broken, ran]).toEqual([[gone], []]);
});
