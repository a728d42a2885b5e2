import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { areas } from './areas.ts';

test('every file that changes keys, pairs or places, or judges them, is broken in one area', () => {
  const broken = Object.values(areas).flatMap(({ mutate }) => globSync([...mutate]));
  const all = globSync('src/{machine,activities,vault,consumers,engine,audit/rules}/**/*.ts');

  expect(broken.toSorted()).toEqual(all.toSorted());
});
