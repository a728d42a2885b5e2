// Creating and cleaning up: nothing is removed that is not this rotation's, and nothing of it is forgotten.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorld, day, user, type World } from '../support/world.ts';

const claimTag = 'keyturn:claim:r-1';
const killAtCreation = ({ phase, operation }: { phase: string; operation: string }) =>
  phase === 'after' && operation === 'CreateAccessKey';

describe('S20 after a CreateAccessKey without an answer', () => {
  test('absence counts only after three lists over at least 10 s', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });

    await world.start({}, { killIn: 'verifyNewKey' });

    const calls = world.sandbox.requests;
    const [first, second] = calls.flatMap(({ operation }, index) => (operation === 'CreateAccessKey' ? [index] : []));
    const between = calls.slice((first ?? 0) + 1, second);
    expect(between.map(({ operation }) => operation)).toEqual(['ListAccessKeys', 'ListAccessKeys', 'ListAccessKeys']);
    expect(between.map(({ at }) => at.slice(14, 19))).toEqual(['00:02', '00:07', '00:12']);
  });

  test('an outright refusal made nothing: it is believed at once', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'accessDenied' });

    const { ended, record } = await world.start();

    const after = world.sandbox.requests.slice(world.operations().indexOf('CreateAccessKey') + 1);
    expect(ended).toBe('refused');
    expect(record.context.error?.Error).toBe('RefusedError');
    expect(record.context.interruptions).toMatchObject([{ activity: 'createKey', untouched: true }]);
    expect(after.filter(({ operation }) => operation === 'ListAccessKeys').map(({ at }) => at)).toEqual([
      '2026-12-06T10:00:02Z',
    ]);
    expect(world.left()).toEqual({ keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } });
  });

  test('a refusal of the second try does not tell what came of the first', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 2, kind: 'accessDenied' });

    const { ended, record } = await world.start();

    expect(ended).toBe('refused');
    expect(record.context.interruptions).toEqual([{ activity: 'createKey', at: expect.any(String) }]);
    expect(world.left()).toEqual({ keys: ['old Active'], claims: [], vault: [], places: { default: 'old' } });
  });

  test('in an earlier run, lists count only once its time limit has passed', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'before' && operation === 'CreateAccessKey' });
    const [made] = world.account.snapshot()[user]?.keys.slice(1) ?? [];
    if (made) world.account.deleteKey(made.id);
    const from = world.sandbox.requests.length;

    await world.resume({ killIn: 'verifyNewKey' });

    const calls = world.sandbox.requests.slice(from);
    const again = calls.find(({ operation }) => operation === 'CreateAccessKey');
    // Sent at 10:00:02, it could have been applied until 10:00:32.
    expect(again?.at).toBe('2026-12-06T10:00:42Z');
  });

  test('it is sent once by the SDK, even on a server error', async () => {
    const world = await createWorld();
    world.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'error500' });

    const { ended } = await world.start({}, { killIn: 'verifyNewKey' });

    const made = world.operations();
    const between = made.slice(made.indexOf('CreateAccessKey') + 1, made.lastIndexOf('CreateAccessKey'));
    expect(ended).toBe('killed');
    expect(made.filter((name) => name === 'CreateAccessKey')).toHaveLength(2);
    expect(between).toEqual(['ListAccessKeys', 'ListAccessKeys', 'ListAccessKeys']);
    expect(world.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('the request names the rotation in its user agent', async () => {
    const world = await createWorld();

    await world.start({}, { killIn: 'verifyNewKey' });

    const [request] = world.sandbox.requests.filter(({ operation }) => operation === 'CreateAccessKey');
    expect(request?.userAgent).toContain('rotation/r-1');
  });

  test('the claim says so before it is sent, and forgets it once the key is known', async () => {
    const world = await createWorld();
    const claims: string[] = [];
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && ['CreateAccessKey', 'UpdateAccessKey'].includes(operation)) {
        claims.push(world.account.tags(user)[claimTag] ?? '');
      }
    });

    await world.start({}, { killIn: 'checkHealth' });

    expect(claims[0]).toContain(' asked=2026-12-06T10:00:02Z');
    expect(claims[1]).not.toContain('asked=');
  });
});

