// Killed right before each change that outlasts the process, in AWS, in the vault, in a place or in the record: whatever
// comes next starts from there, and ends as if nothing had happened.
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RotationRecord } from '../../src/engine/contract.ts';
import { createWorld, hour, type StartOptions, type World, type WorldOptions } from '../support/world.ts';

const short = { quietFor: hour, grace: hour };

/** Without the record of a start: what it leaves behind is the same as before it. */
const forward = [
  'claimUser tagUser',
  'claimUser save done',
  'inspectKeys save done',
  'preflightConsumers put',
  'preflightConsumers save done',
  'freeSlot save done',
  'createKey tagUser',
  'createKey createKey',
  'createKey put',
  'createKey save done',
  'verifyNewKey save done',
  'deliverKey tagUser',
  'deliverKey write',
  'deliverKey write',
  'deliverKey save done',
  'checkOldKeyUse save done',
  'awaitQuiet save waiting',
  'checkOldKeyUse save done',
  'deactivateKey tagUser',
  'deactivateKey setKeyStatus',
  'deactivateKey save done',
  'checkHealth save done',
  'awaitGrace save waiting',
  'checkHealth save done',
  'deleteKey tagUser',
  'deleteKey deleteKey',
  'deleteKey save done',
  'releaseUser untagUser',
  'releaseUser remove',
  'releaseUser remove',
  'releaseUser save done',
  'rotated save ended',
];

const back = [
  'awaitGrace save signal',
  'reactivateToRollBack setKeyStatus',
  'reactivateToRollBack tagUser',
  'reactivateToRollBack save done',
  'verifyOldKey save done',
  'restoreConsumers tagUser',
  'restoreConsumers restore',
  'restoreConsumers restore',
  'restoreConsumers save done',
  'removeNewKey tagUser',
  'removeNewKey save done',
  'releaseUser untagUser',
  'releaseUser remove',
  'releaseUser remove',
  'releaseUser save done',
  'rolledBack save ended',
];

function worldOfTwoPlaces(ending: NonNullable<WorldOptions['ending']>): Promise<World> {
  return createWorld({ ending, profiles: ['default', 'batch'], lastUsed: '2026-12-06T09:55:00Z' });
}

/** Names each lasting change by the state that it happens in. */
function watchChanges(seen: (change: string, nth: number) => boolean): NonNullable<StartOptions['killBefore']> {
  let state = '';
  let count = 0;
  return (call, given) => {
    const last = call === 'save' ? (given[0] as RotationRecord).history.at(-1) : undefined;
    state = last?.state ?? state;
    const lasting = 'createKey setKeyStatus deleteKey tagUser untagUser put remove write restore save'.split(' ');
    if (!lasting.includes(call) || last?.event === 'started') return false;
    count += 1;
    return seen([state, call, last?.event].filter(Boolean).join(' '), count);
  };
}

async function allChanges(options: StartOptions): Promise<string[]> {
  const world = await worldOfTwoPlaces({ onTestFinished });
  const changes: string[] = [];
  const killBefore = watchChanges((change) => {
    changes.push(change);
    return false;
  });
  await world.start(short, { ...options, killBefore });
  return changes;
}

test('the changes of a whole rotation and of a roll back are these, so none is left out below', async () => {
  const answers = { awaitGrace: ['rollBack' as const] };

  expect(await allChanges({})).toEqual(forward);
  expect(await allChanges({ answers })).toEqual([
    ...forward.slice(0, forward.indexOf('awaitGrace save waiting') + 1),
    ...back,
  ]);
});

