// Specs of env files, and how they are found.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import { UsageError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold');
const oldLines = 'AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\nAWS_SECRET_ACCESS_KEY=oldold/oldold+oldold\n';

describe('specs', () => {
  const surroundings = { cwd: '/work dir', home: '/home/a', env: {} };

  test.each([
    ['.env', '/work dir/.env'],
    ['~/app/.env', '/home/a/app/.env'],
    ['/x/.env#id=AWS_ACCESS_KEY_ID,secret=AWS_SECRET_ACCESS_KEY', '/x/.env'],
    ['/x/.env#secret=S', '/x/.env#id=AWS_ACCESS_KEY_ID,secret=S'],
    ['/x/.env#id=A', '/x/.env#id=A,secret=AWS_SECRET_ACCESS_KEY'],
    ['a%23b', '/work dir/a%23b'],
    ['100%', '/work dir/100%'],
    ['a%2523', '/work dir/a%2523'],
  ])('%s means %s, and resolved once more the same', (place, resolved) => {
    const once = envFile.resolve(place, surroundings);
    const twice = envFile.resolve(once, { cwd: '/elsewhere', home: '/nobody', env: {} });

    expect([once, twice]).toEqual([resolved, resolved]);
  });

  test.each([
    ['', 'names no file'],
    ['#id=A,secret=B', 'names no file'],
    ['a\nb', 'names no file'],
    ['a\x7f', 'names no file'],
    ['.env#', 'has an option that is none: ""'],
    ['.env#id=', 'has an option that is none: "id="'],
    ['.env#id=A B', 'has an option that is none: "id=A B"'],
    ['.env#id=1A', 'has an option that is none: "id=1A"'],
    ['.env#name=A', 'has an option that is none: "name=A"'],
    ['.env#xid=A', 'has an option that is none: "xid=A"'],
    ['.env#id=A#secret=B', 'has more than one #'],
    ['.env#id=A,secret=A', 'names one variable for both'],
  ])('%j names no place', (place, why) => {
    const resolving = () => envFile.resolve(place, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(
      expect.objectContaining({
        message: `env-file:${place} ${why}`,
        hint: "like env-file:.env or env-file:.env#id=APP_KEY_ID,secret=APP_SECRET; a # in a file's name is written %23",
      }),
    );
  });

  test.each(['/x/.env', '/x/.env#id=A,secret=B'])('%s is what the opened place says of itself', (place) => {
    expect(envFile.open(place, replacement, consumerDeps()).spec).toBe(`env-file:${place}`);
  });

  test('a # in the name of the file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a#b%23'), oldLines);

    const place = envFile.resolve('a%23b%2523', { ...surroundings, cwd: folder });

    expect(await envFile.open(place, replacement, consumerDeps()).readBack(oldPair)).toBe('AKIAOLDOLDOLDOLDOLD1');
  });
});

describe('find', () => {
  test('lists the env files of the current folder that hold the key, under names that belong together', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, '.env.d'));
    const files = {
      '.env': oldLines,
      '.env.local':
        'app_access_key_id="AKIAOLDOLDOLDOLDOLD1"\napp_secret_access_key=x\nS3_KEY_ID=AKIAOLDOLDOLDOLDOLD1\nS3_SECRET_KEY=x\n',
      '.env.other': 'AWS_ACCESS_KEY_ID=AKIAOTHEROTHEROTHER3\n',
      '.env.alone': 'AWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\n# AWS_SECRET_ACCESS_KEY=x\n',
      '.environment': oldLines,
      env: oldLines,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    symlinkSync('/nowhere', join(folder, '.env.gone'));

    const places = await envFile.find('AKIAOLDOLDOLDOLDOLD1', { cwd: folder, home: '/', env: {} });

    expect(places).toEqual([
      `env-file:${folder}/.env`,
      `env-file:${folder}/.env.local#id=app_access_key_id,secret=app_secret_access_key`,
      `env-file:${folder}/.env.local#id=S3_KEY_ID,secret=S3_SECRET_KEY`,
    ]);
  });

  test('finds nothing in a folder that is not there', async () => {
    expect(await envFile.find('AKIAOLDOLDOLDOLDOLD1', { cwd: '/nowhere', home: '/', env: {} })).toEqual([]);
  });
});
