// One key is made, its secret kept, and whatever else a request of ours may have made is found and taken back; each way in which
// that can go wrong leaves a key that somebody knows of, or none.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import type { ActivityDeps } from '../../src/activities/contract.ts';
import { createActivities } from '../../src/activities/index.ts';
import { VaultError } from '../../src/errors.ts';
import { allBut, createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const made = 'AKIAMADEMADEMADE0002';
const other = 'AKIASOMEBODYELSE0003';
const claimTag = 'keyturn:claim:r-1';
const claim = `since=2026-12-06T09:00:00Z n=0 step=claimUser at=2026-12-06T09:00:00Z keys=${oldKey}`;

/** A world at 2026-12-06T10:00:00Z in which this rotation has claimed the user. */
async function arranged(options: WorldOptions = {}, value = claim) {
  const world = await createWorld({ keys: [{ accessKeyId: oldKey, createdAt: '2026-06-01T08:00:00Z' }], ...options });
  world.account.setTags(user, { [claimTag]: value });
  return world;
}

const creating = (world: World, deps: Partial<ActivityDeps> = {}) =>
  createActivities({ ...world.newDeps(), ...deps }).createKey(world.context());

const keys = ({ account }: World) => account.snapshot()[user]?.keys.map(({ id, status }) => `${id} ${status}`) ?? [];
const kept = async ({ vault }: World) => (await vault.get('r-1', 'new'))?.accessKeyId ?? null;
const times = (world: World, name: string) => world.operations().filter((one) => one === name).length;
const texts = ({ announcements }: World) => announcements.map(({ text }) => text);

/** As many lists as that show nothing of the last day. */
const staleLists = (count: number): WorldOptions => ({
  settings: {
    readDelay: 3_600_000,
    staleReads: ({ operation, read }) => operation === 'ListAccessKeys' && read <= count,
  },
});

/** Somebody else's key is there as soon as a request to make one has been applied. */
function another(world: World, createdAt: string) {
  let done = false;
  world.sandbox.onRequest((event) => {
    if (done || event.phase !== 'after' || event.operation !== 'CreateAccessKey') return;
    done = true;
    world.account.createKey(user, { accessKeyId: other, createdAt });
  });
}

describe('createKey', () => {
  test('makes a key and keeps its secret, and says in the claim before that it asks', async () => {
    const world = await arranged();

    const { newKey, ...done } = await creating(world);

    expect(done).toEqual({ at: '2026-12-06T10:00:00Z', counter: 1, createdAt: '2026-12-06T10:00:00Z' });
    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`]);
    expect(await kept(world)).toBe(newKey);
    expect(world.account.tags(user)[claimTag]).toContain(' n=1 step=createKey at=2026-12-06T10:00:00Z ');
    expect(world.account.tags(user)[claimTag]).toContain(' asked=2026-12-06T10:00:00Z');
    expect(world.announcements).toEqual([]);
  });

  test('S34 makes none while all is halted', async () => {
    const world = await arranged();
    const halted = async () => ({ reason: 'somebody said stop', until: 1_796_637_600_000 });

    await expect(creating(world, { halted })).rejects.toThrow('nothing may be changed now: somebody said stop');
    expect(world.account.tags(user)[claimTag]).toBe(claim);
    expect(keys(world)).toEqual([`${oldKey} Active`]);
  });

  test('S20 waits for a list to show what it made', async () => {
    const world = await arranged(staleLists(2));

    expect((await creating(world)).at).toBe('2026-12-06T10:00:10Z');
  });

  test('believes the answer where no list shows it', async () => {
    const world = await arranged(staleLists(3));

    const { newKey } = await creating(world);

    expect(times(world, 'ListAccessKeys')).toBe(3);
    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`]);
    expect(await kept(world)).toBe(newKey);
  });
});

describe('where an earlier run had made it already', () => {
  const stored = async (world: World) => {
    await world.vault.put('r-1', 'new', new KeyPair(made, 'x'.repeat(40)));
    return world;
  };

  test('that one is it, and no other is made', async () => {
    const world = await stored(await arranged());
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:58:00Z' });

    expect(await creating(world)).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 1,
      newKey: made,
      createdAt: '2026-12-06T09:58:00Z',
    });
    expect(times(world, 'CreateAccessKey')).toBe(0);
  });

  test('a list that does not show it is looked at again', async () => {
    const world = await stored(await arranged(staleLists(2)));
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:58:00Z' });

    expect((await creating(world)).createdAt).toBe('2026-12-06T09:58:00Z');
  });

  test('and is gone, that is said, and no other is made', async () => {
    const world = await stored(await arranged());

    await expect(creating(world)).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'the new key AKIA…0002 is gone from alice',
      hint: 'someone deleted it; no place holds it; keyturn rollback r-1 ends this rotation',
    });
    expect(times(world, 'ListAccessKeys')).toBe(3);
    expect(times(world, 'CreateAccessKey')).toBe(0);
  });

  test('and somebody else made one before it, it is taken back', async () => {
    const world = await stored(await arranged());
    world.account.createKey(user, { accessKeyId: other, createdAt: '2026-12-06T09:57:00Z' });
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:58:00Z' });

    await expect(creating(world)).rejects.toMatchObject({ name: 'RefusedError' });
    expect(keys(world).sort()).toEqual([`${oldKey} Active`, `${other} Active`]);
    expect(await kept(world)).toBeNull();
  });
});

