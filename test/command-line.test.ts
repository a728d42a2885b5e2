// Command lines without a shell: literal tables of what is taken apart how, and what is refused.
import { expect, test } from 'vitest';
import { joinCommand, splitCommand } from '../src/command-line.ts';

test.each([
  ['', []],
  ['   ', []],
  ['check', ['check']],
  ['  check  --fast\tnow ', ['check', '--fast', 'now']],
  ["check 'two words'", ['check', 'two words']],
  ['check "two words"', ['check', 'two words']],
  ['check two\\ words', ['check', 'two words']],
  ["check ''", ['check', '']],
  ['check --name="two words"x', ['check', '--name=two wordsx']],
  ["'it'\\''s'", ["it's"]],
  ['"say \\"hi\\" to C:\\\\dir \\n"', ['say "hi" to C:\\dir \\n']],
  ["'a\\b\"c'", ['a\\b"c']],
  ["sh -c 'a | b && c > d'", ['sh', '-c', 'a | b && c > d']],
  ['grep "|" \\; a|b', ['grep', '|', ';', 'a|b']],
  ['echo $HOME *', ['echo', '$HOME', '*']],
])('%s is taken apart at blanks and quotes', (text, words) => {
  expect(splitCommand(text)).toEqual(words);
});

test.each(['|', '||', '&', '&&', ';', '<', '>', '>>', '2>', '2>&1'])(
  'a plain %s is refused: there is no shell',
  (operator) => {
    expect(() => splitCommand(`first ${operator} second`)).toThrow(`there is no shell to understand "${operator}"`);
    expect(() => splitCommand(`first ${operator}`)).toThrow(`there is no shell to understand "${operator}"`);
  },
);

test.each([
  ["check 'open", "the command has a quote ' that is not closed"],
  ['check "open\\"', 'the command has a quote " that is not closed'],
  ['check \\', 'the command ends in a backslash'],
])('%s is refused', (text, message) => {
  expect(() => splitCommand(text)).toThrow(message);
});

test.each([
  [['check', '--fast', '/a/b.c'], 'check --fast /a/b.c'],
  [['two words', '', "it's"], "'two words' '' 'it'\\''s'"],
  [['|', '$HOME', 'a\\b', '"', '\n'], "'|' '$HOME' 'a\\b' '\"' '\n'"],
])('%j is put together so that it comes apart again', (words, text) => {
  expect(joinCommand(words)).toBe(text);
  expect(splitCommand(text)).toEqual(words);
});
