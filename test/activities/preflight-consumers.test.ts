// Every place proves itself before any key is made, what each said is kept and shown, and the old pair is put by for a roll back.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { ConsumerError } from '../../src/errors.ts';
import { type MadeUpPlace, madeUpPlaces } from '../support/made-up-places.ts';
import { createWorld, user, type World } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const claim = { 'keyturn:claim:r-1': 'since=2026-12-06T09:00:00Z n=0 step=claimUser at=2026-12-06T09:00:00Z' };
const oldPair = new KeyPair(oldKey, 'x'.repeat(40));
const holdsOld: MadeUpPlace = { holds: oldKey, preflight: { pair: oldPair } };

async function arranged(tags: Record<string, string> = claim) {
  const world = await createWorld({ keys: [{ accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' }] });
  world.account.setTags(user, tags);
  return world;
}

const looking = (world: World, places: Record<string, MadeUpPlace>, deps: Partial<ActivityDeps> = {}) => {
  const { consumer } = madeUpPlaces(places);
  const context = world.context({ plan: world.plan({ consumers: Object.keys(places) }) });
  return createActivities({ ...world.newDeps(), consumer, ...deps }).preflightConsumers(context);
};

const kept = async ({ vault }: World) => (await vault.get('r-1', 'old'))?.accessKeyId ?? null;

describe('preflightConsumers', () => {
  test('says of each place what there is to know, and shows it', async () => {
    const world = await arranged();

    const found = await looking(world, {
      a: { ...holdsOld },
      b: { preflight: { notes: ['it is on a shared disk', 'it is old'] } },
      c: { preflight: { readable: false } },
      d: { readable: false },
      e: { preflight: { readable: false, notes: ['nobody can look'] } },
    });

    expect(found).toEqual({
      at: '2026-12-06T10:00:00Z',
      consumers: [
        { spec: 'a', state: 'pending' },
        { spec: 'b', state: 'pending', note: 'it is on a shared disk; it is old' },
        { spec: 'c', state: 'pending', readable: false },
        { spec: 'd', state: 'pending', readable: false },
        { spec: 'e', state: 'pending', note: 'nobody can look', readable: false },
      ],
      oldPairKept: true,
    });
    expect(world.announcements).toEqual([
      { about: 'preflightConsumers', text: 'b: it is on a shared disk' },
      { about: 'preflightConsumers', text: 'b: it is old' },
      { about: 'preflightConsumers', text: 'e: nobody can look' },
    ]);
  });

  test('asks each place for the user and the key that it should hold', async () => {
    const world = await arranged();
    const { consumer, calls } = madeUpPlaces({ a: {} });

    await looking(world, { a: {} }, { consumer });

    expect(calls).toEqual([
      ['open', 'a', { user, oldKey, newKey: null }],
      ['preflight', 'a', { user, oldKey }],
    ]);
  });

  test('writes nothing into a file that it looks at', async () => {
    const world = await arranged();
    const before = world.content();
    const context = world.context();

    const { oldPairKept } = await world.activities.preflightConsumers(context);

    expect(oldPairKept).toBe(true);
    expect(await kept(world)).toBe(oldKey);
    expect(world.content()).toBe(before);
  });
});

describe('the old pair', () => {
  test.each<[string, Record<string, MadeUpPlace>, boolean]>([
    ['is kept where any place gives it', { a: {}, b: holdsOld }, true],
    ['is not kept where a place knows its id alone', { a: { holds: oldKey } }, false],
    [
      'is not taken for what another key is',
      {
        a: { holds: 'AKIASOMEBODYELSE0003', preflight: { pair: new KeyPair('AKIASOMEBODYELSE0003', 'x'.repeat(40)) } },
      },
      false,
    ],
    ['is not there without a place', {}, false],
  ])('%s', async (_, places, oldPairKept) => {
    const world = await arranged();

    expect((await looking(world, places)).oldPairKept).toBe(oldPairKept);
    expect(await kept(world)).toBe(oldPairKept ? oldKey : null);
  });

  test('is kept once, be it given again and again', async () => {
    const world = await arranged();
    const put: string[] = [];
    const vault: ActivityDeps['vault'] = {
      ...world.vault,
      put: async (rotation, slot, pair) => {
        put.push(slot);
        await world.vault.put(rotation, slot, pair);
      },
    };

    await looking(world, { a: holdsOld, b: holdsOld }, { vault });
    await looking(world, { a: holdsOld }, { vault });

    expect(put).toEqual(['old']);
  });

  test('that an earlier run kept stays, and no claim is asked for', async () => {
    const world = await arranged({});
    await world.vault.put('r-1', 'old', oldPair);

    expect((await looking(world, { a: {} })).oldPairKept).toBe(true);
    expect(world.operations()).toEqual([]);
  });

  test('of a rotation that is over is not kept, be it for a moment', async () => {
    const world = await arranged({});
    const vault = { ...world.vault, put: () => Promise.reject(new Error('nothing may be put here')) };

    await expect(looking(world, { a: holdsOld }, { vault })).rejects.toMatchObject({ name: 'RecordError' });
    expect(await kept(world)).toBeNull();
  });

  test('goes again where the rotation ended meanwhile', async () => {
    const world = await arranged();
    const vault: ActivityDeps['vault'] = {
      ...world.vault,
      put: async (...given) => {
        await world.vault.put(...given);
        world.account.setTags(user, {});
      },
    };

    await expect(looking(world, { a: holdsOld }, { vault })).rejects.toMatchObject({ name: 'RecordError' });
    expect(await kept(world)).toBeNull();
  });
});

describe('places that are not ready', () => {
  const notReady = (message: string, hint?: string): MadeUpPlace => ({
    preflight: new ConsumerError(message, { hint }),
  });

  test.each<[string, Record<string, MadeUpPlace>, string, string | undefined]>([
    ['one of them: its own words', { a: {}, b: notReady('b is full', 'make room') }, 'b is full', 'make room'],
    ['one that has no advice', { a: notReady('a is full') }, 'a is full', undefined],
    [
      'the first of two, and that there is another',
      { a: notReady('a is full'), b: notReady('b is full', 'make room') },
      'a is full (and 1 other place is not ready)',
      undefined,
    ],
    [
      'the first of three, and how many others there are',
      { a: notReady('a is full', 'make room'), b: {}, c: notReady('c is full'), d: notReady('d is full', 'wait') },
      'a is full (and 2 other places are not ready)',
      'make room',
    ],
  ])('%s', async (_, places, message, hint) => {
    const world = await arranged();

    const error = await looking(world, places).catch((caught) => caught);

    expect(error).toMatchObject({ name: 'ConsumerError', message, hint, cause: { name: 'ConsumerError', hint } });
  });

  test('are all looked at before that is said', async () => {
    const world = await arranged();
    const places = { a: notReady('a is full'), b: { preflight: { notes: ['it is old'] } } };

    await expect(looking(world, places)).rejects.toThrow('a is full');
    expect(world.announcements.map(({ text }) => text)).toEqual(['b: it is old']);
  });

  test('are not what a fault of our own is taken for', async () => {
    const world = await arranged();

    const looked = looking(world, { a: { preflight: new TypeError('a slip') }, b: notReady('b is full') });

    await expect(looked).rejects.toThrow(new TypeError('a slip'));
  });
});
