import { describe, expect, test } from 'vitest';
import { came, cutOffIn } from '../support/outcomes.ts';
import { claimTag, newKey, oldKey, type UnderWay, underWay } from '../support/under-way.ts';
import { allBut, user } from '../support/world.ts';

const undelivered = { preflightConsumers: undefined, deliverKey: undefined } as never;
const unmade = { preflightConsumers: undefined, createKey: undefined, deliverKey: undefined };
const asked = 'since=2026-12-06T09:15:00Z n=0 step=createKey at=2026-12-06T09:20:00Z asked=2026-12-06T09:20:00Z';

/** The roll back of a rotation whose new key no place was offered. */
const notOffered = (given: UnderWay = {}) =>
  underWay({ ...given, record: { ...(undelivered as object), ...given.record } });

/** One that was cut off while it made the key, of which nothing is known. */
async function cutOffInTheMaking(given: UnderWay = {}) {
  const rotation = await underWay({ record: { ...unmade, ...cutOffIn('createKey') } as never, ...given });
  await rotation.vault.remove('r-1', 'new');
  rotation.account.setTags(user, { [claimTag]: asked });
  return rotation;
}

describe('S23 removeNewKey', () => {
  test('deletes a key that no place was offered, and raises the claim', async () => {
    const rotation = await notOffered();

    const output = await rotation.activities.removeNewKey(rotation.context);

    expect(output).toEqual({
      at: '2026-12-06T10:00:05Z',
      counter: 2,
      verdict: 'removed',
      reason: 'the new key AKIA…0002 is removed: no place was ever offered it',
    });
    expect(rotation.left().keys).toEqual(['old Active']);
    expect(rotation.changes()).toEqual(['UpdateAccessKey', 'DeleteAccessKey']);
    expect(rotation.account.tags(user)[claimTag]).toContain('n=2 step=removeNewKey');
  });

  test.each<[string, UnderWay]>([
    ['a place was given', {}],
    ['a place was being given', { record: { ...(undelivered as object), ...cutOffIn('deliverKey') } }],
    [
      'somebody else made, for retire',
      { plan: { from: 'watch', newKey }, record: { ...(undelivered as object), createKey: undefined } as never },
    ],
  ])('leaves a key that %s', async (_, given) => {
    const rotation = await underWay(given);

    const { verdict, reason } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason]).toEqual([
      'left',
      'the new key AKIA…0002 stays active: a place was offered it and may use it',
    ]);
    expect(rotation.left().keys).toEqual(['old Active', 'new Active']);
    expect(rotation.changes()).toEqual([]);
  });

  test('of one that somebody deleted it says so', async () => {
    const rotation = await underWay();
    rotation.account.deleteKey(newKey);

    const { verdict, reason } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason]).toEqual(['removed', 'the new key AKIA…0002 is gone already']);
  });

  test('one that was never offered and is gone is removed', async () => {
    const rotation = await notOffered();
    rotation.account.deleteKey(newKey);

    const { verdict, reason } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason]).toEqual(['removed', 'the new key AKIA…0002 is removed: no place was ever offered it']);
    expect(rotation.changes()).toEqual([]);
  });

  test('S9 one that vanishes is removed only where the same list shows the old key', async () => {
    const rotation = await notOffered();
    const changed = rotation.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' || operation !== 'UpdateAccessKey') return;
      changed();
      for (const id of [oldKey, newKey]) rotation.account.deleteKey(id);
    });

    await expect(rotation.activities.removeNewKey(rotation.context)).rejects.toThrow(
      'alice shows neither AKIA…0002 nor AKIA…0001',
    );
  });

  test('a list that does not show the key yet is asked for again', async () => {
    const rotation = await underWay();
    const { settings } = rotation.sandbox;
    Object.assign(settings, {
      readDelay: 3_600_000,
      staleReads: ({ operation, read }: { operation: string; read: number }) =>
        operation === 'ListAccessKeys' && read === 1,
    });

    expect((await rotation.activities.removeNewKey(rotation.context)).verdict).toBe('left');
  });

  test('knows the key by the vault, where its creation was cut off', async () => {
    const rotation = await underWay({
      record: { ...unmade, ...cutOffIn('createKey') } as never,
    });

    const { verdict } = await rotation.activities.removeNewKey(rotation.context);

    expect(verdict).toBe('removed');
    expect(rotation.left().keys).toEqual(['old Active']);
  });

  test('where none was made nothing is asked, and no claim is needed', async () => {
    const rotation = await underWay({
      record: { ...unmade, ...came('freeSlot', { counter: 1 }) } as never,
      claim: null,
    });
    await rotation.vault.remove('r-1', 'new');

    const output = await rotation.activities.removeNewKey(rotation.context);

    expect(output).toEqual({
      at: '2026-12-06T10:00:00Z',
      counter: 1,
      verdict: 'removed',
      reason: 'no new key was made',
    });
    expect(rotation.operations()).toEqual([]);
  });
});

describe('S21 removeNewKey, after a request that nobody answered', () => {
  test('removes what it made', async () => {
    const rotation = await cutOffInTheMaking();

    const { verdict, reason } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason]).toEqual(['removed', 'the unanswered new key AKIA…0002 is removed']);
    expect(rotation.left().keys).toEqual(['old Active']);
  });

  test('or finds that it made none', async () => {
    const rotation = await cutOffInTheMaking();
    rotation.account.deleteKey(newKey);

    const { verdict, reason, at } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason, at]).toEqual(['removed', 'no new key was made', '2026-12-06T10:00:10Z']);
  });

  test('S20 absence counts from the request’s time limit only', async () => {
    const rotation = await cutOffInTheMaking();
    rotation.account.deleteKey(newKey);
    rotation.account.setTags(user, {
      [claimTag]: asked.replace('asked=2026-12-06T09:20:00Z', 'asked=2026-12-06T10:00:00Z'),
    });

    // 30 s after the request, and then two lists more.
    expect((await rotation.activities.removeNewKey(rotation.context)).at).toBe('2026-12-06T10:00:40Z');
  });

  test('touches nothing where the claim does not say that one was asked for', async () => {
    const rotation = await cutOffInTheMaking();
    rotation.account.setTags(user, {
      [claimTag]: 'since=2026-12-06T09:15:00Z n=0 step=claimUser at=2026-12-06T09:15:00Z',
    });

    const { verdict, reason } = await rotation.activities.removeNewKey(rotation.context);

    expect([verdict, reason]).toEqual(['removed', 'no new key was made']);
    expect(rotation.statusOf(newKey)).toBe('Active');
  });
});

test('S10 removeNewKey changes nothing where its claim is gone', async () => {
  const rotation = await notOffered({ claim: null });

  await expect(rotation.activities.removeNewKey(rotation.context)).rejects.toMatchObject({ name: 'RecordError' });
  expect([rotation.statusOf(oldKey), rotation.statusOf(newKey)]).toEqual(['Active', 'Active']);
});

test('nor is a key taken for removed that could not be', async () => {
  const rotation = await notOffered({ policies: allBut('iam:DeleteAccessKey') });

  await expect(rotation.activities.removeNewKey(rotation.context)).rejects.toMatchObject({ name: 'AccessDeniedError' });
});
