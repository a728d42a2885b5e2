import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import type { Aws } from '../../src/aws/contract.ts';
import { came, cutOffIn } from '../support/outcomes.ts';
import { claimTag, oldKey, type UnderWay, underWay } from '../support/under-way.ts';
import { allBut, user } from '../support/world.ts';

const inGrace = came('deactivateKey');

const deactivated = ({ record = {}, ...given }: UnderWay = {}) =>
  underWay({ old: 'Inactive', record: { ...inGrace, ...record }, ...given });

describe('reactivateKey', () => {
  test('makes the key active, counts that, and raises the claim afterwards', async () => {
    const rotation = await deactivated();

    const output = await rotation.activities.reactivateKey(rotation.context);

    expect(output).toEqual({ at: '2026-12-06T10:00:00Z', counter: 4, changed: true, times: 1 });
    expect(rotation.left().keys).toEqual(['old Active', 'new Active']);
    expect(rotation.account.tags(user)[claimTag]).toContain('n=4 step=reactivateKey at=2026-12-06T10:00:00Z');
    expect(rotation.operations().filter((one) => /UpdateAccessKey|TagUser/.test(one))).toEqual([
      'UpdateAccessKey',
      'TagUser',
    ]);
  });

  test.each<[string, UnderWay, { changed: boolean; times: number }]>([
    ['for the second time', { record: came('reactivateKey', { counter: 2 }) }, { changed: true, times: 2 }],
    ['which somebody did already', { old: 'Active' }, { changed: false, times: 0 }],
    [
      'which nobody deactivated',
      { old: 'Active', record: { deactivateKey: undefined } as never },
      { changed: false, times: 0 },
    ],
    [
      'which an earlier run of this step did, before it was cut off',
      { old: 'Active', record: cutOffIn('reactivateKey') },
      { changed: true, times: 1 },
    ],
    [
      'whose deactivation was cut off',
      { record: { deactivateKey: undefined, ...cutOffIn('deactivateKey') } as never },
      { changed: true, times: 1 },
    ],
    [
      'whoever deactivated it, on the way back that a person asked for',
      { record: { deactivateKey: undefined, intent: 'rollBack' } as never },
      { changed: true, times: 1 },
    ],
  ])('a key %s', async (_, given, expected) => {
    const rotation = await deactivated(given);

    const { changed, times } = await rotation.activities.reactivateKey(rotation.context);

    expect({ changed, times }).toEqual(expected);
    expect(rotation.statusOf(oldKey)).toBe('Active');
    expect(rotation.changes()).toEqual(given.old === 'Active' ? [] : ['UpdateAccessKey']);
  });

  test('where there was no old key there is nothing to do, and nothing is asked', async () => {
    const rotation = await underWay({
      plan: { oldKey: null },
      record: came('reactivateKey', { counter: 7, times: 1 }),
    });

    const output = await rotation.activities.reactivateKey(rotation.context);

    expect(output).toEqual({ at: '2026-12-06T10:00:00Z', counter: 7, changed: false, times: 1 });
    expect(rotation.operations()).toEqual([]);
  });
});

describe('S1 nothing of ours holds a reactivation up', () => {
  const untold = 'the old key is active again; its claim was not updated: ';
  const gone = 'the claim of rotation r-1 on alice is gone';

  test('where the keys cannot be listed', async () => {
    const rotation = await deactivated({ policies: allBut('iam:ListAccessKeys') });

    expect(await rotation.activities.reactivateKey(rotation.context)).toMatchObject({ changed: true, times: 1 });
    expect(rotation.statusOf(oldKey)).toBe('Active');
  });

  test.each<[string, UnderWay, string]>([
    ['there is no claim', { claim: null }, gone],
    ['it cannot be raised', { policies: allBut('iam:TagUser') }, ''],
  ])('where %s, that is announced and not counted', async (_, given, says) => {
    const rotation = await deactivated(given);

    const { counter } = await rotation.activities.reactivateKey(rotation.context);

    expect(counter).toBe(3);
    expect(rotation.statusOf(oldKey)).toBe('Active');
    const [told, ...more] = rotation.announcements;
    expect([told?.about, more]).toEqual(['reactivateKey', []]);
    expect(told?.text.startsWith(untold + says)).toBe(true);
  });

  test('where only the answer about the claim got lost it is counted, else the record would be behind', async () => {
    const rotation = await deactivated();
    rotation.sandbox.fault({ operation: 'TagUser', call: 'every', kind: 'lostAnswer' });

    const { counter } = await rotation.activities.reactivateKey(rotation.context);

    expect(counter).toBe(4);
    expect(rotation.announcements.map(({ text }) => text.startsWith(untold))).toEqual([true]);
  });
});

describe('reactivateKey stops', () => {
  test.each<[string, UnderWay, { message: string; hint: string }]>([
    [
      'the key is gone',
      { old: 'gone' },
      {
        message: 'the old key AKIA…0001 is gone, so it cannot come back',
        hint: 'the places stay on the new key; keyturn resume r-1 finishes',
      },
    ],
    [
      'S8 somebody else deactivated it, and nobody asked for the way back',
      { record: { deactivateKey: undefined } as never },
      {
        message: 'someone else deactivated the old key AKIA…0001, so it is not reactivated',
        hint: 'keyturn changed nothing; keyturn rollback r-1 brings it back if that is what you want',
      },
    ],
  ])('where %s', async (_, given, says) => {
    const rotation = await deactivated(given);

    const reactivating = rotation.activities.reactivateKey(rotation.context);

    await expect(reactivating).rejects.toMatchObject({ name: 'UnexpectedStateError', ...says });
    expect(rotation.changes()).toEqual([]);
  });

  test('where AWS refuses it', async () => {
    const rotation = await deactivated({ policies: allBut('iam:UpdateAccessKey') });

    await expect(rotation.activities.reactivateKey(rotation.context)).rejects.toMatchObject({
      name: 'AccessDeniedError',
    });
  });

  test.each<[string, (aws: Aws) => Partial<Aws>]>([
    ['the list', () => ({ keys: () => Promise.reject(new TypeError('a slip')) })],
    ['the claim', () => ({ tagUser: () => Promise.reject(new TypeError('a slip')) })],
  ])('at a fault of our own, in %s', async (_, broken) => {
    const rotation = await deactivated();
    const deps = rotation.newDeps();
    const { reactivateKey } = createActivities({ ...deps, aws: { ...deps.aws, ...broken(deps.aws) } });

    await expect(reactivateKey(rotation.context)).rejects.toThrow('a slip');
  });
});
