// keyturn find: every place that holds the key, and everything that could not be looked at.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/sandbox/index.ts';
import { allBut, type DeskOptions, openDesk } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';

/** A search goes by the id alone. */
const otherSecret = 'x'.repeat(40);

async function openSearch(options: DeskOptions = {}) {
  const desk = await openDesk(options);
  const [pair] = desk.keys as [Credentials];
  const id = pair.accessKeyId;
  return {
    ...desk,
    id,
    pair,
    /** A dotenv file that holds the key. */
    envFile: (name: string, prefix = 'AWS') => {
      const file = join(desk.cwd, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${prefix}_ACCESS_KEY_ID=${id}\n${prefix}_SECRET_ACCESS_KEY=${otherSecret}\n`);
      return file;
    },
    find: async (rest = '') => {
      const { code, stdout } = await desk.run(`find ${id} --json ${rest}`);
      expect(code).toBe(0);
      return JSON.parse(stdout);
    },
  };
}

describe('keyturn find', () => {
  test('names the places that can be looked through unasked, and whose key it is', async () => {
    const { id, pair, credentialsFile, addProfile, envFile, find } = await openSearch();
    addProfile('also', pair);
    const env = envFile('.env');
    const local = envFile('.env.local', 'SHOP');
    envFile('settings.txt');

    const found = await find();

    expect(found).toMatchObject({ key: id, user: 'alice' });
    expect(found.notLookedAt).toEqual([]);
    expect(found.places).toEqual([
      { spec: `credentials-file:default@${credentialsFile}`, where: `profile default of ${credentialsFile}` },
      { spec: `credentials-file:also@${credentialsFile}`, where: `profile also of ${credentialsFile}` },
      { spec: `env-file:${env}`, where: `AWS_ACCESS_KEY_ID in ${env}` },
      {
        spec: `env-file:${local}#id=SHOP_ACCESS_KEY_ID,secret=SHOP_SECRET_ACCESS_KEY`,
        where: `SHOP_ACCESS_KEY_ID in ${local}`,
      },
    ]);
  });

  test('says the same in words, the key shortened', async () => {
    const { id, place, run } = await openSearch();

    const { code, stdout, stderr } = await run(`find ${id}`);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^AKIA…${id.slice(-4)} of alice is in\n  ${place}\n`));
    expect(stdout).not.toContain(id);
  });

  test('changes nothing and leaves no state', async () => {
    const { find, changes, stateFiles } = await openSearch();

    await find();

    expect([changes(), stateFiles()]).toEqual([[], null]);
  });

  test('that finds nothing says so, and that is no failure', async () => {
    const { run } = await openSearch();

    const { code, stdout } = await run('find AKIAIOSFODNN7EXAMPLE');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^no place that was looked at holds AKIA…MPLE\n/);
  });
});

describe('--in', () => {
  test('looks in every env file that a glob means, however deep, and nowhere else', async () => {
    const { envFile, find } = await openSearch();
    const wanted = ['services/.env', 'services/a/.env', 'services/b/c/.env'].map((name) => envFile(name));
    for (const name of ['.env', 'other/.env', 'services/a/other']) envFile(name);

    const found = await find('--in env-file:services/**/.env');

    expect(found.places.map(({ spec }: { spec: string }) => spec)).toEqual(
      expect.arrayContaining(wanted.map((file) => `env-file:${file}`)),
    );
    expect([found.places.length, found.notLookedAt]).toEqual([3, []]);
  });

  test('takes a star for one folder, and follows no circle of links', async () => {
    const { cwd, envFile, find } = await openSearch();
    const file = envFile('services/a/.env');
    envFile('services/a/b/.env');
    symlinkSync(join(cwd, 'services'), join(cwd, 'services/a/again'));

    const [one, deep] = [await find('--in env-file:services/*/.env'), await find('--in env-file:services/**/.env')];

    expect(one.places).toEqual([{ spec: `env-file:${file}`, where: `AWS_ACCESS_KEY_ID in ${file}` }]);
    expect(deep.places.length).toBe(2);
  });

  test('looks at all profiles of another credentials file, or at one', async () => {
    const { cwd, id, find } = await openSearch();
    const profile = (name: string) => `[${name}]\naws_access_key_id = ${id}\naws_secret_access_key = ${otherSecret}\n`;
    const file = join(cwd, 'creds');
    writeFileSync(file, `${profile('a')}${profile('b')}`);

    const [all, one] = [await find('--in credentials-file:*@creds'), await find('--in credentials-file:b@creds')];

    expect(all.places).toEqual([
      { spec: `credentials-file:a@${file}`, where: `profile a of ${file}` },
      { spec: `credentials-file:b@${file}`, where: `profile b of ${file}` },
    ]);
    expect(one.places).toEqual([{ spec: `credentials-file:b@${file}`, where: expect.any(String) }]);
  });

  test('asks a command that is named what it holds', async () => {
    const { cwd, id, find } = await openSearch({ real: true });
    const command = join(cwd, 'holder.sh');
    writeFileSync(command, `#!/bin/sh\ncat >/dev/null\necho '{"holds":"${id}"}'\n`, { mode: 0o755 });

    const found = await find('--in exec:./holder.sh');

    expect(found).toMatchObject({ places: [{ spec: `exec:${command}` }], notLookedAt: [] });
  });

  test('may name a place twice, which is one place', async () => {
    const { envFile, find } = await openSearch();
    envFile('.env');

    const found = await find('--in env-file:.env --in env-file:./.env* --in env-file:.env#id=AWS_ACCESS_KEY_ID');

    expect(found.places.length).toBe(1);
  });
});