describe('S21 a key that is not known', () => {
  const stuckBesides = async (world: World, made: { createdAt?: string; used?: boolean }) => {
    await world.start({}, { killAt: ({ phase, operation }) => phase === 'before' && operation === 'CreateAccessKey' });
    // What was on its way did arrive: take it away, so that only the stranger's is there.
    for (const { id } of world.account.snapshot()[user]?.keys.slice(1) ?? []) world.account.deleteKey(id);
    const { accessKeyId } = world.account.createKey(user, made.createdAt ? { createdAt: made.createdAt } : {});
    if (made.used) world.account.use(accessKeyId);
    await world.clock.sleep(600_000);
    const { ended } = await world.resume();
    return {
      ended,
      kept: world.account.snapshot()[user]?.keys.some(({ id, status }) => id === accessKeyId && status === 'Active'),
    };
  };

  test.each([
    ['made 6 s before the intent', '2026-12-06T09:59:56Z'],
    ['made more than 90 s after it', '2026-12-06T10:01:33Z'],
  ])('%s is a person’s: it stays, and the rotation stops', async (_, createdAt) => {
    expect(await stuckBesides(await createWorld(), { createdAt })).toEqual({ ended: 'stuck', kept: true });
  });

  test('used once is a person’s', async () => {
    const made = { createdAt: '2026-12-06T10:00:02Z', used: true };

    expect(await stuckBesides(await createWorld(), made)).toEqual({ ended: 'stuck', kept: true });
  });

  test.each([['2026-12-06T09:59:57Z'], ['2026-12-06T10:01:32Z']])(
    'made at %s and never used is the orphan',
    async (createdAt) => {
      const { kept } = await stuckBesides(await createWorld(), { createdAt });

      expect(kept).toBe(false);
    },
  );

  test('two of them: neither is touched', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: killAtCreation });
    world.account.createKey(user);
    await world.clock.sleep(60_000);

    const { ended, record } = await world.resume();

    expect(ended).toBe('stuck');
    expect(record.context.error?.Cause).toContain('has a key that this rotation cannot call its own');
    expect(record.context.error?.Cause).toContain('if it is to stay, keyturn release r-1 gives this rotation up');
    expect(world.left().keys).toEqual(['old Active', 'new Active', 'another new Active']);
  });

  test('the orphan is deactivated, looked at again 5 s later, and only then deleted', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: killAtCreation });
    const from = world.sandbox.requests.length;

    await world.resume({ killIn: 'verifyNewKey' });

    const calls = world.sandbox.requests.slice(from);
    const off = calls.find(({ operation }) => operation === 'UpdateAccessKey')?.at ?? '';
    const gone = calls.find(({ operation }) => operation === 'DeleteAccessKey')?.at ?? '';
    expect(new Date(gone).getTime() - new Date(off).getTime()).toBeGreaterThanOrEqual(5_000);
  });

  test('used while it is looked at: it stays, inactive', async () => {
    const world = await createWorld();
    await world.start({}, { killAt: killAtCreation });
    const orphan = world.account.snapshot()[user]?.keys[1]?.id ?? '';
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'UpdateAccessKey')
        world.account.use(orphan, { at: '2026-12-06T10:00:02Z' });
    });

    const { ended } = await world.resume();

    expect(ended).toBe('stuck');
    expect(world.left().keys).toEqual(['old Active', 'new Inactive']);
  });
});

test('of two keys made at once by two rotations the older one stays, and the maker of the other takes it back', async () => {
  const world = await createWorld({ keys: [] });
  writeFileSync(world.credentialsFile, '', { mode: 0o600 });
  world.sandbox.onRequest(({ phase, operation }) => {
    const { keys } = world.account.snapshot()[user] ?? { keys: [] };
    if (phase === 'before' && operation === 'CreateAccessKey' && keys.length === 0) {
      world.account.createKey(user, { createdAt: '2026-12-06T09:59:59Z' });
    }
  });

  const { ended, record } = await world.start();

  expect(ended).toBe('refused');
  expect(record.context.error?.Cause).toContain('while this rotation made its own');
  expect(world.left()).toEqual({ keys: ['new Active'], claims: [], vault: [], places: {} });
});