describe('S21 where an earlier run was cut off after it had asked', () => {
  const asked = `${claim.replace('n=0 step=claimUser', 'n=1 step=createKey')} asked=2026-12-06T09:59:40Z`;

  test('and made nothing, it asks anew once nothing can come of that any more', async () => {
    const world = await arranged({}, asked);

    const { counter } = await creating(world);

    const again = world.sandbox.requests.find(({ operation }) => operation === 'CreateAccessKey');
    expect(counter).toBe(1);
    // It could have been applied until 10:00:10.
    expect(again?.at).toBe('2026-12-06T10:00:20Z');
    expect(world.account.tags(user)[claimTag]).toContain(' asked=2026-12-06T10:00:20Z');
  });

  test('and made a key, that is removed before another is made', async () => {
    const world = await arranged({}, asked);
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:59:40Z' });

    const { newKey } = await creating(world);

    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`]);
    expect(newKey).not.toBe(made);
    expect(texts(world)).toEqual(['removing AKIA…0002: made by a request whose answer was lost']);
  });

  test('and a key is there that may be somebody’s, it stops', async () => {
    const world = await arranged({}, asked);
    world.account.createKey(user, { accessKeyId: made, createdAt: '2026-12-06T09:50:00Z' });

    await expect(creating(world)).rejects.toMatchObject({ name: 'UnexpectedStateError' });
    expect(keys(world)).toContain(`${made} Active`);
    expect(times(world, 'CreateAccessKey')).toBe(0);
  });
});

describe('where AWS refuses', () => {
  test('nothing was made: it will not begin', async () => {
    const world = await arranged({ policies: allBut('iam:CreateAccessKey') });

    await expect(creating(world)).rejects.toMatchObject({
      name: 'RefusedError',
      message: expect.stringMatching(/^iam:CreateAccessKey is denied: /),
      cause: { name: 'AccessDeniedError' },
    });
    expect(times(world, 'CreateAccessKey')).toBe(1);
  });

  test('for want of room, the same', async () => {
    const world = await arranged({ keys: [{ accessKeyId: oldKey }, { accessKeyId: other }] });

    const error = await creating(world).catch((caught) => caught);

    expect(error).toMatchObject({ name: 'RefusedError', cause: { name: 'LimitExceededError' } });
    expect([error.message, error.hint]).toEqual([error.cause.message, error.cause.hint]);
  });

  test('for want of room where nobody is near, another call of this step may have made it', async () => {
    const world = await arranged({ keys: [{ accessKeyId: oldKey }, { accessKeyId: other }] });

    await expect(creating(world, { attended: false })).rejects.toMatchObject({ name: 'LimitExceededError' });
  });

  test('for want of permission where nobody is near, it will not begin', async () => {
    const world = await arranged({ policies: allBut('iam:CreateAccessKey') });

    await expect(creating(world, { attended: false })).rejects.toMatchObject({ name: 'RefusedError' });
  });

  test('the second request, that does not tell what came of the first', async () => {
    const world = await arranged();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 2, kind: 'accessDenied' });

    await expect(creating(world)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });
});

describe('S20 where AWS does not answer', () => {
  test('and made no key, it asks once more, and says so', async () => {
    const world = await arranged();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });

    const { newKey, createdAt } = await creating(world);

    expect(createdAt).toBe('2026-12-06T10:00:10Z');
    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`]);
    expect(world.announcements).toEqual([
      { about: 'createKey', text: 'no answer to iam:CreateAccessKey; it made no key; trying once more' },
    ]);
  });

  test('and made a key, that is removed first', async () => {
    const world = await arranged();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

    const { newKey } = await creating(world);

    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`]);
    expect(texts(world)).toEqual([
      expect.stringMatching(/^removing AKIA….{4}: made by a request whose answer was lost$/),
      expect.stringMatching(
        /^no answer to iam:CreateAccessKey; the key that it made, AKIA….{4}, is removed; trying once more$/,
      ),
    ]);
  });

  test.each(['reset', 'lostAnswer'] as const)('twice, it gives up and leaves no key behind (%s)', async (kind) => {
    const world = await arranged();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 'every', kind });

    await expect(creating(world)).rejects.toMatchObject({
      name: 'RefusedError',
      message: 'AWS did not answer iam:CreateAccessKey twice',
      hint: 'no key was left behind; check the network, then run the same command again',
      cause: { name: 'AnswerUnknownError' },
    });
    expect(times(world, 'CreateAccessKey')).toBe(2);
    expect(keys(world)).toEqual([`${oldKey} Active`]);
  });

  test('and shows the key that it made only after the second request, that is removed, and it gives up', async () => {
    const world = await arranged(staleLists(4));
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

    await expect(creating(world)).rejects.toMatchObject({
      name: 'RefusedError',
      message: 'AWS did not answer iam:CreateAccessKey twice',
      cause: { name: 'LimitExceededError' },
    });
    expect(keys(world)).toEqual([`${oldKey} Active`]);
  });

  test('and does not show at all what takes the room of the second, what it made stays open', async () => {
    const world = await arranged(staleLists(99));
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

    await expect(creating(world)).rejects.toMatchObject({
      name: 'AnswerUnknownError',
      message: 'iam:CreateAccessKey made a key that AWS does not show yet',
      hint: 'nobody has its secret; keyturn resume r-1 removes it in a minute',
      cause: { name: 'LimitExceededError' },
    });
    expect(keys(world)).toHaveLength(2);
  });

  test('and a key is there that may be somebody’s, what it made stays open', async () => {
    const world = await arranged();
    another(world, '2026-12-06T09:50:00Z');
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

    await expect(creating(world)).rejects.toMatchObject({
      name: 'AnswerUnknownError',
      message: expect.stringMatching(/^alice has a key that this rotation cannot call its own: AKIA…0003, AKIA….{4}$/),
      hint: expect.stringContaining('keyturn release r-1 gives this rotation up'),
      cause: { name: 'AnswerUnknownError', message: expect.stringContaining('iam:CreateAccessKey') },
    });
    expect(keys(world)).toHaveLength(3);
  });

  test('and nobody may look what came of it, that is said', async () => {
    const world = await arranged({ policies: allBut('iam:ListAccessKeys') });
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });

    await expect(creating(world)).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  test('a fault of our own is none of that', async () => {
    const world = await arranged();
    const { aws } = world.newDeps();

    const making = creating(world, { aws: { ...aws, createKey: () => Promise.reject(new TypeError('a slip')) } });

    await expect(making).rejects.toThrow(new TypeError('a slip'));
    expect(times(world, 'ListAccessKeys')).toBe(0);
  });
});

describe('where the secret cannot be kept', () => {
  const full = ({ vault }: World): Partial<ActivityDeps> => ({
    vault: { ...vault, put: () => Promise.reject(new VaultError('the disk is full')) },
  });

  test('the key is taken back', async () => {
    const world = await arranged();

    await expect(creating(world, full(world))).rejects.toThrow(new VaultError('the disk is full'));
    expect(keys(world)).toEqual([`${oldKey} Active`]);
    expect(world.operations().slice(-4)).toEqual([
      'UpdateAccessKey',
      'ListAccessKeys',
      'ListAccessKeys',
      'DeleteAccessKey',
    ]);
  });

  test('and the key went by itself, as the list shows that has the old key still, that is enough', async () => {
    const world = await arranged();
    world.sandbox.onRequest(({ phase, operation, params }) => {
      if (phase === 'after' && operation === 'UpdateAccessKey') world.account.deleteKey(String(params.AccessKeyId));
    });

    await expect(creating(world, full(world))).rejects.toThrow(new VaultError('the disk is full'));
  });

  test('and the key not be taken back, that is said with the command that does', async () => {
    const world = await arranged({ policies: allBut('iam:UpdateAccessKey') });

    const error = await creating(world, full(world)).catch((caught) => caught);

    const [, id = ''] = world.account.snapshot()[user]?.keys.map(({ id }) => id) ?? [];
    expect(error).toMatchObject({
      name: 'UnexpectedStateError',
      message: `the new key AKIA…${id.slice(-4)} could neither be stored nor removed`,
      hint: `its secret is lost and no place holds it; delete it: aws iam delete-access-key --user-name alice --access-key-id ${id}`,
      cause: { name: 'AccessDeniedError' },
    });
  });
});

describe('of two keys made at the same time', () => {
  test('the older one stays, and whoever made the other takes it back', async () => {
    const world = await arranged();
    another(world, '2026-12-06T09:59:59Z');

    await expect(creating(world)).rejects.toMatchObject({
      name: 'RefusedError',
      message: 'alice got another key, AKIA…0003, while this rotation made its own',
      hint: 'the key made here is removed again; find out who made the other one before you rotate',
    });
    expect(keys(world)).toEqual([`${oldKey} Active`, `${other} Active`]);
    expect(await kept(world)).toBeNull();
  });

  test('its own stays where it is the older one', async () => {
    const world = await arranged();
    another(world, '2026-12-06T10:00:01Z');

    const { newKey } = await creating(world);

    expect(keys(world)).toEqual([`${oldKey} Active`, `${newKey} Active`, `${other} Active`]);
  });

  test('its own goes back though it went by itself already', async () => {
    const world = await arranged();
    another(world, '2026-12-06T09:59:59Z');
    world.sandbox.onRequest(({ phase, operation, params }) => {
      if (phase === 'after' && operation === 'UpdateAccessKey') world.account.deleteKey(String(params.AccessKeyId));
    });

    await expect(creating(world)).rejects.toMatchObject({ name: 'RefusedError' });
  });
});
