import { describe, expect, test } from 'vitest';
import {
  activate,
  deleteInactive,
  keysWithUse,
  reactivateCommand,
  settledKeys,
  settledUse,
  withUse,
} from '../../src/activities/keys.ts';
import type { Aws } from '../../src/aws/contract.ts';
import { instant } from '../../src/clock.ts';
import type { FaultRule } from '../../src/sandbox/faults.ts';
import type { Settings } from '../../src/sandbox/settings.ts';
import { allBut, createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const key = 'AKIAOLDOLDOLDOLD0001';
const other = 'AKIANEWNEWNEWNEW0002';
const made = '2026-06-01T08:00:00Z';
const createdAt = '2026-06-02T08:00:00Z';
const lists = ['ListAccessKeys', 'ListAccessKeys', 'DeleteAccessKey'];
const unused = { lastUsedAt: null, lastUsedService: null, lastUsedRegion: null };

/** Alice has one key of that status, and the other one. It is 2026-12-06T10:00:00Z. */
async function having(status: 'Active' | 'Inactive', options: WorldOptions = {}) {
  const keys = [
    { accessKeyId: key, createdAt: made, status },
    { accessKeyId: other, createdAt },
  ];
  const world = await createWorld({ keys, ...options });
  return { ...world, deps: world.newDeps(), time: () => instant(world.clock.now()) };
}

/** Reads of this operation are so far behind the first times that it is asked. */
function behind(world: World, operation: string, times: number) {
  const staleReads: Settings['staleReads'] = (one) => one.operation === operation && one.read <= times;
  Object.assign(world.sandbox.settings, { readDelay: 60_000, staleReads });
}

describe('a look at the keys', () => {
  test('has each with its last use', async () => {
    const { deps } = await having('Active');

    const found = await keysWithUse(deps, user);

    expect(found).toEqual([
      {
        id: key,
        status: 'Active',
        createdAt: made,
        lastUsedAt: '2026-12-06T09:00:00Z',
        lastUsedService: 's3',
        lastUsedRegion: 'us-east-1',
      },
      { id: other, status: 'Active', createdAt, ...unused },
    ]);
    expect(await withUse(deps, await deps.aws.keys(user))).toEqual(found);
  });

  test.each([
    [0, 1, '2026-12-06T10:00:00Z'],
    [1, 2, '2026-12-06T10:00:05Z'],
    [2, 3, '2026-12-06T10:00:10Z'],
  ])('S20 of a surprise is had again, %d times here', async (times, looks, at) => {
    const world = await having('Active');
    world.account.setStatus(key, 'Inactive');
    behind(world, 'ListAccessKeys', times);

    const keys = await settledKeys(world.deps, user, (all) => all[0]?.status === 'Inactive');

    expect(keys.map(({ status }) => status)).toEqual(['Inactive', 'Active']);
    expect([world.operations().length, world.time()]).toEqual([looks, at]);
  });

  test('S20 is believed the third time', async () => {
    const { deps, operations, time } = await having('Active');

    expect(await settledKeys(deps, user, () => false)).toHaveLength(2);
    expect([operations().length, time()]).toEqual([3, '2026-12-06T10:00:10Z']);
  });
});

describe('the last use of a key that is listed', () => {
  const young = 'AKIAYOUNGYOUNG000003';

  test('is asked for again where AWS knows no such key yet', async () => {
    const world = await having('Active');
    world.account.createKey(user, { accessKeyId: young });
    behind(world, 'GetAccessKeyLastUsed', 2);

    expect(await settledUse(world.deps, young)).toEqual(unused);
    expect(world.time()).toBe('2026-12-06T10:00:10Z');
  });

  test('is not to be had where AWS knows none the third time', async () => {
    const { deps, operations } = await having('Active');

    await expect(settledUse(deps, young)).rejects.toMatchObject({ name: 'NoSuchEntityError' });
    expect(operations()).toHaveLength(3);
  });

  test('is not waited for where it is denied', async () => {
    const { deps, time } = await having('Active', { policies: allBut('iam:GetAccessKeyLastUsed') });

    await expect(settledUse(deps, other)).rejects.toMatchObject({ name: 'AccessDeniedError' });
    expect(time()).toBe('2026-12-06T10:00:00Z');
  });
});

describe('S1 a key is made active', () => {
  const fault = (kind: FaultRule['kind'], operation = 'UpdateAccessKey'): FaultRule => ({
    operation,
    call: 'every',
    kind,
  });

  test.each<[string, FaultRule[]]>([
    ['where AWS answers', []],
    ['where the answer gets lost', [fault('lostAnswer')]],
  ])('%s', async (_, faults) => {
    const { sandbox, deps, account } = await having('Inactive');
    for (const one of faults) sandbox.fault(one);

    await activate(deps, user, key);

    expect(account.snapshot()[user]?.keys[0]?.status).toBe('Active');
  });

  test.each<[string, FaultRule[], string, number]>([
    ['AWS refuses', [fault('accessDenied')], 'AccessDeniedError', 0],
    ['no answer comes, and three lists show it inactive', [fault('error500')], 'AnswerUnknownError', 3],
    [
      'no answer comes, and no list either',
      [fault('lostAnswer'), fault('accessDenied', 'ListAccessKeys')],
      'AnswerUnknownError',
      1,
    ],
  ])('or not, where %s', async (_, faults, name, lists) => {
    const { sandbox, deps, operations } = await having('Inactive');
    for (const one of faults) sandbox.fault(one);

    await expect(activate(deps, user, key)).rejects.toMatchObject({
      name,
      message: expect.stringContaining('UpdateAccessKey'),
    });
    expect(operations().filter((one) => one === 'ListAccessKeys')).toHaveLength(lists);
  });

  test('a fault of our own stays one', async () => {
    const { sandbox, deps } = await having('Inactive');
    sandbox.fault(fault('lostAnswer'));
    const aws: Aws = { ...deps.aws, keys: () => Promise.reject(new TypeError('a slip')) };

    await expect(activate({ ...deps, aws }, user, key)).rejects.toThrow('a slip');
  });
});

describe('S6 a key is deleted', () => {
  test.each([other, null])('where two lists 5 s apart show it inactive (witness: %s)', async (witness) => {
    const { deps, operations, time, left } = await having('Inactive');

    await deleteInactive(deps, user, key, { witness });

    expect([operations(), time()]).toEqual([lists, '2026-12-06T10:00:05Z']);
    expect(left().keys).toEqual(['other Active']);
  });

  test('after a list that was behind', async () => {
    const world = await having('Active');
    await world.clock.sleep(120_000);
    world.account.setStatus(key, 'Inactive');
    behind(world, 'ListAccessKeys', 1);

    await deleteInactive(world.deps, user, key, { witness: other });

    expect(world.left().keys).toEqual(['other Active']);
    expect(world.time()).toBe('2026-12-06T10:02:10Z');
  });

  test('last of all the check is asked, with the second list', async () => {
    const { deps, sandbox, account, operations } = await having('Inactive');
    const third = 'AKIATHIRDTHIRD000003';
    const listed = sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' || operation !== 'ListAccessKeys') return;
      listed();
      account.createKey(user, { accessKeyId: third });
    });
    const asked: string[][] = [];
    const check = async (keys: readonly { id: string }[]) =>
      void asked.push([...keys.map(({ id }) => id), ...operations()]);

    await deleteInactive(deps, user, key, { witness: other, check });

    expect(asked).toEqual([[key, other, third, 'ListAccessKeys', 'ListAccessKeys']]);
  });

  test('what the check throws stops it', async () => {
    const { deps, operations } = await having('Inactive');
    const check = () => Promise.reject(new Error('not so'));

    await expect(deleteInactive(deps, user, key, { witness: other, check })).rejects.toThrow('not so');
    expect(operations()).toEqual(['ListAccessKeys', 'ListAccessKeys']);
  });

  test.each([other, null])('S9 one that is gone already counts, where the other one is shown (%s)', async (witness) => {
    const { deps, account, operations } = await having('Inactive');
    account.deleteKey(key);

    await deleteInactive(deps, user, key, { witness });

    expect(operations()).toEqual(['ListAccessKeys', 'ListAccessKeys', 'ListAccessKeys']);
  });

  test('nothing is asked for where somebody deletes it between the two looks', async () => {
    const { deps, sandbox, account, operations } = await having('Inactive');
    const listed = sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' || operation !== 'ListAccessKeys') return;
      listed();
      account.deleteKey(key);
    });

    await deleteInactive(deps, user, key, { witness: other });

    expect(operations()).not.toContain('DeleteAccessKey');
  });

  test('or right before the call', async () => {
    const { deps, account, operations } = await having('Inactive');

    await deleteInactive(deps, user, key, { witness: other, check: async () => account.deleteKey(key) });

    expect(operations().slice(0, 4)).toEqual([...lists, 'ListAccessKeys']);
  });
});