describe('what could not be looked at is named:', () => {
  test('a credentials file that cannot be read', async () => {
    const { credentialsFile, envFile, find } = await openSearch();
    const env = envFile('.env');
    rmSync(credentialsFile);
    mkdirSync(credentialsFile);

    const found = await find();

    expect(found.places).toMatchObject([{ spec: `env-file:${env}` }]);
    expect(found.notLookedAt).toEqual([{ what: credentialsFile, why: 'it cannot be read (EISDIR)', permission: null }]);
  });

  test.each([
    ['env-file:gone', 'gone', 'it is not there'],
    ['env-file:gone/*.env', 'gone', 'it is not there'],
    ['env-file:.env.*', '.env.*', 'no file matches'],
    ['env-file:folder', 'folder', 'it is no regular file'],
    ['env-file:alone', 'alone', 'the key stands there, but not in a variable that has its secret beside it'],
  ])('%s', async (spec, name, why) => {
    const { cwd, id, find } = await openSearch();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'alone'), `AWS_ACCESS_KEY_ID=${id}\n`);

    const found = await find(`--in ${spec}`);

    expect(found).toMatchObject({ places: [], notLookedAt: [{ what: join(cwd, name), why, permission: null }] });
  });

  test('a command that fails', async () => {
    const { find } = await openSearch({ real: true });

    const found = await find('--in exec:/bin/false');

    expect(found).toMatchObject({
      places: [],
      notLookedAt: [{ what: 'exec:/bin/false', why: 'false exited with 1, when told readBack', permission: null }],
    });
  });

  test('the owner, where nobody is signed in', async () => {
    const { id, env, place, find } = await openSearch();
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete env[name];
    env.AWS_PROFILE = 'nobody';

    const found = await find();

    expect(found).toMatchObject({ user: null, places: [{ spec: place }] });
    expect(found.notLookedAt).toEqual(
      ['the secrets in eu-west-1', 'the parameters in eu-west-1', `the owner of ${id}`].map((what) => ({
        what,
        why: expect.any(String),
        permission: null,
      })),
    );
  });

  test('the owner, where that may not be asked', async () => {
    const { id, place, find } = await openSearch({ policies: allBut('iam:GetAccessKeyLastUsed') });

    const found = await find();

    expect(found).toMatchObject({ user: null, places: [{ spec: place }] });
    expect(found.notLookedAt).toMatchObject([{ what: `the owner of ${id}`, permission: 'iam:GetAccessKeyLastUsed' }]);
  });
});

describe('is refused, with nothing asked:', () => {
  test.each([
    ['wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'that is no id of a long-term access key'],
    ['ASIAIOSFODNN7EXAMPLE', 'that is no id of a long-term access key'],
    ['', "missing required argument 'key'"],
    ['AKIAIOSFODNN7EXAMPLE --in stdout:', 'stdout holds nothing that could be looked at'],
    ['AKIAIOSFODNN7EXAMPLE --in floppy:a', 'there is no consumer kind floppy'],
  ])('find %s', async (rest, message) => {
    const { run } = await openSearch();

    const { code, stderr, stdout, json } = await run(`find ${rest} --json`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toBe(message);
    expect(stdout + stderr).not.toContain('wJalr');
  });
});
