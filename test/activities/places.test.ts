// S5 What the places hold is asked right before anything rests on it, S25 and of those that cannot say it is known who vouched for them.
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { heldBy, openPlace, placeWithoutNewKey, unconfirmedPlaces } from '../../src/activities/places.ts';
import type { ConsumerStatus, Override, Plan, RotationContext } from '../../src/machine/context.ts';
import type { Vault } from '../../src/vault/contract.ts';
import { type MadeUpPlace, madeUpPlaces } from '../support/made-up-places.ts';
import { came } from '../support/outcomes.ts';

const oldKey = 'AKIAOLDOLDOLDOLD0001';
const newKey = 'AKIANEWNEWNEWNEW0002';
const pair = new KeyPair(newKey, 'x'.repeat(40));

const rotating = (consumers: string[], record: Partial<RotationContext> = {}) =>
  ({
    rotation: 'r-1',
    plan: { user: 'alice', oldKey, newKey: null, consumers, overrides: [] as Override[] } as Partial<Plan>,
    interruptions: [],
    ...record,
  }) as unknown as RotationContext;

const status = (spec: string, readable?: false): ConsumerStatus => ({
  spec,
  state: 'delivered',
  ...(readable === false ? { readable } : {}),
});

describe('a place is opened with what is known of it', () => {
  test.each<[string, Partial<RotationContext>, object]>([
    ['before anything is made', {}, { newKey: null }],
    ['once there is a new key', came('createKey'), { newKey }],
    [
      'where it said at its preflight that it cannot be read',
      came('preflightConsumers', { consumers: [status('b'), status('a', false)] }),
      { newKey: null, readable: false },
    ],
    [
      'where another did',
      came('preflightConsumers', { consumers: [status('b', false), status('a')] }),
      { newKey: null },
    ],
    [
      'where its delivery showed it',
      {
        ...came('preflightConsumers', { consumers: [status('a')] }),
        ...came('deliverKey', { consumers: [status('a', false)] }),
      },
      { newKey: null, readable: false },
    ],
    ['where neither knows it', came('deliverKey', { consumers: [] }), { newKey: null }],
  ])('%s', async (_, record, known) => {
    const { consumer, calls } = madeUpPlaces({ a: {} });

    await openPlace({ consumer }, rotating(['a', 'b'], record), 'a');

    expect(calls).toEqual([['open', 'a', { user: 'alice', oldKey, ...known }]]);
  });
});

describe('what a place holds', () => {
  test.each<[string, MadeUpPlace, KeyPair | null, unknown, unknown[][]]>([
    ['is asked with the pair whose secret it may hold', { holds: newKey }, pair, newKey, [['readBack', 'a', newKey]]],
    ['is asked without one', { holds: oldKey }, null, oldKey, [['readBack', 'a']]],
    ['is not asked where it cannot be read', { holds: newKey, readable: false }, pair, undefined, []],
  ])('%s', async (_, place, given, held, asked) => {
    const { consumer, calls } = madeUpPlaces({ a: place });
    const opened = await consumer('a', { user: 'alice', oldKey, newKey });

    expect(await heldBy(opened, given)).toBe(held);
    expect(calls.slice(1)).toEqual(asked);
  });
});

describe('a place without the new key', () => {
  const has = { holds: newKey };
  const vault = { get: async (rotation, slot) => (rotation === 'r-1' && slot === 'new' ? pair : null) } as Vault;

  test.each<[string, Record<string, MadeUpPlace>, string | null]>([
    ['is none where all hold it', { a: has, b: has }, null],
    ['is none of those that cannot be read', { a: { holds: oldKey, readable: false }, b: has }, null],
    ['is one that does not say any more', { a: has, b: { holds: undefined } }, 'b does not say any more what it holds'],
    ['is one that holds nothing', { a: { holds: null }, b: has }, 'a holds no key'],
    [
      'is one behind one that cannot be read',
      { a: { readable: false }, b: { holds: oldKey } },
      `b holds ${oldKey} instead of the new key`,
    ],
  ])('%s', async (_, places, words) => {
    const { consumer, calls } = madeUpPlaces(places);

    const found = await placeWithoutNewKey({ consumer, vault } as never, rotating(['a', 'b']), newKey);

    expect(found).toBe(words);
    expect(calls.filter(([call]) => call === 'readBack').every(([, , id]) => id === newKey)).toBe(true);
  });
});

describe('S25 unconfirmed are', () => {
  const delivered = came('deliverKey', { consumers: [status('a', false), status('b'), status('c', false)] });
  const overridden = (what: Override['what']) => ({
    ...delivered,
    plan: { ...rotating([]).plan, overrides: [{ at: '2026-12-06T10:00:00Z', what, why: 'a person agreed' }] },
  });

  test.each<[string, Partial<RotationContext>, string[]]>([
    ['none before the delivery', {}, []],
    ['those that cannot be read back', delivered, ['a', 'c']],
    ['none that a person vouched for', overridden('unreadable'), []],
    ['those all the same where a person agreed to something else', overridden('proceed'), ['a', 'c']],
    ['none after the deactivation', { ...delivered, ...came('deactivateKey') }, []],
    ['none after the new key was seen in use', { ...delivered, ...came('checkOldKeyUse', { verdict: 'quiet' }) }, []],
    [
      'none after the old key went with that known',
      { ...delivered, ...came('checkOldKeyUse', { verdict: 'gone' }) },
      [],
    ],
    ['those all the same while the old key is used', { ...delivered, ...came('checkOldKeyUse') }, ['a', 'c']],
    [
      'those all the same where silence proves nothing',
      { ...delivered, ...came('checkOldKeyUse', { verdict: 'unproven' }) },
      ['a', 'c'],
    ],
  ])('%s', (_, record, places) => {
    expect(unconfirmedPlaces(rotating(['a', 'b', 'c'], record))).toEqual(places);
  });
});
