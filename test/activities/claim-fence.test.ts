// The gate before each dangerous step: what lets through, what the claim says afterwards, and what stops, with what is told then.
import { describe, expect, test } from 'vitest';
import {
  askAnew,
  type Claim,
  fence,
  mustBeClaimed,
  pinnedUserIfReadable,
  releaseClaim,
} from '../../src/activities/claim.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { allBut, createWorld, user, type World, type WorldOptions } from '../support/world.ts';

const tag = 'keyturn:claim:r-1';
const newKey = 'AKIANEWNEWNEWNEW0002';
const deactivated = { at: '2026-12-06T09:30:00Z', counter: 2, changed: true, lastUsed: null, oldKeyPair: null };
const counted = { deactivateKey: deactivated } as unknown as Partial<RotationContext>;
const created = {
  createKey: { at: '2026-12-06T09:10:00Z', counter: 1, newKey },
} as unknown as Partial<RotationContext>;

/** A world at 2026-12-06T10:00:00Z whose user has this claim of rotation r-1, and others' tags. */
async function claimed(value: string | null, options: WorldOptions = {}, others: Record<string, string> = {}) {
  const world = await createWorld(options);
  world.account.setTags(user, { team: 'web', ...others, ...(value === null ? {} : { [tag]: value }) });
  return world;
}

const since = 'since=2026-12-06T09:00:00Z';
const past = `${since} n=2 step=deactivateKey at=2026-12-06T09:30:00Z`;
const marks = 'off=2026-12-06T09:30:00Z used=2026-12-05T09:00:00Z';

const passing = (world: World, step: Parameters<typeof fence>[2], given: Partial<RotationContext> = counted) =>
  fence(world.newDeps(), world.context(given), step);

describe('the fence lets through', () => {
  test('with the step, its moment and the keys in the claim, one further than the record', async () => {
    const world = await claimed(past);

    const { counter, before, own } = await passing(world, 'deleteKey', { ...counted, ...created });

    const stood = { rotation: 'r-1', since: '2026-12-06T09:00:00Z', keys: [] };
    expect(counter).toBe(3);
    expect(before).toEqual({ ...stood, counter: 2, step: 'deactivateKey', at: '2026-12-06T09:30:00Z' });
    expect(own).toEqual<Claim>({
      ...stood,
      counter: 3,
      step: 'deleteKey',
      at: '2026-12-06T10:00:00Z',
      keys: [world.oldKey, newKey],
    });
    expect(world.account.tags(user)[tag]).toBe(
      `${since} n=3 step=deleteKey at=2026-12-06T10:00:00Z keys=${world.oldKey}/${newKey}`,
    );
  });

  test.each<[string, Parameters<typeof fence>[2], Partial<RotationContext>, string, string]>([
    ['when the old key was deactivated stays in it', 'deleteKey', counted, `${past} ${marks}`, ` ${marks}`],
    ['a reactivation ends that', 'reactivateKey', counted, `${past} ${marks}`, ''],
    ['before a creation: when it was asked', 'createKey', {}, `${since} n=0`, ' asked=2026-12-06T10:00:00Z'],
    [
      'an earlier request stays',
      'createKey',
      {},
      `${since} n=0 asked=2026-12-06T09:01:00Z`,
      ' asked=2026-12-06T09:01:00Z',
    ],
    [
      'until it is settled',
      'removeNewKey',
      {},
      `${since} n=0 asked=2026-12-06T09:01:00Z`,
      ' asked=2026-12-06T09:01:00Z',
    ],
    ['which it is by the outcome', 'deliverKey', created, `${since} n=1 asked=2026-12-06T09:01:00Z`, ''],
    ['before other steps no request is noted', 'deliverKey', {}, `${since} n=0`, ''],
  ])('%s', async (_, step, given, before, expected) => {
    const world = await claimed(before);

    await passing(world, step, given);

    expect(world.account.tags(user)[tag]?.replace(/^.* keys=\S+/, '')).toBe(expected);
  });

  test('the key that retire was told of is in the claim too, and without an old one it alone', async () => {
    const world = await claimed(`${since} n=0`);
    const plan = world.plan({ oldKey: null, newKey });

    await passing(world, 'deliverKey', { plan });

    expect(world.account.tags(user)[tag]).toMatch(new RegExp(` keys=${newKey}$`));
  });

  test('a creation that is asked for anew, with the new moment', async () => {
    const world = await claimed(`${since} n=0 asked=2026-12-06T09:01:00Z`);
    const { own } = await passing(world, 'createKey', {});

    await askAnew(world.newDeps(), world.context(), own);

    expect(world.account.tags(user)[tag]).toBe(
      `${since} n=1 step=createKey at=2026-12-06T10:00:00Z keys=${world.oldKey} asked=2026-12-06T10:00:00Z`,
    );
  });

  test('a second try of the step that was cut off', async () => {
    const world = await claimed(`${since} n=3 step=deleteKey at=2026-12-06T09:59:00Z`);

    expect((await passing(world, 'deleteKey')).counter).toBe(3);
  });

  test('before a younger claim, which withdraws by itself', async () => {
    const world = await claimed(past, {}, { 'keyturn:claim:r-2': 'since=2026-12-06T09:00:01Z' });

    expect((await passing(world, 'deleteKey')).counter).toBe(3);
  });

  test('a claim that AWS shows only at the second look', async () => {
    const world = await claimed(past, { settings: { readDelay: 1_500 } });

    expect((await passing(world, 'deleteKey')).counter).toBe(3);
  });
});