describe.concurrent('killed on the way forward, and resumed', () => {
  test.for(forward.map((change, index) => [index + 1, change] as const))('%d: before %s', async ([nth], ending) => {
    const world = await worldOfTwoPlaces(ending);
    const { ended: first } = await world.start(short, { killBefore: watchChanges((_, count) => count === nth) });
    await world.clock.sleep(60_000);

    const { ended } = await world.resume();

    const left = world.left();
    expect(first).toBe('killed');
    expect(ended).toBe('rotated');
    expect(left).toEqual({
      keys: [expect.stringMatching(/new Active$/)],
      claims: [],
      vault: [],
      places: expect.anything(),
    });
    expect(left.keys).toEqual([`${left.places.default} Active`]);
    expect(left.places.batch).toBe(left.places.default);
    expect(world.outages).toEqual([]);
  });
});

describe.concurrent('killed on the way forward, and rolled back', () => {
  test.for(forward.map((change, index) => [index + 1, change] as const))(
    '%d: before %s',
    async ([nth, change], ending) => {
      const world = await worldOfTwoPlaces(ending);
      await world.start(short, { killBefore: watchChanges((_, count) => count === nth) });
      await world.clock.sleep(60_000);

      const { ended } = await world.resume({ intent: 'rollBack' });

      const tooLate = nth > forward.indexOf('deleteKey deleteKey') + 1;
      const offered = nth > forward.indexOf('deliverKey tagUser');
      const place = tooLate ? 'new' : 'old';
      expect(`${change}: ${ended}`).toBe(`${change}: ${tooLate ? 'rotated' : 'rolledBack'}`);
      expect(world.left()).toEqual({
        keys: tooLate ? ['new Active'] : offered ? ['old Active', 'new Active'] : ['old Active'],
        claims: [],
        vault: [],
        places: { default: place, batch: place },
      });
      expect(world.outages).toEqual([]);
    },
  );
});

describe('killed after an answer was recorded and before it was followed', () => {
  const killedBefore = async (state: string, answers: StartOptions['answers']): Promise<World> => {
    const world = await worldOfTwoPlaces({ onTestFinished });
    const killBefore = (call: string, [record]: unknown[]) => {
      const last = call === 'save' ? (record as RotationRecord).history.at(-1) : undefined;
      return last?.state === state && last.event === 'started';
    };
    await world.start(short, { ...(answers ? { answers } : {}), killBefore });
    return world;
  };

  test('reactivate still stands', async () => {
    const world = await killedBefore('reactivateToWatch', { awaitGrace: ['reactivate'] });

    const { ended, record } = await world.resume();

    expect(ended).toBe('rotated');
    expect(record.context.reactivateKey?.times).toBe(1);
  });

  test('proceed still stands, for that wait', async () => {
    const world = await killedBefore('deleteKey', { awaitGrace: ['proceed'] });
    const before = world.clock.monotonic();

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.clock.monotonic() - before).toBeLessThan(60_000);
  });

  test('an answer in a file is not lost either', async () => {
    const world = await worldOfTwoPlaces({ onTestFinished });
    await world.start(short, { wait: false });
    await world.store.signal('r-1', { signal: 'proceed', state: 'awaitQuiet', entry: 1, at: '2026-12-06T10:30:00Z' });
    await world.resume({ wait: false, killBefore: (call) => call === 'takeSignal' });

    const { record } = await world.resume({ wait: false });

    expect(record.state).toBe('awaitGrace');
    expect(record.context.deactivateKey?.at).toMatch(/^2026-12-06T10:0/);
  });
});

describe.concurrent('killed on the way back, and resumed', () => {
  test.for(back.map((change, index) => [index + 1, change] as const))('%d: before %s', async ([nth], ending) => {
    const world = await worldOfTwoPlaces(ending);
    const before = forward.indexOf('awaitGrace save waiting') + 1;
    const answers = { awaitGrace: ['rollBack' as const] };
    await world.start(short, { answers, killBefore: watchChanges((_, count) => count === before + nth) });
    await world.clock.sleep(60_000);

    const { ended } = await world.resume({ answers: nth === 1 ? answers : {} });

    expect(ended).toBe('rolledBack');
    expect(world.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: [],
      vault: [],
      places: { default: 'old', batch: 'old' },
    });
    expect(world.outages).toEqual([]);
  });
});
