// S21 Which key is taken for the one that an unanswered request of this rotation made, what is done to it, and that every other is left alone.
import { describe, expect, test } from 'vitest';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { removeOrphan } from '../../src/activities/orphan.ts';
import { timeOf } from '../../src/clock.ts';
import { createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const made = 'AKIAMADEMADEMADE0002';
const stranger = 'AKIASOMEBODYELSE0003';

/** A request was about to be sent at 09:58:00; it is 10:00:00 now. */
const intended = timeOf('2026-12-06T09:58:00Z');
const now = timeOf('2026-12-06T10:00:00Z');

async function arranged(keys: Record<string, string>, options: WorldOptions = {}) {
  const world = await createWorld({ keys: [{ accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' }], ...options });
  for (const [accessKeyId, createdAt] of Object.entries(keys))
    world.account.createKey(user, { accessKeyId, createdAt });
  return world;
}

const looking = (world: World, deps: Partial<ActivityDeps> = {}, answerable = now) =>
  removeOrphan({ ...world.newDeps(), ...deps }, world.context(), { intended, answerable });

const keys = ({ account }: World) =>
  Object.fromEntries(account.snapshot()[user]?.keys.map(({ id, status }) => [id, status]) ?? []);

describe('S20 that there is none counts', () => {
  test.each([
    ['after three lists over 10 s', '2026-12-06T10:00:00Z', ['10:00:00', '10:00:05', '10:00:10']],
    [
      'from when on the request cannot be applied any more',
      '2026-12-06T10:00:05Z',
      ['10:00:00', '10:00:05', '10:00:10', '10:00:15'],
    ],
    ['not a second before', '2026-12-06T10:00:06Z', ['10:00:00', '10:00:05', '10:00:10', '10:00:15', '10:00:20']],
  ])('%s', async (_, answerable, lists) => {
    const world = await arranged({});

    expect(await looking(world, {}, timeOf(answerable))).toBeNull();
    expect(world.operations()).toEqual(lists.map(() => 'ListAccessKeys'));
    expect(world.sandbox.requests.map(({ at }) => at.slice(11, 19))).toEqual(lists);
    expect(world.announcements).toEqual([]);
  });

  test('and one that the third list shows is one', async () => {
    const world = await arranged({}, { settings: { readDelay: 9_000 } });
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:58:01Z' });

    expect(await looking(world)).toBe(made);
  });

  test('and a person who does not want to wait any more is heard', async () => {
    const world = await arranged({});

    await expect(looking(world, { signal: AbortSignal.abort(new Error('stopped')) })).rejects.toThrow('stopped');
  });
});

describe('the orphan', () => {
  test.each([['2026-12-06T09:57:55Z'], ['2026-12-06T09:59:30Z']])(
    'made at %s and never used is removed',
    async (at) => {
      const world = await arranged({ [made]: at });

      expect(await looking(world)).toBe(made);
      expect(keys(world)).toEqual({ [oldKey]: 'Active' });
    },
  );

  test('is announced, deactivated, looked at again 5 s later, and deleted', async () => {
    const world = await arranged({ [made]: '2026-12-06T09:58:00Z' });

    await looking(world);

    expect(world.announcements).toEqual([
      { about: 'createKey', text: 'removing AKIA…0002: made by a request whose answer was lost' },
    ]);
    expect(world.sandbox.requests.map(({ at, operation }) => `${at.slice(14, 19)} ${operation}`)).toEqual([
      '00:00 ListAccessKeys',
      '00:00 GetAccessKeyLastUsed',
      '00:00 UpdateAccessKey',
      '00:00 ListAccessKeys',
      '00:05 ListAccessKeys',
      '00:05 GetAccessKeyLastUsed',
      '00:05 DeleteAccessKey',
    ]);
  });

  test('that was used while it was looked at stays, inactive', async () => {
    const world = await arranged({ [made]: '2026-12-06T09:58:00Z' });
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'UpdateAccessKey') world.account.use(made);
    });

    await expect(looking(world)).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'AKIA…0002 was used after all, so it is not deleted',
      hint: 'it is inactive now; find out whose it is',
    });
    expect(keys(world)).toEqual({ [oldKey]: 'Active', [made]: 'Inactive' });
  });

  test('that somebody removes meanwhile is removed, as the list shows that has the old key still', async () => {
    const world = await arranged({ [made]: '2026-12-06T09:58:00Z' });
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'UpdateAccessKey') world.account.deleteKey(made);
    });

    expect(await looking(world)).toBe(made);
    expect(world.operations()).not.toContain('DeleteAccessKey');
  });

  test.each<[string, string | null]>([
    ['names the rotation', 'keyturn/1.0.0 rotation/r-1'],
    ['names it in brackets', '[keyturn/1.0.0 rotation/r-1]'],
    ['is not known yet', null],
  ])('is one where what CloudTrail says of its maker %s', async (_, agent) => {
    const world = await arranged({ [made]: '2026-12-06T09:58:00Z' });
    const asked: string[][] = [];
    const agentThatMade = async (...given: string[]) => {
      asked.push(given);
      return agent;
    };

    expect(await looking(world, { agentThatMade })).toBe(made);
    expect(asked).toEqual([[made, '2026-12-06T09:57:55Z']]);
  });
});

describe('a key that cannot be told from a person’s stops the rotation, and stays:', () => {
  const since = '2026-12-06T09:58:00Z';
  const foreign: [string, Record<string, string>, Partial<ActivityDeps>, string][] = [
    ['made 6 s before the request', { [made]: '2026-12-06T09:57:54Z' }, {}, 'AKIA…0002'],
    ['made 91 s after it', { [made]: '2026-12-06T09:59:31Z' }, {}, 'AKIA…0002'],
    ['one of two', { [made]: since, [stranger]: '2026-12-06T09:58:01Z' }, {}, 'AKIA…0002, AKIA…0003'],
    ['made by another program', { [made]: since }, { agentThatMade: async () => 'aws-cli/2.0' }, 'AKIA…0002'],
    [
      'made by another rotation',
      { [made]: since },
      { agentThatMade: async () => 'keyturn/1.0.0 rotation/r-12' },
      'AKIA…0002',
    ],
  ];
  const stays = (shown: string) => ({
    name: 'UnexpectedStateError',
    message: `alice has a key that this rotation cannot call its own: ${shown}`,
    hint: 'keyturn left it alone; find out whose it is: once it is gone, keyturn resume r-1 goes on; if it is to stay, keyturn release r-1 gives this rotation up',
  });

  test.each(foreign)('%s', async (_, made, deps, shown) => {
    const world = await arranged(made);
    const before = keys(world);

    await expect(looking(world, deps)).rejects.toMatchObject(stays(shown));
    expect(keys(world)).toEqual(before);
    expect(world.announcements).toEqual([]);
  });

  test('used once', async () => {
    const world = await arranged({ [made]: since });
    world.account.use(made);

    await expect(looking(world)).rejects.toMatchObject(stays('AKIA…0002'));
    expect(keys(world)).toEqual({ [oldKey]: 'Active', [made]: 'Active' });
  });
});