describe('the fence stops', () => {
  test.each<[string, string]>([
    ['the step after that', `${since} n=4 step=deleteKey at=2026-12-06T09:59:00Z`],
    ['another step', `${since} n=3 step=reactivateKey at=2026-12-06T09:59:00Z`],
  ])('S9 a record that is behind its claim, which names %s', async (_, claim) => {
    const world = await claimed(claim);
    const [, n, step] = /n=(\d) step=(\w+)/.exec(claim) ?? [];

    await expect(passing(world, 'deleteKey')).rejects.toMatchObject({
      name: 'RecordError',
      message: `the record of rotation r-1 is behind its claim in AWS (2 < ${n}, at ${step})`,
      hint: `nothing was changed now; go on where the newer record is, or put that record back in place of this one; the way back needs none: keyturn rollback --only-reactivate --user alice --key ${world.oldKey}`,
    });
    expect(world.account.tags(user)[tag]).toBe(claim);
  });

  test('and names no way back where no key was replaced', async () => {
    const world = await claimed(`${since} n=4`);
    const plan = world.plan({ oldKey: null });

    const { hint } = await passing(world, 'deleteKey', { ...counted, plan }).catch((error) => error);

    expect(hint).toMatch(/in place of this one$/);
  });

  test.each([
    ['since=2026-12-06T08:59:59Z n=0', ' since 2026-12-06T08:59:59Z'],
    ['unreadable', ''],
  ])('S10 where an older claim is there: %s', async (other, when) => {
    const world = await claimed(past, {}, { 'keyturn:claim:r-0': other });

    await expect(passing(world, 'deleteKey')).rejects.toMatchObject({
      name: 'RefusedError',
      message: `alice is being rotated already: rotation r-0${when}`,
      hint: 'look with keyturn status r-0; if that rotation is dead: keyturn release r-0 --user alice',
    });
    expect(world.account.tags(user)[tag]).toBe(past);
  });

  test.each<[boolean, string]>([
    [true, '2026-12-06T10:00:02Z'],
    [false, '2026-12-06T10:00:10Z'],
  ])('S10 where its claim is gone from two looks (attended: %s)', async (attended, looked) => {
    const world = await claimed(null);

    const stopped = mustBeClaimed({ ...world.newDeps(), attended }, world.context());

    await expect(stopped).rejects.toMatchObject({
      name: 'RecordError',
      message: 'the claim of rotation r-1 on alice is gone',
      hint: 'someone released it, or this record was restored from a backup; nothing was changed; look with keyturn status',
    });
    expect(new Date(world.clock.now()).toISOString()).toBe(looked.replace('Z', '.000Z'));
    expect(world.operations()).toEqual(['GetUser', 'GetUser']);
  });

  const otherwise: [string, Partial<ReturnType<World['plan']>>, object][] = [
    [
      'another account',
      { account: '999999999999' },
      {
        message: 'these credentials belong to account 123456789012, the rotation to 999999999999',
        hint: 'nothing was changed; run the command with credentials of the rotation’s account',
      },
    ],
    [
      'another partition',
      { partition: 'aws-cn' },
      { message: 'these credentials belong to account 123456789012, the rotation to 123456789012' },
    ],
    [
      'a user that was made anew',
      { userId: 'AIDAOTHEROTHEROTHER01' },
      {
        message: expect.stringMatching(/^the user alice is another one now: AIDA\w+ instead of AIDAOTHEROTHEROTHER01$/),
        hint: 'the user was deleted and made again; nothing was changed; start a new rotation',
      },
    ],
  ];

  test.each(otherwise)('S9 before %s', async (_, changed, says) => {
    const world = await claimed(past);

    const stopped = passing(world, 'deleteKey', { ...counted, plan: world.plan(changed) });

    await expect(stopped).rejects.toMatchObject({ name: 'UnexpectedStateError', ...says });
    expect(world.account.tags(user)[tag]).toBe(past);
  });

  test.each(otherwise)('and so does the look before a reactivation: %s', async (_, changed, says) => {
    const world = await claimed(past);

    const looking = pinnedUserIfReadable(world.newDeps(), world.context({ plan: world.plan(changed) }));

    await expect(looking).rejects.toMatchObject({ name: 'UnexpectedStateError', ...says });
  });
});

