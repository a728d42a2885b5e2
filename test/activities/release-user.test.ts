import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import type { Settings } from '../../src/sandbox/settings.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { claimTag, newKey, oldKey, type UnderWay, underWay } from '../support/under-way.ts';
import { createWorld, user } from '../support/world.ts';

const error = (name: string) => ({ error: { Error: name, Cause: 'as arranged\nhint: nothing' } });
const inspected = (verdict: 'nothingToDo' | 'noSlot' | 'refused') =>
  came('inspectKeys', { verdict, reason: 'because' });
const without = (...names: (keyof RotationContext)[]) =>
  Object.fromEntries(names.map((name) => [name, undefined])) as Partial<RotationContext>;
const freed = came('freeSlot', { counter: 0 });

describe('releaseUser where no key of ours is known', () => {
  test.each<[string, Partial<RotationContext>, string, string]>([
    ['nothing to do', inspected('nothingToDo'), 'nothingToDo', 'because'],
    ['refused', inspected('refused'), 'refused', 'because'],
    ['no slot', inspected('noSlot'), 'refused', 'because'],
    ['nothing was begun', {}, 'refused', 'the rotation was not begun'],
    [
      'another key was removed to make room, and then nothing',
      came('freeSlot', { counter: 1, removed: 'AKIAIOSFODNN7EXAMPLE' }),
      'stuck',
      'the rotation is not over',
    ],
    [
      'no answer of createKey, which left nothing that is seen',
      { ...cutOffIn('createKey'), ...error('AnswerUnknownError') },
      'stuck',
      'as arranged',
    ],
    ['an error', error('ConsumerError'), 'refused', 'as arranged'],
    ['no answer before anything was asked for', error('AnswerUnknownError'), 'refused', 'as arranged'],
    [
      'no answer once a key may have been asked for',
      { ...freed, ...error('AnswerUnknownError') },
      'stuck',
      'as arranged',
    ],
    [
      'another key was removed to make room',
      { ...came('freeSlot', { removed: 'AKIAIOSFODNN7EXAMPLE' }), ...error('AccessDeniedError') },
      'stuck',
      'as arranged',
    ],
    ['S10 a record that was overtaken', error('RecordError'), 'stuck', 'as arranged'],
    [
      'createKey was cut off, and left nothing',
      { ...cutOffIn('createKey'), ...error('AccessDeniedError') },
      'refused',
      'as arranged',
    ],
  ])('%s', async (_, members, verdict, reason) => {
    const world = await createWorld();

    const released = await world.activities.releaseUser(world.context(members));

    expect(released).toMatchObject({ verdict, reason });
  });

  test('after a cut off createKey any key that was not there before keeps everything open', async () => {
    const record = { ...without('createKey', 'deliverKey'), ...cutOffIn('createKey'), ...error('AccessDeniedError') };
    const rotation = await underWay({ record });
    await rotation.vault.remove('r-1', 'new');

    const { at, verdict } = await rotation.activities.releaseUser(rotation.context);

    expect([at, verdict]).toEqual(['2026-12-06T10:00:00Z', 'stuck']);
    expect(rotation.left()).toMatchObject({ claims: [claimTag], vault: ['r-1-old.json'] });
  });

  test('S20 that none was made counts only after 10 s', async () => {
    const world = await createWorld();

    const { at } = await world.activities.releaseUser(
      world.context({ ...came('claimUser'), ...cutOffIn('createKey'), ...error('AccessDeniedError') }),
    );

    expect(at).toBe('2026-12-06T10:00:10Z');
  });
});

const done = { old: 'gone', record: came('deleteKey') } as const;
type Arranged = Awaited<ReturnType<typeof underWay>>;
const nothing = () => {};

