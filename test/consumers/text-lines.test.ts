// Text files as lines and edits: where lines begin and end, and bytes that survive.
import { expect, test } from 'vitest';
import { edited, latin1, newlineOf, splitLines, trimmed, utf8 } from '../../src/consumers/text-lines.ts';

test.each([
  ['', []],
  ['a', [[1, 0, 'a', '']]],
  ['a\n', [[1, 0, 'a', '\n']]],
  [
    '\n\r\nb',
    [
      [1, 0, '', '\n'],
      [2, 1, '', '\r\n'],
      [3, 3, 'b', ''],
    ],
  ],
  [
    'a\rb\r\r\nc\r',
    [
      [1, 0, 'a\rb\r', '\r\n'],
      [2, 6, 'c\r', ''],
    ],
  ],
  [
    '\xef\xbb\xbfa\nb',
    [
      [1, 3, 'a', '\n'],
      [2, 5, 'b', ''],
    ],
  ],
  ['\xef\xbb\xbf', []],
  ['a\xef\xbb\xbf', [[1, 0, 'a\xef\xbb\xbf', '']]],
])('the lines of %j', (text, lines) => {
  expect(splitLines(text).map(({ number, start, text: line, end }) => [number, start, line, end])).toEqual(lines);
});

test.each([
  ['', '\n'],
  ['a', '\n'],
  ['a\nb\r\n', '\n'],
  ['a\r\nb\n', '\r\n'],
  ['a\rb\n', '\n'],
])('the lines of %j are ended by %j', (text, newline) => {
  expect(newlineOf(text)).toBe(newline);
});

test('white space at the ends is ASCII’s alone, for another byte may be a half of a letter', () => {
  expect(trimmed(' \t\v\f\ra \t b\r\f\v\t ')).toBe('a \t b');
  expect(trimmed('\xa0a\x85')).toBe('\xa0a\x85');
});

test('edits are made at the places that the text had before, whatever their order', () => {
  const edits = [
    { at: 0, remove: 1, insert: 'AA' },
    { at: 5, remove: 0, insert: '!' },
    { at: 2, remove: 2, insert: '' },
  ];

  expect(edited('abcde', edits)).toBe('AAbe!');
  expect(edited('abcde', edits.toReversed())).toBe('AAbe!');
});

test('letters of several bytes survive as bytes', () => {
  expect(latin1('é€')).toBe('\xc3\xa9\xe2\x82\xac');
  expect(utf8('\xc3\xa9\xe2\x82\xac')).toBe('é€');
});