describe('S1 before a reactivation', () => {
  test('a user that cannot be read is no reason to stop', async () => {
    const world = await claimed(past, { policies: allBut('iam:GetUser') });

    expect(await pinnedUserIfReadable(world.newDeps(), world.context())).toBeNull();
  });

  test('one that can be is looked at', async () => {
    const world = await claimed(past);

    expect((await pinnedUserIfReadable(world.newDeps(), world.context()))?.name).toBe(user);
  });

  test('a fault of our own stays one', async () => {
    const world = await claimed(past);
    const { aws, ...deps } = world.newDeps();
    const broken = { ...aws, caller: () => aws.caller(), user: () => Promise.reject(new TypeError('a slip')) };

    await expect(pinnedUserIfReadable({ ...deps, aws: broken }, world.context())).rejects.toThrow('a slip');
  });
});

describe('a claim is released', () => {
  const released = async (world: World) =>
    releaseClaim(world.newDeps().aws, user, 'r-1', '2026-12-06T10:00:00Z').catch(({ name }) => name);

  test('by taking the tag away, once and again', async () => {
    const world = await claimed(past);

    expect([await released(world), await released(world)]).toEqual([undefined, undefined]);
    expect(world.account.tags(user)).toEqual({ team: 'web' });
  });

  test('where that is denied, by saying so in it', async () => {
    const world = await claimed(past, { policies: allBut('iam:UntagUser') });

    expect(await released(world)).toBeUndefined();
    expect(world.account.tags(user)).toEqual({ team: 'web', [tag]: 'released 2026-12-06T10:00:00Z' });
  });

  test('not where AWS fails otherwise', async () => {
    const world = await claimed(past);
    world.sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'error500' });

    expect(await released(world)).toBe('AnswerUnknownError');
    expect(world.account.tags(user)[tag]).toBe(past);
  });
});
