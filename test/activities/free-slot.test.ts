// What may be removed to make room for a new key, and what never: by what AWS, the claims and the places show right before.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { Plan, RotationContext } from '../../src/machine/context.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const other = 'AKIAOTHEROTHEROT0002';
const third = 'AKIATHIRDTHIRDTH0003';
const claimTag = 'keyturn:claim:r-1';
const claim = `since=2026-12-06T09:00:00Z n=0 step=claimUser at=2026-12-06T09:00:00Z keys=${oldKey}`;

const old = { accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' };
const inactive = { accessKeyId: other, createdAt: '2026-01-01T08:00:00Z', status: 'Inactive' as const };

/** A world at 2026-12-06T10:00:00Z; its user has two keys, the other of which is inactive, and this rotation's claim. */
async function arranged(tags: Record<string, string> = {}, options: WorldOptions = {}) {
  const world = await createWorld({ keys: [old, inactive], ...options });
  world.account.setTags(user, { [claimTag]: claim, ...tags });
  return world;
}

const making = (
  world: World,
  plan: Partial<Plan> = { freeSlot: 'inactive' },
  { deps = {}, ...record }: Partial<RotationContext> & { deps?: Partial<ActivityDeps> } = {},
) => createActivities({ ...world.newDeps(), ...deps }).freeSlot(world.context({ ...record, plan: world.plan(plan) }));

const keys = ({ account }: World) =>
  account
    .snapshot()
    [user]?.keys.map(({ id }) => id)
    .sort();

/** The other key was used at this moment, and is inactive again. */
function usedAt({ account }: World, at: string, id = other) {
  account.setStatus(id, 'Active');
  account.use(id, { at });
  account.setStatus(id, 'Inactive');
}

describe('freeSlot removes nothing', () => {
  test('and asks nothing where nothing may go', async () => {
    const world = await arranged();

    const done = await making(world, { freeSlot: 'never' }, came('createKey', { counter: 7 }));

    expect(done).toEqual({ at: '2026-12-06T10:00:00Z', counter: 7, removed: null });
    expect(world.operations()).toEqual([]);
  });

  test('where there is room', async () => {
    const world = await arranged({}, { keys: [old] });

    expect(await making(world)).toEqual({ at: '2026-12-06T10:00:00Z', counter: 0, removed: null });
    expect(world.account.tags(user)[claimTag]).toBe(claim);
  });

  test('where the second key is one that this rotation made', async () => {
    const world = await arranged();
    await world.vault.put('r-1', 'new', new KeyPair(other, 'x'.repeat(40)));

    expect((await making(world)).removed).toBeNull();
    expect(keys(world)).toEqual([oldKey, other]);
  });

  test('where it may be one, made without an answer: creating it anew settles that', async () => {
    const world = await arranged();

    expect((await making(world, { freeSlot: 'inactive' }, cutOffIn('createKey'))).removed).toBeNull();
    expect(keys(world)).toEqual([oldKey, other]);
  });

  test.each<[string, string, number, number]>([
    ['by one, in this step', 'n=1 step=freeSlot', 0, 1],
    ['by one, in another', 'n=1 step=createKey', 0, 0],
    ['by two', 'n=2 step=freeSlot', 0, 0],
    ['not at all', 'n=1 step=freeSlot', 1, 1],
  ])('where there is room again, its claim being ahead of its record %s', async (_, value, known, counter) => {
    const world = await arranged({ [claimTag]: `since=2026-12-06T09:00:00Z ${value}` }, { keys: [old] });

    const done = await making(world, { freeSlot: 'inactive' }, came('claimUser', { counter: known }));

    expect(done).toMatchObject({ counter, removed: null });
  });

  test('where its claim is gone and there is room', async () => {
    const world = await arranged({}, { keys: [old] });
    world.account.setTags(user, {});

    expect((await making(world)).counter).toBe(0);
  });
});

describe('freeSlot refuses', () => {
  const refusals: [string, (world: World) => void, Partial<Plan>, string][] = [
    [
      'a key that is active',
      ({ account }) => account.setStatus(other, 'Active'),
      { freeSlot: 'inactive' },
      'alice needs room, but AKIA…0002 is Active',
    ],
    [
      'the same where it is named',
      ({ account }) => account.setStatus(other, 'Active'),
      { freeSlot: other },
      'alice needs room, but AKIA…0002 is Active',
    ],
    ['a key that is not there', () => {}, { freeSlot: third }, 'alice has no room for a new key'],
    ['the old key', () => {}, { freeSlot: oldKey }, 'alice has no room for a new key'],
    [
      'to choose between two',
      () => {},
      { freeSlot: 'inactive', oldKey: null },
      'alice has more than one inactive key: name the one to remove',
    ],
    [
      'a key that was in use 90 days ago but for a second',
      (world) => usedAt(world, '2026-09-07T10:00:01Z'),
      { freeSlot: 'inactive' },
      'alice needs room, but AKIA…0002 was in use within 90 days',
    ],
    [
      'S10 a key that another rotation names',
      ({ account }) =>
        account.setTags(user, {
          ...account.tags(user),
          'keyturn:claim:r-2': `since=2026-12-06T09:59:00Z keys=${other}`,
        }),
      { freeSlot: other },
      'alice needs room, but rotation r-2 names AKIA…0002',
    ],
  ];

  test.each(refusals)('%s', async (_, before, plan, message) => {
    const world = await arranged({}, plan.oldKey === null ? { keys: [{ ...old, status: 'Inactive' }, inactive] } : {});
    before(world);

    await expect(making(world, plan)).rejects.toMatchObject({
      name: 'RefusedError',
      message,
      hint: 'nothing was removed; an inactive key can be named with --free-slot AKIA…, an active one needs keyturn retire first',
    });
    expect(keys(world)).toEqual([oldKey, other]);
    expect(world.announcements).toEqual([]);
  });

  test('a key that was made within 90 days', async () => {
    const world = await arranged({}, { keys: [old, { ...inactive, createdAt: '2026-09-07T10:00:01Z' }] });

    await expect(making(world)).rejects.toThrow('alice needs room, but AKIA…0002 was in use within 90 days');
  });

  test('S22 a key that a place holds, and names the place', async () => {
    const world = await arranged({}, { profiles: ['default', 'batch'] });
    const [first = '', second = ''] = world.content().split('[batch]');
    writeFileSync(world.credentialsFile, `${first}[batch]${second.replace(oldKey, other)}`);

    await expect(making(world, { freeSlot: other })).rejects.toMatchObject({
      name: 'RefusedError',
      message: `alice needs room, but credentials-file:batch@${world.credentialsFile} holds AKIA…0002`,
    });
    expect(keys(world)).toEqual([oldKey, other]);
  });

  test('S34 to remove anything while all is halted', async () => {
    const world = await arranged();
    const deps = { halted: async () => ({ reason: 'somebody said stop', until: 1_796_637_600_000 }) };

    await expect(making(world, { freeSlot: 'inactive' }, { deps })).rejects.toThrow(
      'nothing may be changed now: somebody said stop',
    );
    expect(world.account.tags(user)[claimTag]).toBe(claim);
    expect(keys(world)).toEqual([oldKey, other]);
  });

  test('S5 to remove anything without its claim', async () => {
    const world = await arranged();
    world.account.setTags(user, {});

    await expect(making(world)).rejects.toMatchObject({ name: 'RecordError' });
    expect(keys(world)).toEqual([oldKey, other]);
  });
});

describe('freeSlot removes', () => {
  const untouched = () => {};
  const options: [string, (world: World) => void, Partial<Plan>][] = [
    ['the one inactive key, never used and old enough', untouched, { freeSlot: 'inactive' }],
    ['one that was in use 90 days ago', (world) => usedAt(world, '2026-09-07T10:00:00Z'), { freeSlot: 'inactive' }],
    [
      'one that was named, whenever it was in use',
      (world) => usedAt(world, '2026-12-06T09:59:59Z'),
      { freeSlot: other },
    ],
    ['one of two that was named', untouched, { freeSlot: other, oldKey: null }],
    [
      'one that its own claim names',
      ({ account }) => account.setTags(user, { [claimTag]: `${claim}/${other}` }),
      { freeSlot: other },
    ],
    [
      'one that a younger claim does not name',
      ({ account }) =>
        account.setTags(user, {
          ...account.tags(user),
          'keyturn:claim:r-2': `since=2026-12-06T09:59:00Z keys=${oldKey}`,
        }),
      { freeSlot: other },
    ],
  ];

  test.each(options)('%s, and says so before', async (_, before, plan) => {
    const world = await arranged();
    before(world);

    const done = await making(world, plan);

    expect(done).toEqual({ at: '2026-12-06T10:00:05Z', counter: 1, removed: other });
    expect(keys(world)).toEqual([oldKey]);
    expect(world.announcements).toEqual([
      { about: 'freeSlot', text: 'deleting the inactive key AKIA…0002 to make room' },
    ]);
    expect(world.account.tags(user)[claimTag]).toContain(' n=1 step=freeSlot at=2026-12-06T10:00:00Z');
  });

  test('what went by itself meanwhile, as the list shows that has the old key still', async () => {
    const world = await arranged();
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'TagUser') world.account.deleteKey(other);
    });

    expect((await making(world)).removed).toBe(other);
    expect(world.operations()).not.toContain('DeleteAccessKey');
  });

  test('S22 a key beside a place that cannot be read', async () => {
    const world = await arranged();
    const spec = 'exec:tool';
    const opened: unknown[] = [];
    const deps: Partial<ActivityDeps> = {
      consumer: async (asked, replacement) => {
        opened.push([asked, replacement]);
        return { spec: asked, readable: false } as never;
      },
    };

    expect((await making(world, { freeSlot: other, consumers: [spec] }, { deps })).removed).toBe(other);
    expect(opened).toEqual([[spec, { user, oldKey, newKey: null }]]);
  });
});