describe('releaseUser where the old key is gone', () => {
  const rotated = 'AKIA…0002 has replaced AKIA…0001';
  const unread = came('deliverKey', { consumers: [{ spec: 'exec:/deploy/key', state: 'delivered', readable: false }] });

  test('says what has replaced it, and leaves nothing of the rotation', async () => {
    const rotation = await underWay(done);

    const output = await rotation.activities.releaseUser(rotation.context);

    expect(output).toEqual({ at: '2026-12-06T10:00:00Z', verdict: 'rotated', reason: rotated });
    expect(rotation.left()).toMatchObject({ keys: ['new Active'], claims: [], vault: [] });
  });

  test.each<[string, UnderWay, string]>([
    ['which somebody else deleted', { old: 'gone' }, rotated],
    ['or never was', { plan: { oldKey: null } }, 'AKIA…0002 has replaced no key'],
    [
      'and somebody else made the new one, for retire',
      {
        ...done,
        plan: { from: 'watch', newKey },
        record: { ...without('createKey', 'deliverKey'), ...came('checkOldKeyUse') },
      },
      rotated,
    ],
    ['and an unread place was confirmed', { old: 'gone', record: { ...unread, ...came('deactivateKey') } }, rotated],
  ])('%s, it is rotated', async (_, given, reason) => {
    const rotation = await underWay(given);

    expect(await rotation.activities.releaseUser(rotation.context)).toMatchObject({ verdict: 'rotated', reason });
  });

  test('and the vault lost the pair, it is rotated', async () => {
    const rotation = await underWay(done);
    await rotation.vault.remove('r-1', 'new');

    expect((await rotation.activities.releaseUser(rotation.context)).verdict).toBe('rotated');
  });

  test.each<[string, UnderWay, (rotation: Arranged) => void]>([
    ['the new one is inactive', {}, ({ account }) => account.setStatus(newKey, 'Inactive')],
    ['nothing was delivered', { record: without('deliverKey') }, nothing],
    ['the delivery failed', { record: came('deliverKey', { verdict: 'failed' }) }, nothing],
    ['S25 nobody knows whether it arrived', { record: unread }, nothing],
  ])('but %s, a person has to look, and everything stays', async (_, given, meanwhile) => {
    const rotation = await underWay({ old: 'gone', ...given });
    meanwhile(rotation);

    const { verdict, reason } = await rotation.activities.releaseUser(rotation.context);

    expect([verdict, reason]).toEqual(['stuck', 'the rotation is not over']);
    expect(rotation.left()).toMatchObject({ claims: [claimTag], vault: ['r-1-new.json', 'r-1-old.json'] });
  });

  test('S20 and a list shows it still, that list is behind', async () => {
    const rotation = await underWay({ record: came('deleteKey') });
    await rotation.clock.sleep(120_000);
    rotation.account.deleteKey(oldKey);
    const staleReads: Settings['staleReads'] = ({ operation, read }) => operation === 'ListAccessKeys' && read === 1;
    Object.assign(rotation.sandbox.settings, { readDelay: 60_000, staleReads });

    expect(await rotation.activities.releaseUser(rotation.context)).toMatchObject({
      at: '2026-12-06T10:02:05Z',
      verdict: 'rotated',
    });
  });
});

describe('releaseUser where nothing is over', () => {
  test.each<[string, UnderWay, string]>([
    ['while the old key is there', {}, 'the rotation is not over'],
    ['with the reason that stopped it', { record: error('ThrottledError') }, 'as arranged'],
    ['with a pair in the vault', { record: { ...without('createKey', 'deliverKey') } }, 'the rotation is not over'],
    [
      'of a watch that was begun',
      { plan: { from: 'watch', newKey }, record: { ...without('createKey', 'deliverKey'), ...came('checkOldKeyUse') } },
      'the rotation is not over',
    ],
  ])('%s it is stuck', async (_, given, reason) => {
    const rotation = await underWay(given);

    expect(await rotation.activities.releaseUser(rotation.context)).toMatchObject({ verdict: 'stuck', reason });
    expect(rotation.left()).toMatchObject({ claims: [claimTag], vault: ['r-1-new.json', 'r-1-old.json'] });
  });

  test('a key that was made keeps it open, though the vault lost its pair', async () => {
    const rotation = await underWay({ record: without('deliverKey') });
    await rotation.vault.remove('r-1', 'new');

    expect((await rotation.activities.releaseUser(rotation.context)).verdict).toBe('stuck');
  });

  test.each(['Active', 'gone'] as const)(
    'a watch that was not begun is only refused (the old key is %s)',
    async (old) => {
      const plan = { from: 'watch', newKey } as const;
      const rotation = await underWay({
        old,
        plan,
        record: { ...without('createKey', 'deliverKey'), ...inspected('refused') },
      });

      expect(await rotation.activities.releaseUser(rotation.context)).toMatchObject({
        verdict: 'refused',
        reason: 'because',
      });
      expect(rotation.left()).toMatchObject({ claims: [], vault: [] });
    },
  );
});

