// What env-file writes, as the package dotenv itself reads it, with either of its parsers: formats, secrets and lines beside
// them, each with each. Env-file may refuse what is odd, but may never write what is then read otherwise.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import { envReaders } from '../../src/consumers/env-readers.ts';
import { defaultNames, withVariables } from '../../src/consumers/env-variables.ts';
import { ConsumerError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const names = defaultNames;
const newKey = 'AKIANEWNEWNEWNEWNEW2';
const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'old/old+old/old');

/** `*` stands for the value. */
const formats = [
  'NAME=*',
  "NAME='*'",
  'NAME="*"',
  'NAME=`*`',
  'export NAME=*',
  'export  NAME="*"',
  '  NAME = *  ',
  '\tNAME\t=\t"*"\t',
  'NAME=* # mine',
  'NAME="*" # "mine"',
  "NAME='*'\t# it's mine",
];
const oddFormats = [
  'NAME: *',
  'NAME:*',
  'NAME=*#mine',
  'NAME="*"#mine',
  'NAME="*" more',
  'NAME=* more',
  'NAME="*',
  'NAME=*"',
  'NAME=\'*"',
  'NAME=""*""',
  'NAME="*\\n"',
  'NAME=$*',
  'NAME=\n*',
  'NAME="\n*"',
  'set NAME=*',
  'export\nNAME=*',
  'NAME==*',
  'NAME=*\nNAME=other',
  '#NAME=*',
  'NAME =* \\',
];

const secrets = [
  'new/new+new/new',
  'ends/with=',
  'ends/with==',
  '=begins',
  '+/+/+/+/',
  '//comment//',
  '0'.repeat(40),
  'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'KEY=VALUE',
];
const oddSecrets = [
  'a#b',
  'a #b',
  '#',
  'a b',
  ' blank ',
  "it's",
  'a"b',
  '"whole"',
  'a`b',
  'a\\nb',
  '\\',
  '$HOME',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what other programs would fill in
  '${HOME}',
  '$$',
  "$'",
  '$&',
  'a\nb',
  'a\rb',
  'é€',
];

/** What stands before and behind the two lines. */
const neighbours = [
  ['', ''],
  ['# mine\n\nA=1\n', 'B=2\n'],
  ['\ufeff# mine\n', 'B=2'],
  ['MANY="1\n2 # none\n3"\n', "SOME='x\ny'\nMORE=`1\n\n2`\n"],
  ['JSON=\'{"a": "b"}\'\n', 'URL=https://$HOST/#a\nNAME=café\nno setting\n'],
  ["# it's a comment with one quote\n", 'EMPTY=\nQUOTES=""\n'],
  ['MY_AWS_ACCESS_KEY_ID=1\n', 'AWS_ACCESS_KEY_ID_2=2\n#AWS_SECRET_ACCESS_KEY=3\n'],
];
const oddNeighbours = [
  ['OPEN="never closed\n', 'A=1\n'],
  ['A="1\n', 'B="2"\n'],
  ["A='1\n", "B=2'\n"],
  ['A=`\n', '`\n'],
  ['A=1\r', '\rB=2\r'],
];

const newlines = ['\n', '\r\n'];

/** A file with the old pair, in each newline, as the bytes that env-file takes. */
function filesOf(format: string, besides: readonly string[][]): string[] {
  const line = (name: string, value: string) => format.replaceAll('NAME', name).replace('*', () => value);
  const lines = `${line(names.id, oldPair.accessKeyId)}\n${line(names.secret, oldPair.reveal())}\n`;
  const texts = besides.map(([before = '', behind = '']) => `${before}${lines}${behind}`);
  return newlines.flatMap((newline) => texts.map((text) => bytes(text.replaceAll('\n', newline))));
}

