// The grammar that is taken for dotenv's, in what sets it apart from any other's: dotenv itself reads the same.
import { parse } from 'dotenv';
import { expect, test } from 'vitest';
import { envReaders } from '../../src/consumers/env-readers.ts';

test.each([
  ['quotes in the middle', 'A=x"y"', 'x"y"'],
  ['a quote at the end', 'A=x\\ny"', 'x\\ny"'],
  ['a quote that is not closed', 'A="x\\ny', '"x\ny'],
  ['escaped ends of lines in double quotes', 'A="x\\r\\ny"', 'x\r\ny'],
  ['the same in single quotes', "A='x\\r\\ny'", 'x\\r\\ny'],
  ['carriage returns in a value of several lines', "A='x\ry\r\nz'", 'x\ny\nz'],
])('%s', (_, text, value) => {
  const own = envReaders.find(({ name }) => name === 'dotenv');

  expect([own?.read(text).get('A'), parse(text).A]).toEqual([value, value]);
});