describe('releaseUser on the way back', () => {
  const left = came('removeNewKey', { reason: 'the new key stays' });
  const unkept = came('verifyOldKey', { verdict: 'unkept', reason: 'no old secret is kept' });
  const back = { intent: 'rollBack' } as const;

  test.each<[string, UnderWay, string]>([
    ['it came to its end', { record: { ...back, ...left, ...came('verifyOldKey') } }, 'the new key stays'],
    [
      'it came to its end before any place was offered the key',
      { record: { ...back, ...without('deliverKey'), ...left } },
      'the new key stays',
    ],
    ['there was nothing to restore', { record: { ...back, ...unkept } }, 'no old secret is kept'],
    [
      'the old pair is restored, and a person deleted its key since',
      { old: 'gone', record: { ...back, ...came('verifyOldKey'), ...came('restoreConsumers') } },
      'as seen',
    ],
    [
      'AWS did not accept the new key',
      {
        record: {
          ...came('verifyNewKey', { verdict: 'rejected', reason: 'not accepted' }),
          ...without('deliverKey'),
          ...left,
        },
      },
      'not accepted; the new key stays',
    ],
    [
      'the delivery failed',
      {
        record: { ...came('deliverKey', { verdict: 'failed', reason: 'read-only' }), ...came('verifyNewKey'), ...left },
      },
      'read-only; the new key stays',
    ],
  ])('is rolled back where %s', async (_, given, reason) => {
    const rotation = await underWay(given);

    expect(await rotation.activities.releaseUser(rotation.context)).toMatchObject({ verdict: 'rolledBack', reason });
    expect(rotation.left()).toMatchObject({ claims: [], vault: [] });
  });

  test.each<[string, UnderWay]>([
    ['the way back is not over', { record: { ...back, ...came('verifyOldKey') } }],
    ['the new key is not dealt with yet', { record: { ...back, ...came('restoreConsumers') } }],
    [
      'a place did not take the old pair back',
      {
        old: 'gone',
        record: {
          ...back,
          ...came('deliverKey', { verdict: 'failed' }),
          ...came('restoreConsumers', { verdict: 'failed' }),
        },
      },
    ],
    ['nobody asked for it', { record: left }],
  ])('is not where %s', async (_, given) => {
    const rotation = await underWay(given);

    expect((await rotation.activities.releaseUser(rotation.context)).verdict).toBe('stuck');
  });
});

describe('what releaseUser takes away', () => {
  test('is the claim that the record knows of, even where a read does not show it', async () => {
    const rotation = await underWay(done);
    const staleReads: Settings['staleReads'] = ({ operation }) => operation === 'GetUser';
    Object.assign(rotation.sandbox.settings, { readDelay: 3_600_000, staleReads });

    expect((await rotation.activities.releaseUser(rotation.context)).verdict).toBe('rotated');
    expect(rotation.account.tags(user)).toEqual({ team: 'web' });
  });

  test.each<[string, UnderWay, string[]]>([
    ['the claim that is there, though the record does not know of it', {}, ['GetUser', 'UntagUser']],
    ['no claim where there is none', { claim: null }, ['GetUser']],
  ])('is %s', async (_, given, asked) => {
    const rotation = await underWay({ ...done, ...given, record: { ...done.record, claimUser: undefined } as never });

    await rotation.activities.releaseUser(rotation.context);

    expect(rotation.operations().filter((one) => one.endsWith('User'))).toEqual(asked);
    expect(rotation.account.tags(user)).toEqual({ team: 'web' });
  });

  test.each<[string, UnderWay, string[]]>([
    [
      'the claim only after the vault and the seal, and until then says how it ended',
      done,
      [`released 2026-12-06T10:00:00Z rotated keys=${oldKey}/${newKey}`],
    ],
    ['so for a first key', { plan: { oldKey: null } }, [`released 2026-12-06T10:00:00Z rotated keys=${newKey}`]],
    [
      'only vault and seal where there is no claim',
      { ...done, claim: null, record: { ...done.record, claimUser: undefined } as never },
      [],
    ],
  ])('S28 is %s', async (_, given, claims) => {
    const rotation = await underWay(given);
    const seen: unknown[] = [];
    const unseal = async (which: string) => {
      const { [claimTag]: claim } = rotation.account.tags(user);
      seen.push({ which, claims: claim ? [claim] : [], vault: rotation.left().vault });
    };
    const { releaseUser } = createActivities({ ...rotation.newDeps(), unseal });

    await releaseUser(rotation.context);

    expect(seen).toEqual([{ which: 'r-1', claims, vault: [] }]);
    expect(rotation.account.tags(user)).toEqual({ team: 'web' });
    expect(rotation.operations().filter((one) => /TagUser|UntagUser/.test(one))).toEqual(
      claims.length > 0 ? ['TagUser', 'UntagUser'] : [],
    );
  });

  test('is nothing of the vault where the claim could not be, and that is nobody’s but a person’s', async () => {
    const rotation = await underWay(done);
    rotation.sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'error500' });

    await expect(rotation.activities.releaseUser(rotation.context)).rejects.toMatchObject({
      name: 'AnswerUnknownError',
    });
    expect(rotation.left().vault).toEqual(['r-1-new.json', 'r-1-old.json']);
  });
});
