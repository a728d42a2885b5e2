import { writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { came } from '../support/outcomes.ts';
import { claimTag, newKey, oldKey, type UnderWay, underWay, undo } from '../support/under-way.ts';
import { user } from '../support/world.ts';

/** Deactivated at 9:40, when the use at 9:00 was known; the grace is over at 10 o’clock. */
const deactivation = { at: '2026-12-06T09:40:00Z', lastUsedAt: '2026-12-06T09:00:00Z' };
const over = came('deactivateKey', { ...deactivation, graceUntil: '2026-12-06T10:00:00Z' });
const tooEarly = came('deactivateKey', { ...deactivation, graceUntil: '2026-12-06T10:00:01Z' });
const healthy = came('checkHealth', { verdict: 'healthy' });

const inGrace = ({ record = {}, ...given }: UnderWay = {}) =>
  underWay({ old: 'Inactive', record: { ...over, ...record }, ...given });

describe('deleteKey', () => {
  test('deletes the key that two looks show inactive, 5 s apart, says so before, and raises the claim', async () => {
    const rotation = await inGrace();

    const output = await rotation.activities.deleteKey(rotation.context);

    expect(output).toEqual({ at: '2026-12-06T10:00:05Z', counter: 4, deleted: oldKey });
    expect(rotation.left().keys).toEqual(['new Active']);
    expect(rotation.account.tags(user)[claimTag]).toContain('n=4 step=deleteKey at=2026-12-06T10:00:00Z');
    expect(rotation.announcements).toEqual([
      { about: 'deleteKey', text: 'deleting AKIA…0001: after this there is no way back to it' },
    ]);
  });

  test('where that cannot be announced, nothing is deleted', async () => {
    const rotation = await inGrace();
    const announce = () => Promise.reject(new Error('nobody listens'));
    const { deleteKey } = createActivities({ ...rotation.newDeps(), announce });

    await expect(deleteKey(rotation.context)).rejects.toThrow('nobody listens');
    expect(rotation.statusOf(oldKey)).toBe('Inactive');
  });

  test.each<[string, UnderWay]>([
    ['a person ended the grace', { record: { ...tooEarly, ...healthy, ...came('awaitGrace', { signal: 'proceed' }) } }],
    ['AWS dates a use within 5 minutes of the deactivation', { lastUsed: '2026-12-06T09:44:59Z' }],
  ])('does so where %s', async (_, given) => {
    const rotation = await inGrace(given);

    await rotation.activities.deleteKey(rotation.context);

    expect(rotation.statusOf(oldKey)).toBe('gone');
  });

  test('a key that somebody deleted meanwhile is deleted', async () => {
    const rotation = await inGrace({ old: 'gone' });

    expect((await rotation.activities.deleteKey(rotation.context)).deleted).toBe(oldKey);
    expect(rotation.changes()).toEqual([]);
    expect(rotation.announcements).toEqual([]);
  });
});

describe('S5 deleteKey stops', () => {
  type Arranged = Awaited<ReturnType<typeof underWay>>;
  const early = { ...tooEarly, ...healthy };

  test.each<[string, UnderWay, (rotation: Arranged) => void, string]>([
    ['the grace has not passed', { record: tooEarly }, () => {}, 'the grace has not passed'],
    [
      'a person only let it elapse',
      { record: { ...early, ...came('awaitGrace', { signal: 'elapsed' }) } },
      () => {},
      'the grace has not passed',
    ],
    [
      'S4 it was another wait that a person ended',
      {
        record: {
          ...tooEarly,
          ...came('checkHealth', { verdict: 'passed' }),
          ...came('awaitGrace', { signal: 'proceed' }),
        },
      },
      () => {},
      'the grace has not passed',
    ],
    [
      'no look is known that led to the wait',
      { record: { ...tooEarly, ...came('awaitGrace', { signal: 'proceed' }) } },
      () => {},
      'the grace has not passed',
    ],
    ['nobody was asked yet', { record: early }, () => {}, 'the grace has not passed'],
    [
      'no deactivation is recorded',
      { record: { deactivateKey: undefined } as never },
      () => {},
      'there is no recorded deactivation of the old key',
    ],
    [
      'that was undone since',
      { record: came('reactivateKey') },
      () => {},
      'there is no recorded deactivation of the old key',
    ],
    ['no new key is known', { record: { createKey: undefined } as never }, () => {}, 'there is no new key'],
    [
      'the new key is inactive',
      {},
      ({ account }) => account.setStatus(newKey, 'Inactive'),
      'the new key is not active',
    ],
    [
      'a use became known',
      { lastUsed: '2026-12-06T09:39:59Z' },
      () => {},
      'the old key was used at 2026-12-06T09:39:59Z, which was not known when it was deactivated',
    ],
    [
      'a place holds another key',
      {},
      (rotation) => writeFileSync(rotation.credentialsFile, rotation.content().replace(newKey, 'AKIASOMEBODYELSE0001')),
      'holds AKIASOMEBODYELSE0001 instead of the new key',
    ],
  ])('where %s', async (_, given, meanwhile, message) => {
    const rotation = await inGrace(given);
    meanwhile(rotation);
    const before = rotation.left();

    const error = await rotation.activities.deleteKey(rotation.context).catch((caught) => caught);

    expect(error).toMatchObject({
      name: 'UnexpectedStateError',
      hint: `the old key is inactive and was not deleted; keyturn resume r-1 judges again, this brings the key back: ${undo}`,
    });
    expect(error.message.endsWith(message)).toBe(true);
    expect(rotation.left()).toEqual(before);
    expect(rotation.announcements).toEqual([]);
  });

  test('S34 where somebody said stop, before anything', async () => {
    const rotation = await inGrace();
    const halted = async () => ({ reason: 'somebody said stop', until: Date.parse('2026-12-07T10:00:00Z') });
    const { deleteKey } = createActivities({ ...rotation.newDeps(), halted });

    await expect(deleteKey(rotation.context)).rejects.toThrow('nothing may be changed now: somebody said stop');
    expect(rotation.operations()).toEqual([]);
  });
});