/** Env-file takes bytes for characters, whatever the encoding of the file. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');
const characters = (text: string) => Buffer.from(text, 'latin1').toString();

/** The text with this secret in it; null where that is refused. */
function written(text: string, secret: string): string | null {
  try {
    return withVariables(text, names, new KeyPair(newKey, bytes(secret)), '.env');
  } catch (error) {
    if (error instanceof ConsumerError) return null;
    throw error;
  }
}

const parsers = [(text: string) => parse(text), (text: string) => parse(text, { fast: true })];

/** Writes each secret into each text: how many were refused, and how what was written is read otherwise than it should be. */
function writeAll(texts: readonly string[], secrets: readonly string[]) {
  const misread: { text: string; read: object }[] = [];
  let refused = 0;
  for (const text of texts) {
    const before = parsers.map((read) => read(characters(text)));
    for (const secret of secrets) {
      const after = written(text, secret);
      if (after === null) refused += 1;
      for (const [index, read] of after === null ? [] : parsers.entries()) {
        const should = { ...before[index], [names.id]: newKey, [names.secret]: secret };
        if (!isDeepStrictEqual({ ...read(characters(after ?? '')) }, should))
          misread.push({ text: after ?? '', read: read(characters(after ?? '')) });
      }
    }
  }
  return { refused, misread: misread.slice(0, 3) };
}

describe('dotenv reads what was written, and everything else as before:', () => {
  test.each(formats)('%s', (format) => {
    expect(writeAll(filesOf(format, neighbours), secrets)).toEqual({ refused: 0, misread: [] });
  });

  test.each(oddFormats)('%s, or that is refused', (format) => {
    expect(writeAll(filesOf(format, [...neighbours, ...oddNeighbours]), secrets.slice(0, 3)).misread).toEqual([]);
  });

  test('beside lines that are not closed, or that is refused', () => {
    const texts = formats.flatMap((format) => filesOf(format, oddNeighbours));

    const { refused, misread } = writeAll(texts, secrets.slice(0, 2));

    expect(misread).toEqual([]);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(texts.length * 2);
  });

  test.each(oddSecrets)('the secret %j, or that is refused', (secret) => {
    const texts = formats.flatMap((format) => filesOf(format, neighbours.slice(0, 4)));

    expect(writeAll(texts, [secret]).misread).toEqual([]);
  });

  test('for a first key, too', () => {
    const texts = neighbours.flatMap(([before = '', behind = '']) => [`${before}${behind}`, `${behind}${before}`]);

    expect(writeAll(texts.map(bytes), secrets)).toEqual({ refused: 0, misread: [] });
  });
});

test('a file is read by dotenv after write and after restore', async () => {
  const folder = temporaryFolder();
  for (const [index, format] of formats.entries()) {
    const file = join(folder, `${index}.env`);
    writeFileSync(file, filesOf(format, neighbours).at(-1) ?? '', 'latin1');
    const consumer = envFile.open(file, replacement, consumerDeps());
    const newPair = new KeyPair(newKey, 'new/new+new/new=');

    await consumer.write(newPair, oldPair.accessKeyId);
    const delivered = parse(readFileSync(file));
    await consumer.restore(oldPair, newKey);
    const restored = parse(readFileSync(file));

    expect([delivered, restored]).toMatchObject([
      { [names.id]: newKey, [names.secret]: 'new/new+new/new=' },
      { [names.id]: oldPair.accessKeyId, [names.secret]: oldPair.reveal() },
    ]);
  }
});

test('the grammar that is taken for dotenv’s is dotenv’s', () => {
  const own = envReaders.find(({ name }) => name === 'dotenv');
  const texts = [...formats, ...oddFormats].flatMap((format) => filesOf(format, [...neighbours, ...oddNeighbours]));

  const differing = texts.filter(
    (text) => !isDeepStrictEqual(Object.fromEntries(own?.read(text) ?? []), { ...parse(text) }),
  );

  expect(texts.length).toBeGreaterThan(700);
  expect(differing).toEqual([]);
});
