// The proof's own rules: what a sample is, what is asked for by name, and that no violation goes by.
import { expect, test } from 'vitest';
import { type Lane, prove } from './lane.ts';
import { table } from './table.ts';

const numbers: Lane = { name: 'numbers', what: 'numbers below ten', sample: { test: 3, prove: 5 }, atOnce: 2 };

function tenCases(ran: string[] = []) {
  return Array.from({ length: 10 }, (_, n) => ({
    name: `below/n-${n}`,
    run: async () => {
      ran.push(`n-${n}`);
      if (n === 4) throw new Error('four');
      return 7;
    },
  }));
}

test('the same seed draws the same sample, and another one another', async () => {
  const [first, again, other]: string[][] = [[], [], []];

  await prove(numbers, () => tenCases(first), { scale: 'test', seed: 1, only: null });
  await prove(numbers, () => tenCases(again), { scale: 'test', seed: 1, only: null });
  await prove(numbers, () => tenCases(other), { scale: 'test', seed: 2, only: null });

  expect(first).toHaveLength(3);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});

test('in full every case is run, and what fails is named', async () => {
  const proof = await prove(numbers, () => tenCases(), { scale: 'full', seed: 1, only: null });

  expect(proof).toEqual({
    lane: 'numbers',
    what: 'numbers below ten',
    run: 10,
    all: 10,
    tried: 63,
    violations: [{ name: 'numbers/below/n-4', message: 'four' }],
  });
});

test('a name asks for one case, or for all below it, and of other lanes for none', async () => {
  const ran: string[] = [];
  const asked = (only: string) => prove(numbers, () => tenCases(ran), { scale: 'prove', seed: 1, only });

  await asked('numbers/below/n-7');
  expect(ran).toEqual(['n-7']);
  expect(await asked('numbers/below')).toMatchObject({ run: 10 });
  expect(await asked('others/below/n-7')).toBeNull();
  await expect(asked('numbers/above')).rejects.toThrow('there is no case numbers/above');
});

test('what a case arranged goes away in turn, and may object', async () => {
  const order: string[] = [];
  const one = {
    name: 'arranged',
    run: async ({ onTestFinished }: { onTestFinished(handler: () => void): void }) => {
      onTestFinished(() => {
        order.push('folder');
        throw new Error('a leftover');
      });
      onTestFinished(() => void order.push('server'));
      return 1;
    },
  };

  const proof = await prove(numbers, () => [one], { scale: 'full', seed: 1, only: null });

  expect(order).toEqual(['server', 'folder']);
  expect(proof?.violations).toEqual([{ name: 'numbers/arranged', message: 'a leftover' }]);
});

test('the table says what was sampled and how many violations there are', () => {
  const proof = { lane: 'numbers', what: 'numbers', run: 5, all: 10, tried: 35, violations: [] };

  expect(table([{ proof, seconds: 2 }], { scale: 'prove', seed: 9, only: null })).toBe(
    [
      '| lane    | what was tried | cases | of  | tried | violations | seconds |',
      '| ------- | -------------- | ----- | --- | ----- | ---------- | ------- |',
      '| numbers | numbers        | 5     | 10  | 35    | 0          | 2       |',
      'seed 9; no violation',
      'sampled by the seed: numbers; --full runs every case',
      '',
    ].join('\n'),
  );
});
