import { describe, expect, test } from 'vitest';
import { createWorld, day, user } from '../support/world.ts';

const claimTag = 'keyturn:claim:r-1';

describe('claimUser', () => {
  test('puts a claim of its own beside the user’s other tags', async () => {
    const world = await createWorld();

    const claimed = await world.activities.claimUser(world.context());

    expect(claimed).toEqual({ at: '2026-12-06T10:00:02Z', counter: 0, resumed: false, skewSeconds: 0 });
    expect(world.account.tags(user)).toEqual({
      team: 'web',
      [claimTag]: `since=2026-12-06T10:00:00Z n=0 step=claimUser at=2026-12-06T10:00:00Z keys=${world.oldKey}`,
    });
  });

  test('S10 unattended, it looks 10 s later instead of 2', async () => {
    const world = await createWorld();
    const { createActivities } = await import('../../src/activities/index.ts');

    const claimed = await createActivities({ ...world.newDeps(), attended: false }).claimUser(world.context());

    expect(claimed.at).toBe('2026-12-06T10:00:10Z');
  });

  test('S10 withdraws before an older claim that was written at the same time', async () => {
    const world = await createWorld();
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'after' || operation !== 'TagUser') return;
      const others = { 'keyturn:claim:r-0': 'since=2026-12-06T09:59:59Z n=0 step=claimUser at=2026-12-06T09:59:59Z' };
      world.account.setTags(user, { ...world.account.tags(user), ...others });
    });

    const claiming = world.activities.claimUser(world.context());

    await expect(claiming).rejects.toMatchObject({ name: 'RefusedError' });
    expect(world.left().claims).toEqual(['keyturn:claim:r-0']);
  });

  test('S10 stays before a younger one, which withdraws by itself', async () => {
    const world = await createWorld();
    world.sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'after' || operation !== 'TagUser') return;
      const others = { 'keyturn:claim:r-2': 'since=2026-12-06T10:00:01Z n=0 step=claimUser at=2026-12-06T10:00:01Z' };
      world.account.setTags(user, { ...world.account.tags(user), ...others });
    });

    const claimed = await world.activities.claimUser(world.context());

    expect(claimed.counter).toBe(0);
  });

  test('withdraws where AWS does not show its claim for long', async () => {
    const world = await createWorld({
      settings: { readDelay: 3_600_000, staleReads: ({ operation }) => operation === 'GetUser' },
    });

    const claiming = world.activities.claimUser(world.context());

    await expect(claiming).rejects.toThrow('AWS does not show the claim that was just put on alice');
    expect(world.left().claims).toEqual([]);
  });

  test('withdraws where AWS does not say whether it put the claim there', async () => {
    const world = await createWorld({ settings: { readDelay: 4_000 } });
    world.sandbox.fault({ operation: 'TagUser', call: 'every', kind: 'lostAnswer' });

    const claiming = world.activities.claimUser(world.context());

    await expect(claiming).rejects.toMatchObject({ name: 'AnswerUnknownError' });
    expect(world.left().claims).toEqual([]);
  });

  test('finds its own claim again and brings the counter along', async () => {
    const world = await createWorld();
    await world.start({}, { wait: false });
    const { context } = await world.store.load('r-1');

    const claimed = await world.activities.claimUser(context);

    expect(claimed).toMatchObject({ counter: 2, resumed: true });
  });

  test('records how far this machine’s clock is off', async () => {
    const world = await createWorld({ skew: 40 * day * 1000 });

    const claimed = await world.activities.claimUser(world.context());

    expect(claimed).toMatchObject({ at: '2026-12-06T10:00:02Z', skewSeconds: 3_456_000 });
  });

  test.each([
    [5 * 60 + 1, "this machine's clock is 5 minutes ahead of AWS's; AWS's is what counts"],
    [-40 * day, "this machine's clock is 57600 minutes behind AWS's; AWS's is what counts"],
    [5 * 60, undefined],
    [-5 * 60, undefined],
  ])('S11 a clock that is %d s off: %s', async (seconds, warning) => {
    const world = await createWorld({ skew: seconds * 1000 });

    await world.activities.claimUser(world.context());

    expect(world.announcements.map(({ text }) => text)).toEqual(warning ? [warning] : []);
  });

  test('S1 to roll back it only reads', async () => {
    const world = await createWorld();
    const before = world.account.tags(user);

    const claimed = await world.activities.claimUser(world.context({ intent: 'rollBack' }));

    expect(claimed.resumed).toBe(false);
    expect(world.account.tags(user)).toEqual(before);
  });

  test.each([
    ['account', { account: '999999999999' }],
    ['partition', { partition: 'aws-cn' }],
  ])('S9 a user of another %s is not even looked at', async (_, pinned) => {
    const world = await createWorld();

    const claiming = world.activities.claimUser(world.context({ plan: world.plan(pinned) }));

    await expect(claiming).rejects.toMatchObject({ name: 'UnexpectedStateError' });
    expect(world.operations()).toEqual(['GetCallerIdentity']);
  });
});
