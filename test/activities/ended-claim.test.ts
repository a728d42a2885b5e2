import { describe, expect, test } from 'vitest';
import { claimsOf } from '../../src/activities/claim.ts';
import { type EndedClaim, endClaim, endedClaimsOf, isBorneOut } from '../../src/activities/ended-claim.ts';
import type { Plan } from '../../src/machine/context.ts';
import { createWorld, user } from '../support/world.ts';

const at = '2026-12-06T10:00:00Z';
const oldKey = 'AKIAOLDOLDOLDOLD0001';
const newKey = 'AKIANEWNEWNEWNEW0002';

describe('an ended claim', () => {
  test.each<[EndedClaim, string]>([
    [
      { rotation: 'r-1', verdict: 'rotated', at, keys: [oldKey, newKey] },
      `released 2026-12-06T10:00:00Z rotated keys=${oldKey}/${newKey}`,
    ],
    [{ rotation: 'r-1', verdict: 'refused', at, keys: [] }, 'released 2026-12-06T10:00:00Z refused'],
  ])('%j holds nobody off, and is read back from its tag', async (ended, value) => {
    const world = await createWorld();
    const { aws } = world.newDeps();

    await endClaim(aws, user, ended);

    const { tags } = await aws.user(user);
    expect(tags['keyturn:claim:r-1']).toBe(value);
    expect(claimsOf(tags)).toEqual([]);
    expect(endedClaimsOf(tags)).toEqual([ended]);
  });

  test('of several the oldest comes first', () => {
    const tags = {
      'keyturn:claim:r-2': 'released 2026-12-06T10:00:02Z rolledBack',
      'keyturn:claim:r-3': 'released 2026-12-06T10:00:03Z nothingToDo',
      'keyturn:claim:r-1': 'released 2026-12-06T10:00:01Z rotated',
    };

    expect(endedClaimsOf(tags).map(({ rotation, verdict }) => `${rotation} ${verdict}`)).toEqual([
      'r-1 rotated',
      'r-2 rolledBack',
      'r-3 nothingToDo',
    ]);
  });

  test.each([
    ['keyturn:claim:r-1', `since=${at} n=1 step=createKey at=${at}`],
    ['keyturn:claim:r-1', `released ${at}`],
    ['keyturn:claim:r-1', `released ${at} stuck`],
    ['keyturn:claim:r-1', `released ${at} rotated keys=${oldKey} and more`],
    ['keyturn:claim:r-1', `it was released ${at} rotated`],
    ['team', `released ${at} rotated`],
  ])('is not what says something else: %s %s', (key, value) => {
    expect(endedClaimsOf({ [key]: value })).toEqual([]);
  });
});

describe('S27 a tag is believed only where the keys bear it out', () => {
  const both = [`${oldKey} Active`, `${newKey} Active`];

  test.each<[EndedClaim['verdict'], string[], string[], boolean]>([
    ['rotated', [oldKey, newKey], [`${newKey} Active`], true],
    ['rotated', [oldKey, newKey], both, false],
    ['rotated', [], both, true],
    ['rolledBack', [oldKey, newKey], both, true],
    ['rolledBack', [oldKey, newKey], [`${oldKey} Inactive`, `${newKey} Active`], false],
    ['rolledBack', [oldKey, newKey], [`${newKey} Active`], false],
    ['rolledBack', [], both, true],
    ['refused', [oldKey, newKey], both, true],
    ['refused', [oldKey], both, false],
    ['nothingToDo', [oldKey], [`${oldKey} Active`], true],
    ['nothingToDo', [oldKey], both, false],
  ])('%s of %j, where there are %j: %s', (verdict, keys, there, expected) => {
    expect(isBorneOut({ rotation: 'r-1', verdict, at, keys }, listed(there))).toBe(expected);
  });

  test.each<[EndedClaim['verdict'], Partial<Plan>, boolean]>([
    ['rotated', { oldKey: newKey }, false],
    ['rotated', { oldKey: null }, true],
    ['rolledBack', { oldKey }, true],
    ['rolledBack', { oldKey: 'AKIASOMEBODYELSE0001' }, false],
    ['refused', { keysAtStart: [oldKey] }, false],
    ['refused', { keysAtStart: [oldKey, newKey] }, true],
  ])('and where the plan is there, by that: %s with %j: %s', (verdict, plan, expected) => {
    const ended = { rotation: 'r-1', verdict, at, keys: ['AKIAWRITTENBYOTHERS1'] };

    expect(isBorneOut(ended, listed(both), plan as Plan)).toBe(expected);
  });

  function listed(keys: string[]) {
    return keys.map((one) => {
      const [id = '', status = ''] = one.split(' ');
      return { id, status, createdAt: at };
    });
  }
});
