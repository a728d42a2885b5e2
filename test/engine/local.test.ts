// What the engine itself promises, whatever the activities do: the record comes first.
import { expect, test } from 'vitest';
import { runLocally } from '../../src/engine/local.ts';
import { FileError } from '../../src/errors.ts';
import { createWorld, type World } from '../support/world.ts';

test('the record on disk says that an activity is running before it asks AWS for anything', async () => {
  const world = await createWorld();
  const recorded: string[] = [];
  world.sandbox.onRequest(async ({ phase, operation }) => {
    if (phase !== 'before') return;
    const { state, running } = await world.store.load('r-1');
    recorded.push(`${operation} in ${state}${running ? '' : ', not running'}`);
  });

  await world.start({}, { wait: false });

  expect(recorded).toContain('CreateAccessKey in createKey');
  expect(recorded.filter((one) => one.endsWith('not running'))).toEqual([]);
});

test('a record that cannot be written stops the run there: nothing more is asked of AWS', async () => {
  const world = await createWorld();
  const { record } = await world.start({}, { wait: false, killIn: 'createKey' });
  const before = world.sandbox.requests.length;
  const full = new FileError('no space is left on the disk', { hint: 'make room' });
  const store = { ...world.store, save: () => Promise.reject(full) };
  const ran: unknown[] = [];
  const activities = new Proxy({} as never, {
    get: (_, name) => async () => void ran.push(name),
  });

  const run = runLocally({ store, clock: world.clock, activities: () => activities }, record, {
    wait: true,
    stop: new AbortController().signal,
  });

  await expect(run).rejects.toBe(full);
  expect(ran).toEqual([]);
  expect(world.sandbox.requests).toHaveLength(before);
});

test('the end is in the record on disk before the run says it', async () => {
  const world = await createWorld();

  const { ended, record } = await world.start();

  expect(ended).toBe('rotated');
  expect(record).toMatchObject({ state: 'rotated', outcome: 'rotated', running: false, park: null });
  expect(record.history.at(-1)).toMatchObject({ state: 'rotated', event: 'ended', detail: '' });
  expect(await world.store.load('r-1')).toEqual(record);
});

test('an end that cannot be written is none', async () => {
  const world = await createWorld();
  const full = new FileError('no space is left on the disk', { hint: 'make room' });
  world.store.save = (
    (save) => (record) =>
      record.outcome ? Promise.reject(full) : save(record)
  )(world.store.save);

  await expect(world.start({}, { intent: 'rollBack' })).rejects.toBe(full);
});

test('a run that was told to stop before it began changes nothing, and says so', async () => {
  const world = await createWorld();

  const { ended, record } = await world.start({}, { stop: AbortSignal.abort() });

  expect(ended).toBe('stopped');
  expect(record.history.map(({ state, event }) => [state, event])).toEqual([['begin', 'stopped']]);
  expect(world.left()).toEqual({ keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } });
});

test('the context that the record keeps is the one that the machine had, at every step', async () => {
  const world = await createWorld();
  const steps: [string, string[]][] = [];

  await world.start(
    {},
    { wait: false, onStep: (entry, { context }) => steps.push([entry.event, Object.keys(context)]) },
  );

  const done = steps.filter(([event]) => event === 'done').map(([, names]) => names.at(-1));
  expect(done).toEqual([
    'claimUser',
    'inspectKeys',
    'preflightConsumers',
    'freeSlot',
    'createKey',
    'verifyNewKey',
    'deliverKey',
    'checkOldKeyUse',
  ]);
});

/** Does this right before the first request of that name is answered. */
function before(world: World, operation: string, act: () => unknown): void {
  let done = false;
  world.sandbox.onRequest(async (event) => {
    if (done || event.phase !== 'before' || event.operation !== operation) return;
    done = true;
    await act();
  });
}

test('S4 a roll back that is asked for while an activity runs is taken when that has ended', async () => {
  const world = await createWorld();
  const at = '2026-12-06T10:00:00Z';
  before(world, 'CreateAccessKey', () => world.store.signal('r-1', { signal: 'rollBack', state: 'x', entry: 0, at }));

  const { ended, record } = await world.start();

  expect(ended).toBe('rolledBack');
  expect(record.history.map(({ state, event, detail }) => `${state} ${event} ${detail}`)).toContain(
    'createKey signal rollBack',
  );
  expect(record.context.intent).toBe('rollBack');
  expect(await world.store.peekSignal('r-1')).toBeNull();
  expect(world.left()).toEqual({ keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } });
});

test('an activity that a person interrupts counts as running, and the next run goes on', async () => {
  const world = await createWorld();
  const stop = new AbortController();
  world.sandbox.onRequest(async () => {
    if ((await world.store.load('r-1')).state === 'verifyNewKey') stop.abort();
  });

  const { ended, record } = await world.start({}, { stop: stop.signal });

  expect(ended).toBe('stopped');
  expect(record).toMatchObject({ state: 'verifyNewKey', running: true });
  expect(record.history.at(-1)).toMatchObject({ state: 'verifyNewKey', event: 'stopped', detail: 'interrupted' });
  expect((await world.resume()).ended).toBe('rotated');
});

test('an activity that fails is in the record with its words, and as cut off', async () => {
  const world = await createWorld();
  world.sandbox.fault({ operation: 'CreateAccessKey', call: 'every', kind: 'accessDenied' });
  const failures: unknown[] = [];

  const { ended } = await world.start(
    {},
    {
      onStep: (entry, { running, context }) =>
        entry.event === 'failed' && failures.push({ ...entry, running, context }),
    },
  );

  const Cause = expect.stringMatching(/^iam:CreateAccessKey is denied.*\nhint: allow iam:CreateAccessKey/s);
  expect(ended).toBe('refused');
  expect(failures).toEqual([
    {
      at: expect.stringMatching(/^2026-12-06T10:00:/),
      state: 'createKey',
      event: 'failed',
      detail: Cause,
      running: false,
      context: expect.objectContaining({
        error: { Error: 'RefusedError', Cause },
        interruptions: [{ activity: 'createKey', at: expect.stringMatching(/^2026-12-06T10:00:/), untouched: true }],
      }),
    },
  ]);
});

test('S4 a signal that was sent ends the wait that it was given for, and is taken once it is recorded', async () => {
  const world = await createWorld();
  await world.start({}, { wait: false });
  await world.store.signal('r-1', { signal: 'proceed', state: 'awaitQuiet', entry: 1, at: '2026-12-06T10:00:30Z' });

  const { ended, record } = await world.resume({ wait: false });

  expect(ended).toBe('waiting');
  expect(record).toMatchObject({ state: 'awaitGrace', park: { state: 'awaitGrace', entry: 2 }, answered: 1 });
  expect(record.context.awaitQuiet).toEqual({ signal: 'proceed', at: '2026-12-06T10:00:30Z' });
  expect(record.context.plan.overrides).toMatchObject([{ what: 'proceed', why: 'keyturn proceed at awaitQuiet' }]);
  expect(await world.store.peekSignal('r-1')).toBeNull();
});

test('S37 a wait that ends in a roll back is no exception to the plan', async () => {
  const world = await createWorld();

  const { record } = await world.start({}, { answers: { awaitGrace: ['rollBack'] } });

  expect(record.context.plan.overrides).toEqual([]);
  expect(record.history.filter(({ event }) => event === 'signal')).toMatchObject([
    { state: 'awaitGrace', event: 'signal', detail: 'rollBack' },
  ]);
});