describe('S22 freeing a slot', () => {
  const june = { createdAt: '2026-06-01T08:00:00Z' };
  const inactive = { createdAt: '2026-01-01T08:00:00Z', status: 'Inactive' as const };
  const worldWith = (other: Parameters<World['account']['createKey']>[1] & object) =>
    createWorld({ keys: [june, other] });
  const rotated = { keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } };

  test('by `inactive`: one that was never used for 90 days goes', async () => {
    const world = await worldWith(inactive);

    const { ended, record } = await world.start({ freeSlot: 'inactive' });

    expect(ended).toBe('rotated');
    expect(record.context.freeSlot?.removed).toBe(world.ids[1]);
    expect(world.left()).toEqual(rotated);
  });

  test.each([
    ['2026-09-07T10:00:03Z', 'refused', ['other Inactive', 'old Active']],
    ['2026-09-07T10:00:02Z', 'rotated', ['new Active']],
  ])('by `inactive`: one last used at %s: %s', async (at, expected, keys) => {
    const world = await worldWith(inactive);
    world.account.use(world.ids[1] ?? '', { at });

    const { ended } = await world.start({ freeSlot: 'inactive' });

    expect(ended).toBe(expected);
    expect(world.left().keys).toEqual(keys);
  });

  test('by its id: a person has decided, whenever it was used', async () => {
    const world = await worldWith(inactive);
    world.account.use(world.ids[1] ?? '', { at: '2026-12-05T10:00:00Z' });

    const { ended } = await world.start({ freeSlot: world.ids[1] ?? '' });

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });

  test.each([['inactive'], ['by id']])('an active key is never removed, %s', async (how) => {
    const world = await worldWith({ createdAt: '2026-01-01T08:00:00Z' });

    const { ended, record } = await world.start({ freeSlot: how === 'inactive' ? how : (world.ids[1] ?? '') });

    expect(ended).toBe('refused');
    expect(record.context.releaseUser?.reason).toMatch(/^alice needs room, but AKIA….{4} is Active$/);
    expect(record.context.error?.Error).toBe('RefusedError');
    expect(world.left()).toMatchObject({ keys: ['other Active', 'old Active'], claims: [], vault: [] });
  });

  test('nor the old key itself', async () => {
    const world = await worldWith(inactive);

    const { ended } = await world.start({ freeSlot: world.oldKey });

    expect(ended).toBe('refused');
    expect(world.left().keys).toEqual(['other Inactive', 'old Active']);
  });

  test('nor one that another rotation’s claim names', async () => {
    const world = await worldWith(inactive);
    const context = await world.reach('freeSlot', { freeSlot: world.ids[1] ?? '' });
    world.account.setTags(user, {
      ...world.account.tags(user),
      'keyturn:claim:r-9': `since=2026-12-07T10:00:00Z n=3 step=deactivateKey at=2026-12-07T10:00:00Z keys=AKIAX/${world.ids[1]}`,
    });

    await expect(world.activities.freeSlot(context)).rejects.toThrow('rotation r-9 names AKIA…');
    expect(world.left().keys).toEqual(['other Inactive', 'old Active']);
  });

  test('nor one that a place holds', async () => {
    const world = await worldWith(inactive);
    const context = await world.reach('freeSlot', { freeSlot: world.ids[1] ?? '' });
    writeFileSync(world.credentialsFile, world.content().replace(world.oldKey, world.ids[1] ?? ''));

    await expect(world.activities.freeSlot(context)).rejects.toThrow(/needs room, but credentials-file:.* holds AKIA…/);
  });

  test('where there is room anyway nothing is removed', async () => {
    const world = await createWorld();

    const { ended, record } = await world.start({ freeSlot: 'inactive' });

    expect(ended).toBe('rotated');
    expect(record.context.freeSlot?.removed).toBeNull();
  });

  test('killed right after the removal the rotation goes on', async () => {
    const world = await worldWith(inactive);
    const plan = { freeSlot: 'inactive' };
    await world.start(plan, { killAt: ({ phase, operation }) => phase === 'after' && operation === 'DeleteAccessKey' });
    await world.clock.sleep(day * 1000);

    const { ended } = await world.resume();

    expect(ended).toBe('rotated');
    expect(world.left()).toEqual(rotated);
  });
});
