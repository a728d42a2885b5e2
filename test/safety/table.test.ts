// docs/proof.md says which tests prove each rule: every rule is there, and what it names is to be found.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const path = join(import.meta.dirname, '../../docs/proof.md');
const text = readFileSync(path, 'utf8');
const rules = Array.from({ length: 37 }, (_, index) => `S${index + 1}`);

interface Named {
  rule: string;
  file: string;
  names: string[];
}

/** The cells of the row that begins with the rule's number. */
function cellsOf(rule: string): string[] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| ${rule}: `));
  expect(rows, rule).toHaveLength(1);
  return (rows[0] ?? '').split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
}

/** `[file](link): “name”, “other name”; …` */
function namedBy(rule: string): Named[] {
  const [, tests = ''] = cellsOf(rule);
  return tests.split(/(?<=”); /).map((part) => ({
    rule,
    file: join(dirname(path), /\]\(([^)]+)\)/.exec(part)?.[1] ?? ''),
    names: [...part.matchAll(/“([^”]+)”/g)].map(([, name]) => name ?? ''),
  }));
}

const named = rules.flatMap(namedBy);

test.each(rules)('%s has a row with its tests and how they were seen to fail', (rule) => {
  expect(cellsOf(rule)).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/), expect.stringMatching(/→/)]);
  expect(namedBy(rule).every(({ names }) => names.length > 0)).toBe(true);
});

test('every file that is named is there, and has a test whose name begins with the rule’s number', () => {
  const missing = named.filter(
    ({ rule, file }) => !existsSync(file) || !new RegExp(`['"\`]${rule}\\b`).test(readFileSync(file, 'utf8')),
  );

  expect(missing.map(({ rule, file }) => `${rule}: ${file}`)).toEqual([]);
});

test('every test that is named stands in its file', () => {
  const missing = named.flatMap(({ rule, file, names }) => {
    const source = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return names.filter((name) => !source.includes(name)).map((name) => `${rule}: ${name}`);
  });

  expect(missing).toEqual([]);
});