describe('S9 a key is not deleted', () => {
  test('where it is active', async () => {
    const { deps, left } = await having('Active');

    await expect(deleteInactive(deps, user, key, { witness: other })).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'AKIA…0001 is Active, so it is not deleted',
      hint: 'somebody made it active again; keyturn resume goes on watching it',
    });
    expect(left().keys).toEqual(['old Active', 'other Active']);
  });

  test('and not taken for deleted, where the list has neither it nor the other one', async () => {
    const { deps, account } = await having('Inactive');
    account.deleteKey(key);
    account.deleteKey(other);

    await expect(deleteInactive(deps, user, key, { witness: other })).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'alice shows neither AKIA…0001 nor AKIA…0002',
      hint: 'nothing was deleted; look with aws iam list-access-keys --user-name alice',
    });
  });

  test('nor where AWS knows no such key and lists it all the same', async () => {
    const { deps, sandbox, account } = await having('Inactive');
    const check = async () => {
      account.deleteKey(key);
      sandbox.settings.readDelay = 60_000;
    };

    await expect(deleteInactive(deps, user, key, { witness: other, check })).rejects.toMatchObject({
      name: 'NoSuchEntityError',
    });
  });

  test('where AWS refuses it', async () => {
    const { deps, operations } = await having('Inactive', { policies: allBut('iam:DeleteAccessKey') });

    await expect(deleteInactive(deps, user, key, { witness: other })).rejects.toMatchObject({
      name: 'AccessDeniedError',
    });
    expect(operations()).toEqual(lists);
  });
});

test('S1 one line of the aws command brings a key back', () => {
  expect(reactivateCommand(user, key)).toBe(
    'aws iam update-access-key --user-name alice --access-key-id AKIAOLDOLDOLDOLD0001 --status Active',
  );
});
