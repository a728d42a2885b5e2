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

  test.each(['', '@/x', ' @/x', 'a@', 'a\nb', 'a\x1b[1m'])('%j names no place', (place) => {
    expect(() => kind.resolve(place, surroundings)).toThrow(UsageError);
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
