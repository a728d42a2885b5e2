import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { allBut, createWorld, day, user, type WorldOptions } from '../support/world.ts';

const claimTag = 'keyturn:claim:r-1';

/** A world at 2026-12-06T10:00:00Z whose user has these claims. */
async function claimed(claims: Record<string, string>, options: WorldOptions = {}) {
  const world = await createWorld(options);
  world.account.setTags(user, { team: 'web', ...claims });
  return world;
}

const slowReads = (readDelay: number): WorldOptions => ({
  settings: { readDelay, staleReads: ({ operation }) => operation === 'GetUser' },
});

/** The claim of this rotation as the step left it. */
const own = (counter: number, step = 'deliverKey') => ({
  [claimTag]: `since=2026-12-06T09:00:00Z n=${counter} step=${step} at=2026-12-06T09:30:00Z`,
});

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

  test('S10 does not begin beside another', async () => {
    const others = { 'keyturn:claim:r-0': 'since=2026-12-06T09:00:00Z n=0' };
    const world = await claimed(others);

    await expect(world.activities.claimUser(world.context())).rejects.toMatchObject({
      name: 'RefusedError',
      message: 'alice is being rotated already: rotation r-0 since 2026-12-06T09:00:00Z',
    });
    expect(world.account.tags(user)).toEqual({ team: 'web', ...others });
    expect(world.operations()).not.toContain('TagUser');
  });

  test('looks six times for what it put there', async () => {
    const world = await createWorld(slowReads(11_000));

    expect((await world.activities.claimUser(world.context())).at).toBe('2026-12-06T10:00:12Z');
  });

  test('withdraws where AWS does not show its claim then', async () => {
    const world = await createWorld(slowReads(13_000));

    const claiming = world.activities.claimUser(world.context());

    await expect(claiming).rejects.toMatchObject({
      name: 'UnexpectedStateError',
      message: 'AWS does not show the claim that was just put on alice',
      hint: 'no key was changed; try again in a minute',
    });
    expect(world.operations().filter((name) => name === 'GetUser')).toHaveLength(7);
    expect(world.left().claims).toEqual([]);
  });

  test('has nothing to withdraw where it may not claim', async () => {
    const world = await createWorld({ policies: allBut('iam:TagUser') });

    await expect(world.activities.claimUser(world.context())).rejects.toMatchObject({ name: 'AccessDeniedError' });
    expect(world.operations()).not.toContain('UntagUser');
  });

  test('withdraws where AWS does not say whether it put the claim there', async () => {
    const world = await createWorld({ settings: { readDelay: 4_000 } });
    world.sandbox.fault({ operation: 'TagUser', call: 'every', kind: 'lostAnswer' });

    const claiming = world.activities.claimUser(world.context());

    await expect(claiming).rejects.toMatchObject({ name: 'AnswerUnknownError' });
    expect(world.left().claims).toEqual([]);
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

    expect(world.announcements).toEqual(warning ? [{ about: 'claimUser', text: warning }] : []);
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

describe('claimUser of a rotation that goes on', () => {
  const begun = came('claimUser');
  const delivered = { ...begun, ...came('createKey'), ...came('deliverKey', { counter: 2 }) };
  const deactivating = { ...delivered, ...cutOffIn('deactivateKey') };
  const inGrace = { ...delivered, ...came('deactivateKey', { counter: 3 }) };
  const released = came('releaseUser');

  test.each<[string, Partial<RotationContext>, Record<string, string>, number]>([
    ['as the record knows it', delivered, own(2), 2],
    ['behind the record', delivered, own(1), 2],
    ['ahead by the step that was cut off', deactivating, own(3, 'deactivateKey'), 3],
    ['before the record knew of it', {}, own(0, 'claimUser'), 0],
  ])('finds its claim %s, and asks for no other', async (_, record, claim, counter) => {
    const world = await claimed(claim);

    const found = await world.activities.claimUser(world.context(record));

    expect(found).toEqual({ at: '2026-12-06T10:00:00Z', counter, resumed: true, skewSeconds: 0 });
    expect(world.account.tags(user)).toEqual({ team: 'web', ...claim });
    expect(world.operations()).not.toContain('TagUser');
  });

  test.each<[string, Partial<RotationContext>, Record<string, string>]>([
    ['nobody was cut off', delivered, own(3, 'deactivateKey')],
    ['another step was', deactivating, own(3, 'deleteKey')],
    ['the claim is two steps on', deactivating, own(4, 'deactivateKey')],
  ])('S9 is overtaken where %s', async (_, record, claim) => {
    const world = await claimed(claim);

    const claiming = world.activities.claimUser(world.context(record));

    await expect(claiming).rejects.toMatchObject({
      name: 'RecordError',
      message: expect.stringMatching(/^the record of rotation r-1 is behind its claim in AWS/),
    });
  });

  test.each<[string, Record<string, string>, boolean, number]>([
    ['a claim', own(3, 'deactivateKey'), true, 3],
    ['no claim', {}, false, 3],
    ['a claim that is ahead of the record: what comes after the reactivation stops there', own(9), true, 3],
    ['the claim of another rotation', { 'keyturn:claim:r-0': 'n=0' }, false, 3],
  ])('S1 on its way back only reads: %s', async (_, claims, resumed, counter) => {
    const world = await claimed(claims, { skew: day * 1000 });

    const found = await world.activities.claimUser(world.context({ ...inGrace, intent: 'rollBack' }));

    expect(found).toMatchObject({ resumed, counter });
    expect(world.operations()).toEqual(['GetCallerIdentity', 'GetUser']);
    expect(world.announcements).toEqual([]);
  });

  test.each<[string, Partial<RotationContext>]>([
    ['S1 on its way back', { ...delivered, intent: 'rollBack' }],
    ['S2 in the grace', inGrace],
  ])('%s goes on without a user that cannot be read', async (_, record) => {
    const world = await createWorld({ policies: allBut('iam:GetUser') });

    expect((await world.activities.claimUser(world.context(record))).resumed).toBe(false);
  });

  test('forward does not', async () => {
    const world = await createWorld({ policies: allBut('iam:GetUser') });

    const claiming = world.activities.claimUser(world.context(delivered));

    await expect(claiming).rejects.toMatchObject({ name: 'AccessDeniedError' });
  });

  test.each([
    [true, 9_000, '2026-12-06T10:00:10Z'],
    [false, 49_000, '2026-12-06T10:00:50Z'],
  ])('S10 waits for its claim over five more looks (attended: %s)', async (attended, delay, at) => {
    const world = await claimed(own(2), slowReads(delay));

    const claiming = createActivities({ ...world.newDeps(), attended }).claimUser(world.context(delivered));

    expect(await claiming).toMatchObject({ at, counter: 2, resumed: true });
  });

  test.each<[string, Partial<RotationContext>]>([
    ['was begun', begun],
    ['made a key', delivered],
    ['stopped once before', { ...delivered, ...came('releaseUser', { verdict: 'stuck' }) }],
  ])('S10 does not go on without its claim where it %s', async (_, record) => {
    const world = await claimed(own(2), slowReads(11_000));

    await expect(world.activities.claimUser(world.context(record))).rejects.toMatchObject({
      name: 'RecordError',
      message: 'rotation r-1 has no claim on alice any more',
      hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
    });
    expect(world.operations()).not.toContain('TagUser');
  });

  test.each<[string, Partial<RotationContext>]>([
    ['made a key', { ...begun, ...came('createKey', { counter: 3 }), ...released }],
    ['watched an old key', { ...begun, ...came('checkOldKeyUse'), ...came('deactivateKey'), ...released }],
    ['was cut off while it released', { ...inGrace, ...cutOffIn('releaseUser') }],
  ])('its claim may be gone at its end, where it %s', async (_, record) => {
    const world = await createWorld();

    const found = await world.activities.claimUser(world.context(record));

    expect(found).toEqual({ at: '2026-12-06T10:00:10Z', counter: 3, resumed: true, skewSeconds: 0 });
    expect(world.left().claims).toEqual([]);
  });

  test('one that ended before it made anything claims again', async () => {
    const world = await createWorld();

    const found = await world.activities.claimUser(world.context({ ...begun, ...released }));

    expect(found.resumed).toBe(false);
    expect(world.left().claims).toEqual([claimTag]);
  });
});
