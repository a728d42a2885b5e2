// The bundler, on small projects in a temporary folder: what becomes the entry, what a chunk, what is refused.
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildCli } from '../src/build.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'keyturn-build-'));
  await write({
    'package.json': '{ "version": "1.2.3" }',
    'src/cli/bin.ts': `
      import { words } from 'words';
      declare const KEYTURN_VERSION: string;
      if (process.argv[2] === '--version') console.log(KEYTURN_VERSION, words);
      else import('./commands/rotate.ts').then(({ rotate }) => rotate());`,
    'src/cli/commands/rotate.ts': `
      import * as path from 'legacy';
      import { deep } from '../../deep.ts';
      export async function rotate() {
        const { late } = await import('../../late.ts');
        console.log(path.sep, deep.name, late.deep === deep);
      }`,
    'src/late.ts': `
      import { deep } from './deep.ts';
      export const late = { deep };`,
    'src/deep.ts': 'export class deep {}',
    'node_modules/words/package.json': '{ "name": "words", "version": "4.5.6", "license": "MIT", "type": "module" }',
    'node_modules/words/index.js': "export const words = 'some words';",
    'node_modules/words/LICENSE': 'The licence of words\r\n',
    'node_modules/legacy/package.json': '{ "name": "legacy", "version": "0.0.1", "license": "ISC" }',
    'node_modules/legacy/index.js': "module.exports = require('path').posix;",
    'node_modules/unused/package.json': '{ "name": "unused", "version": "9.9.9", "license": "MIT" }',
  });
});

afterEach(() => rm(root, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function outputs(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(folder.length), await readFile(path, 'utf8')] as const)),
  );
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, [join(root, 'dist/keyturn.cjs'), ...args], { encoding: 'utf8', cwd: '/' });
}

test('the entry runs by itself, as a program, and knows its version', async () => {
  await buildCli(root);
  await rm(join(root, 'dist/chunks'), { recursive: true });

  const text = await readFile(join(root, 'dist/keyturn.cjs'), 'utf8');
  expect(text.split('\n')[0]).toBe('#!/usr/bin/env node');
  expect((await stat(join(root, 'dist/keyturn.cjs'))).mode & 0o777).toBe(0o755);
  expect(run('--version')).toBe('1.2.3 some words\n');
});

test('what is imported lazily is loaded from chunks, which share one copy of what they have in common', async () => {
  await buildCli(root);
  await rm(join(root, 'node_modules'), { recursive: true });
  await rm(join(root, 'src'), { recursive: true });

  expect(run()).toBe('/ deep true\n');
});

test('the same sources give the same bytes, in whatever folder they lie', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'keyturn-elsewhere-'));
  await cp(root, elsewhere, { recursive: true });

  await buildCli(root);
  await buildCli(elsewhere);

  const [here, there] = [await outputs(join(root, 'dist')), await outputs(join(elsewhere, 'dist'))];
  await rm(elsewhere, { recursive: true });
  expect(Object.keys(here).length).toBeGreaterThanOrEqual(4);
  expect(there).toEqual(here);
});

test('what lay in dist before is gone', async () => {
  await write({ 'dist/chunks/old.mjs': '' });

  await buildCli(root);

  expect(Object.keys(await outputs(join(root, 'dist')))).not.toContain('/chunks/old.mjs');
});

test('the licences of all that is bundled lie beside it, and no others', async () => {
  await buildCli(root);

  expect(await readFile(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8')).toBe(
    [
      `keyturn's bundle contains the following packages.\n`,
      'legacy 0.0.1 (ISC)\n\nThe package contains no licence text of its own.\n',
      'words 4.5.6 (MIT)\n\nThe licence of words\n',
    ].join(`\n${'-'.repeat(78)}\n\n`),
  );
});

test('what the interpreter of state machines never uses is left out, and with it the licence', async () => {
  await write({
    'src/late.ts': `
      import { machine } from 'aws-local-stepfunctions';
      export const late = { deep: machine };`,
    'node_modules/aws-local-stepfunctions/package.json':
      '{ "name": "aws-local-stepfunctions", "version": "3.0.0", "license": "MIT" }',
    'node_modules/aws-local-stepfunctions/index.js': `
      import validate from 'asl-validator';
      import { LambdaClient } from '@aws-sdk/client-lambda';
      export const machine = (definition) => validate(definition) && new LambdaClient();`,
  });

  await buildCli(root);

  expect(run()).toBe('/ deep false\n');
  const licences = await readFile(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  expect(licences).toContain('aws-local-stepfunctions 3.0.0 (MIT)');
  expect(licences).not.toContain('asl-validator');
});

test('a package without any licence is not bundled', async () => {
  await write({ 'node_modules/words/package.json': '{ "name": "words", "version": "4.5.6", "type": "module" }' });
  await rm(join(root, 'node_modules/words/LICENSE'));

  await expect(buildCli(root)).rejects.toThrow('words 4.5.6 names no licence');
});

test('a class that would exist twice, in the entry and in a chunk, is refused', async () => {
  await write({
    'src/cli/bin.ts': "import { deep } from '../deep.ts'; import('./commands/rotate.ts'); console.log(deep);",
  });

  await expect(buildCli(root)).rejects.toThrow(
    'src/deep.ts is in the entry and in a chunk: import it lazily in the entry, or not at all',
  );
});

test('a package that the entry imports lazily by its name is refused', async () => {
  await write({ 'src/cli/bin.ts': "import('words');" });

  await expect(buildCli(root)).rejects.toThrow('"words" has to be imported by a file of ours that is imported lazily');
});
