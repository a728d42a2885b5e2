// Every place gets the new pair and is read back, in the plan's order; the first that fails ends it, in words that name it.
import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { ConsumerError } from '../../src/errors.ts';
import type { Plan } from '../../src/machine/context.ts';
import { type MadeUpPlace, madeUpPlaces } from '../support/made-up-places.ts';
import { came } from '../support/outcomes.ts';
import { createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const newKey = 'AKIANEWNEWNEWNEW0002';
const claim = 'since=2026-12-06T09:00:00Z n=1 step=createKey at=2026-12-06T09:30:00Z';

/** A world at 2026-12-06T10:00:00Z in which the new key is made and kept. */
async function arranged(options: WorldOptions = {}) {
  const world = await createWorld({ keys: [{ accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' }], ...options });
  world.account.setTags(user, { 'keyturn:claim:r-1': claim });
  const { secretAccessKey } = world.account.createKey(user, { accessKeyId: newKey });
  await world.vault.put('r-1', 'new', new KeyPair(newKey, secretAccessKey));
  return world;
}

const delivering = (world: World, deps: Partial<ActivityDeps> = {}, plan: Partial<Plan> = {}) =>
  createActivities({ ...world.newDeps(), ...deps }).deliverKey(
    world.context({ ...came('createKey'), plan: world.plan(plan) }),
  );

/** To made up places. */
async function delivered(world: World, places: Record<string, MadeUpPlace>, plan: Partial<Plan> = {}) {
  const { consumer, calls } = madeUpPlaces(places);
  const said = await delivering(world, { consumer }, { consumers: Object.keys(places), ...plan });
  return { said, calls };
}

describe('deliverKey', () => {
  test('gives every place the new pair for the old one, and reads it back', async () => {
    const world = await arranged();

    const { said, calls } = await delivered(world, { a: { holds: oldKey }, b: { holds: oldKey } });

    expect(said).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 2,
      verdict: 'delivered',
      reason: 'every place holds the new key',
      consumers: [
        { spec: 'a', state: 'delivered' },
        { spec: 'b', state: 'delivered' },
      ],
    });
    const steps = (spec: string) => [
      ['open', spec, { user, oldKey, newKey }],
      ['write', spec, newKey, oldKey],
      ['readBack', spec, newKey],
    ];
    expect(calls).toEqual([...steps('a'), ...steps('b')]);
    expect(world.account.tags(user)['keyturn:claim:r-1']).toContain(' n=2 step=deliverKey at=2026-12-06T10:00:00Z ');
  });

  test('puts it into a file, once and again', async () => {
    const world = await arranged({ profiles: ['default', 'batch'] });

    const first = await delivering(world);
    const content = world.content();
    const second = await delivering(world);

    expect([first.verdict, second.verdict]).toEqual(['delivered', 'delivered']);
    expect(Object.values(world.left().places)).toEqual(['new', 'new']);
    expect(world.content()).toBe(content);
  });

  test('gives a first key to a place that holds none', async () => {
    const { calls } = await delivered(await arranged(), { a: { holds: null } }, { oldKey: null });

    expect(calls).toContainEqual(['write', 'a', newKey, null]);
  });

  test('S25 says which places nobody can read back', async () => {
    const { said } = await delivered(await arranged(), {
      a: { holds: oldKey, readable: false },
      b: { holds: oldKey },
      c: { holds: undefined },
    });

    expect(said).toMatchObject({
      verdict: 'delivered',
      reason: 'every place has got the new key; a, c cannot be read back',
      consumers: [
        { spec: 'a', state: 'delivered', readable: false },
        { spec: 'b', state: 'delivered' },
        { spec: 'c', state: 'delivered', readable: false },
      ],
    });
  });

  test('S17 from then on a user who rotates their own key signs with the new one', async () => {
    const world = await arranged({ self: true });

    await delivering(world);

    expect([...new Set(world.sandbox.requests.map(({ accessKeyId }) => accessKeyId))]).toEqual([newKey]);
  });
});

describe('deliverKey ends at the first place that', () => {
  const fine: MadeUpPlace = { holds: oldKey };

  test.each<[string, MadeUpPlace, string]>([
    ['cannot be written', { write: new ConsumerError('b is full') }, 'b is full'],
    ['and says what to do', { write: new ConsumerError('b is full', { hint: 'make room' }) }, 'b is full; make room'],
    ['does not give it back', { holds: oldKey, write: 'nothing' }, 'b does not give back what was written to it'],
    ['gives back nothing', { holds: null, write: 'nothing' }, 'b does not give back what was written to it'],
  ])('%s', async (_, place, note) => {
    const { said, calls } = await delivered(await arranged(), { a: { ...fine }, b: place, c: { ...fine } });

    expect(said).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 2,
      verdict: 'failed',
      reason: note,
      consumers: [
        { spec: 'a', state: 'delivered' },
        { spec: 'b', state: 'failed', note },
        { spec: 'c', state: 'pending' },
      ],
    });
    expect(calls.filter(([, spec]) => spec === 'c')).toEqual([]);
  });

  test('became read-only, a file being left as it was', async () => {
    const world = await arranged({ profiles: ['default', 'batch'] });
    chmodSync(world.credentialsFile, 0o400);

    const { verdict, reason, consumers } = await delivering(world);

    expect(verdict).toBe('failed');
    expect(reason).toContain('read-only');
    expect(consumers.map(({ state }) => state)).toEqual(['failed', 'pending']);
    expect(world.left().places).toEqual({ default: 'old', batch: 'old' });
  });
});

describe('deliverKey offers it to no place', () => {
  const offered = async (world: World, deps: Partial<ActivityDeps> = {}) => {
    const { consumer, calls } = madeUpPlaces({ a: { holds: oldKey } });
    const error = await delivering(world, { consumer, ...deps }, { consumers: ['a'] }).catch((caught) => caught);
    return { error, calls, claim: world.account.tags(user)['keyturn:claim:r-1'] };
  };

  test('S34 while all is halted', async () => {
    const world = await arranged();

    const found = await offered(world, {
      halted: async () => ({ reason: 'somebody said stop', until: 1_796_637_600_000 }),
    });

    expect(found).toMatchObject({ error: { name: 'UnexpectedStateError' }, calls: [], claim });
  });

  test('where the vault lost the pair', async () => {
    const world = await arranged();
    await world.vault.remove('r-1', 'new');

    expect(await offered(world)).toMatchObject({ error: { name: 'VaultError' }, calls: [], claim });
  });

  test('S5 without its claim', async () => {
    const world = await arranged();
    world.account.setTags(user, {});

    expect(await offered(world)).toMatchObject({ error: { name: 'RecordError' }, calls: [] });
  });

  test('and a fault of our own is none of the place’s', async () => {
    const world = await arranged();
    const { consumer } = madeUpPlaces({ a: { write: new TypeError('a slip') } });

    await expect(delivering(world, { consumer }, { consumers: ['a'] })).rejects.toThrow('a slip');
  });
});
