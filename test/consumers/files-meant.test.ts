// Which files are looked through for a key, by a path or a glob, and what is said of those that cannot be.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConsumerKind, Surroundings } from '../../src/consumers/contract.ts';
import { credentialsFile } from '../../src/consumers/credentials-file.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import { filesMeant, readOrName, whyNot } from '../../src/consumers/files-meant.ts';
import { consumerDeps } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const keyId = 'AKIAOLDOLDOLDOLDOLD1';
const envLines = `AWS_ACCESS_KEY_ID=${keyId}\nAWS_SECRET_ACCESS_KEY=x\n`;

/** A folder with these files, by their paths. */
function setUp(files: Record<string, string>) {
  const cwd = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  return { cwd, surroundings: { cwd, home: '/nobody', env: {} } };
}

const within = (cwd: string, found: { files: string[] }) => found.files.map((file) => file.slice(cwd.length + 1));

describe('which files are meant by', () => {
  const files = { '.env': '', 'a.env': '', 'b/.env': '', 'b/c/.env': '', 'b/c/x[1].env': '', 'd/.env': '' };

  test.each([
    ['.env', ['.env']],
    ['*.env', ['a.env']],
    ['*/.env', ['b/.env', 'd/.env']],
    ['b/*/.env', ['b/c/.env']],
    ['**/.env', ['.env', 'b/.env', 'b/c/.env', 'd/.env']],
    ['b/**/*.env', ['b/c/x[1].env']],
    ['{b,d}/.env', ['b/.env', 'd/.env']],
    ['?.env', ['a.env']],
    ['[ab].env', ['a.env']],
    ['b/c/x[1].env', ['b/c/x[1].env']],
  ])('%s', async (written, meant) => {
    const { cwd, surroundings } = setUp(files);

    const found = await filesMeant(written, surroundings);

    expect(within(cwd, found)).toEqual(meant);
    expect(found.notLookedAt).toEqual([]);
  });

  test('a glob: no links to folders, no links to nothing, and nothing that is no file', async () => {
    const { cwd, surroundings } = setUp({ 'b/.env': '', 'c/x': '' });
    symlinkSync('b', join(cwd, 'link'));
    symlinkSync('/nowhere', join(cwd, 'c', '.env'));
    symlinkSync('../b/.env', join(cwd, 'c', 'y.env'));
    mkdirSync(join(cwd, 'd', '.env'), { recursive: true });

    const found = await filesMeant('*/*.env', surroundings);
    const [linked] = [await filesMeant('*/.env', surroundings)];

    expect(within(cwd, found)).toEqual(['c/y.env']);
    expect(within(cwd, linked)).toEqual(['b/.env']);
  });
});

test.each([
  ['none', 'none', 'it is not there'],
  ['.env/none', '.env/none', 'it is not there'],
  ['folder', 'folder', 'it is no regular file'],
  ['*.none', '*.none', 'no file matches'],
  ['none/*.env', 'none', 'it is not there'],
])('of %s it is said why it was not looked at', async (written, what, why) => {
  const { cwd, surroundings } = setUp({ '.env': '', 'folder/x': '' });

  expect(await filesMeant(written, surroundings)).toEqual({
    files: [],
    notLookedAt: [{ what: join(cwd, what), why, permission: null }],
  });
});

test('a file that cannot be read is named, and read as nothing', async () => {
  const { cwd } = setUp({ 'folder/x': 'x' });
  const search = { places: [], notLookedAt: [] };

  const texts = [];
  for (const path of ['folder/x', 'folder/gone', 'folder']) texts.push(await readOrName(join(cwd, path), search));

  expect(texts).toEqual(['x', '', '']);
  expect(search.notLookedAt).toEqual([
    { what: join(cwd, 'folder'), why: 'it cannot be read (EISDIR)', permission: null },
  ]);
});

test.each([
  ['ENOENT', 'it is not there'],
  ['ENOTDIR', 'it is not there'],
  ['EACCES', 'it may not be read by you'],
  ['EPERM', 'it may not be read by you'],
  ['EIO', 'it cannot be read (EIO)'],
])('%s in a person’s words', (code, words) => {
  expect(whyNot({ code } as NodeJS.ErrnoException)).toBe(words);
});

describe('looked through for a key', () => {
  const look = (kind: ConsumerKind, place: string | null, surroundings: Surroundings) =>
    kind.findIn?.(keyId, place, surroundings, consumerDeps().aws);

  test('env files: those of the folder, or those that were named', async () => {
    const { cwd, surroundings } = setUp({
      '.env': envLines,
      '.env.b': `# ${keyId}\n`,
      'x.env': envLines,
      '.environment': envLines,
    });

    const ofTheFolder = await look(envFile, null, surroundings);
    const named = await look(envFile, 'x.env', surroundings);
    const ofVariables = await look(envFile, 'x.env#id=A,secret=B', surroundings);

    expect(ofTheFolder).toEqual({
      places: [{ spec: `env-file:${cwd}/.env`, where: `AWS_ACCESS_KEY_ID in ${cwd}/.env` }],
      notLookedAt: [
        {
          what: `${cwd}/.env.b`,
          why: 'the key stands there, but not in a variable that has its secret beside it',
          permission: null,
        },
      ],
    });
    expect(named).toEqual({
      places: [{ spec: `env-file:${cwd}/x.env`, where: `AWS_ACCESS_KEY_ID in ${cwd}/x.env` }],
      notLookedAt: [],
    });
    expect(ofVariables).toBeUndefined();
  });

  test('a folder that is not there is said', async () => {
    const search = await look(envFile, null, { cwd: '/nowhere', home: '/', env: {} });

    expect(search).toEqual({
      places: [],
      notLookedAt: [{ what: '/nowhere', why: 'it is not there', permission: null }],
    });
  });

  test('credentials files: the default one, or those that were named with every profile', async () => {
    const { cwd, surroundings } = setUp({
      'creds/a': `[me@corp]\naws_access_key_id = ${keyId}\naws_secret_access_key = x\n[other]\naws_access_key_id = AKIAX\n`,
      'creds/b': '',
    });
    const byDefault = { ...surroundings, env: { AWS_SHARED_CREDENTIALS_FILE: 'creds/a' } };
    const place = { spec: `credentials-file:me%40corp@${cwd}/creds/a`, where: `profile me@corp of ${cwd}/creds/a` };

    expect(await look(credentialsFile, null, byDefault)).toEqual({ places: [place], notLookedAt: [] });
    expect(await look(credentialsFile, null, surroundings)).toEqual({ places: [], notLookedAt: [] });
    expect(await look(credentialsFile, '*', byDefault)).toEqual({ places: [place], notLookedAt: [] });
    expect(await look(credentialsFile, '*@creds/*', surroundings)).toEqual({
      places: [place],
      notLookedAt: [],
    });
    expect(await look(credentialsFile, '*@none', surroundings)).toEqual({
      places: [],
      notLookedAt: [{ what: `${cwd}/none`, why: 'it is not there', permission: null }],
    });
    expect(await look(credentialsFile, 'me@creds/a', surroundings)).toBeUndefined();
  });
});
