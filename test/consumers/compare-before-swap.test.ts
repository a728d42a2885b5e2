// A place that holds a whole pair, reduced to what a swap needs of it: what is compared before anything is changed.
import { describe, expect, test } from 'vitest';
import type { KeyPair } from '../../src/access-key.ts';
import { compareBeforeSwap, type SwappablePlace } from '../../src/consumers/compare-before-swap.ts';
import type { Held } from '../../src/consumers/held-key.ts';
import { ConsumerError } from '../../src/errors.ts';
import { newPair, oldPair, strange } from './places-account.ts';

const [oldKey, newKey] = [oldPair.accessKeyId, newPair.accessKeyId];

/** A place that holds the pair, and what was done to it. */
function setUp(pair: KeyPair | null, more: Partial<SwappablePlace<Held>> = {}) {
  const done: string[] = [];
  const held = { pair };
  const consumer = compareBeforeSwap<Held>({
    where: 'the place',
    look: async (...ids) => {
      done.push(`look for ${ids.map(String).join(', ')}`);
      return { pair: held.pair, holds: held.pair?.accessKeyId ?? null };
    },
    swap: async (_, next, expected) => {
      done.push(`swap ${expected} for ${next.accessKeyId}`);
      held.pair = next;
    },
    reading: (work) => work(),
    ...more,
  });
  return { consumer, done, held };
}

describe('a place that holds no key', () => {
  test('takes a first one', async () => {
    const { consumer, done } = setUp(null);

    await consumer.write(newPair, null);

    expect(done).toEqual([`look for ${newKey}, null`, `swap null for ${newKey}`]);
  });

  test('S24 takes none where another was expected, is not given one back, and says that it has none', async () => {
    const { consumer, held } = setUp(null, { outwait: async () => true });

    await expect(consumer.write(newPair, oldKey)).rejects.toMatchObject({
      name: 'ConsumerError',
      message: 'the place holds no access key instead of the key AKIA…OLD1',
      hint: 'it was changed by something else, and that change stays',
    });

    expect(await consumer.restore(oldPair, newKey)).toBe('left');
    expect([await consumer.readBack(newPair), await consumer.readBack()]).toEqual([null, null]);
    expect(held.pair).toBeNull();
  });
});

test('a place that has the pair already is not swapped, and only what was left to do is done', async () => {
  const finished: string[] = [];
  const finish = async (found: Held, expected: string | null) => void finished.push(`${found.holds} for ${expected}`);
  const { consumer, done } = setUp(newPair, { finish });

  await consumer.write(newPair, oldKey);
  const outcome = await consumer.restore(newPair, oldKey);

  expect(outcome).toBe('restored');
  expect(finished).toEqual([`${newKey} for ${oldKey}`, `${newKey} for ${oldKey}`]);
  expect(done.filter((one) => one.startsWith('swap'))).toEqual([]);
});

test('a place that never lags behind gives its pair back with one look', async () => {
  const { consumer, done } = setUp(newPair);
  const again = setUp(oldPair);

  const outcomes = [await consumer.restore(oldPair, newKey), await again.consumer.restore(oldPair, newKey)];

  expect(outcomes).toEqual(['restored', 'restored']);
  expect(done).toEqual([`look for ${oldKey}, ${newKey}`, `swap ${newKey} for ${oldKey}`]);
  expect(again.done).toEqual([`look for ${oldKey}, ${newKey}`]);
});

describe('where a look may be behind what others wrote', () => {
  test.each([
    ['waits and looks again before it believes that the old pair is there', oldPair, true, 2],
    ['looks once where there was nothing to wait for', oldPair, false, 1],
    ['looks once where it sees the new pair', newPair, true, 1],
  ])('a restore %s', async (_, pair, waits, looks) => {
    const { consumer, done } = setUp(pair, { outwait: async () => waits });

    const outcome = await consumer.restore(oldPair, newKey);

    expect(outcome).toBe('restored');
    expect(done.filter((one) => one === `look for ${oldKey}, ${newKey}`)).toHaveLength(looks);
  });
});

test.each([
  ['is given its secret back where halves change one after the other', { inHalves: true }, 'restored', oldKey],
  ['is left where both change at once', {}, 'left', strange.accessKeyId],
] as const)('the old id beside another secret %s', async (_, more, outcome, holds) => {
  const { consumer, held } = setUp(strange, { look: async () => ({ holds: oldKey, pair: strange }), ...more });

  expect(await consumer.restore(oldPair, newKey)).toBe(outcome);
  expect(held.pair?.accessKeyId).toBe(holds);
});

test('whatever goes wrong is said by the place, and a change has an order of its own', async () => {
  const reading = async () => Promise.reject(new ConsumerError('cannot be read'));
  const writing = async () => Promise.reject(new ConsumerError('cannot be locked'));
  const { consumer } = setUp(oldPair, { reading, writing });

  await expect(consumer.readBack()).rejects.toThrow('cannot be read');
  await expect(consumer.write(newPair, oldKey)).rejects.toThrow('cannot be locked');
  await expect(consumer.restore(oldPair, newKey)).rejects.toThrow('cannot be locked');
});
