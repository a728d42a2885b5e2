import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { differences } from './differences.ts';

test('every difference that is mended is listed, with its reason', async () => {
  const text = await readFile(new URL('mended-ministack.py', import.meta.url), 'utf8');
  const mended = [...text.matchAll(/^# ([a-z-]+(?:, [a-z-]+)*)(?:: .*)?$/gm)].flatMap(([, ids = '']) =>
    ids.split(', '),
  );

  expect(mended.sort()).toEqual(differences.map(({ id }) => id).sort());
});
