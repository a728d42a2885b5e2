// What the engine itself promises, whatever the activities do: the record comes first.
import { expect, test } from 'vitest';
import { runLocally } from '../../src/engine/local.ts';
import { FileError } from '../../src/errors.ts';
import { createWorld } from '../support/world.ts';

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
  const activities = new Proxy({} as never, {
    get: (_, name) => () => Promise.reject(new Error(`${String(name)} was run`)),
  });

  const run = runLocally({ store, clock: world.clock, activities: () => activities }, record, {
    wait: true,
    stop: new AbortController().signal,
  });

  await expect(run).rejects.toBe(full);
  expect(world.sandbox.requests).toHaveLength(before);
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
