import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { kind, oldPair, setUp } from './credentials-folder.ts';

describe('specs', () => {
  const surroundings = { cwd: '/work dir', home: '/home/a', env: {} };

  test.each([
    ['default', 'default@/home/a/.aws/credentials'],
    ['default@creds', 'default@/work dir/creds'],
    ['default@../creds', 'default@/creds'],
    ['default@~/creds', 'default@/home/a/creds'],
    ['default@/x/y@z', 'default@/x/y@z'],
    ['me%40corp', 'me%40corp@/home/a/.aws/credentials'],
    ['a%b', 'a%b@/home/a/.aws/credentials'],
    ['a%2540', 'a%2540@/home/a/.aws/credentials'],
    ['profile x', 'profile x@/home/a/.aws/credentials'],
  ])('%s means %s, and resolved once more the same', (place, resolved) => {
    const once = kind.resolve(place, surroundings);
    const twice = kind.resolve(once, {
      cwd: '/elsewhere',
      home: '/nobody',
      env: { AWS_SHARED_CREDENTIALS_FILE: '/z' },
    });

    expect([once, twice]).toEqual([resolved, resolved]);
  });

  test.each([
    ['/z/creds', 'default@/z/creds'],
    ['creds', 'default@/work dir/creds'],
    ['~/creds', 'default@/home/a/creds'],
    ['', 'default@/home/a/.aws/credentials'],
  ])('the environment names the default file: %s', (named, resolved) => {
    const place = kind.resolve('default', { ...surroundings, env: { AWS_SHARED_CREDENTIALS_FILE: named } });

    expect(place).toBe(resolved);
  });

  test.each([
    ['', 'credentials-file: names no profile', 'for example credentials-file:default'],
    ['@/x', 'credentials-file:@/x names no profile', 'for example credentials-file:default'],
    [' @/x', 'credentials-file: @/x names no profile', 'for example credentials-file:default'],
    ['a\nb', 'credentials-file:a\nb names no profile', 'for example credentials-file:default'],
    ['a\x1b[1m', 'credentials-file:a\x1b[1m names no profile', 'for example credentials-file:default'],
    ['a\x7f', 'credentials-file:a\x7f names no profile', 'for example credentials-file:default'],
    ['a@', 'credentials-file:a@ names no file after the @', 'leave the @ out for the default file'],
  ])('%j names no place', (place, message, hint) => {
    const resolving = () => kind.resolve(place, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(expect.objectContaining({ message, hint }));
  });

  test('one that was not resolved is not opened', () => {
    expect(() => kind.open('default')).toThrow(
      expect.objectContaining({ message: 'credentials-file:default names no file', hint: 'resolve it first' }),
    );
  });
});

describe('find', () => {
  test('lists the profiles of the default file that hold the key, as specs that can be opened', async () => {
    const { file } = setUp(
      '[a]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n' +
        '[b]\naws_access_key_id = AKIAX\n[me@corp]\nAWS_ACCESS_KEY_ID=AKIAOLDOLDOLDOLDOLD1\n# aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n[c]\n',
    );
    const surroundings = { cwd: '/', home: '/nobody', env: { AWS_SHARED_CREDENTIALS_FILE: file } };

    const places = await kind.find('AKIAOLDOLDOLDOLDOLD1', surroundings);

    expect(places).toEqual([`credentials-file:a@${file}`, `credentials-file:me%40corp@${file}`]);
    expect(await kind.open(`a@${file}`).readBack(oldPair)).toBe('AKIAOLDOLDOLDOLDOLD1');
  });

  test('finds nothing where there is no file, and makes none', async () => {
    const home = temporaryFolder();

    const places = await kind.find('AKIAOLDOLDOLDOLDOLD1', { cwd: '/', home, env: {} });

    expect(places).toEqual([]);
    expect(existsSync(join(home, '.aws'))).toBe(false);
  });
});
