import { readdirSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytes, newPair, preflightError, preflightRefusal, readBySdk, setUp } from './credentials-folder.ts';

describe('a first key', () => {
  const id = 'aws_access_key_id = AKIANEWNEWNEWNEWNEW2';
  const secret = 'aws_secret_access_key = newnewnew/newnewnew+newnewnew=';

  test.each([
    [
      'to a profile without one',
      '[work]\nregion = eu\n\n# next\n[x]\n',
      `[work]\nregion = eu\n${id}\n${secret}\n\n# next\n[x]\n`,
    ],
    ['to an empty profile', '[work]\n[x]\n', `[work]\n${id}\n${secret}\n[x]\n`],
    [
      'to the last profile, without a final newline',
      '[work]\r\nregion = eu',
      `[work]\r\nregion = eu\r\n${id}\r\n${secret}`,
    ],
    ['behind nested settings', '[work]\ns3 =\n  a = 1\n', `[work]\ns3 =\n  a = 1\n${id}\n${secret}\n`],
    [
      'into empty lines',
      '[work]\naws_access_key_id = \naws_secret_access_key =\n',
      `[work]\naws_access_key_id = AKIANEWNEWNEWNEWNEW2\naws_secret_access_key =newnewnew/newnewnew+newnewnew=\n`,
    ],
    [
      'into one empty line',
      '[work]\naws_secret_access_key = \n',
      `[work]\naws_secret_access_key = newnewnew/newnewnew+newnewnew=\n${id}\n`,
    ],
    ['with a profile of its own', '[x]\na = 1\n', `[x]\na = 1\n\n[work]\n${id}\n${secret}\n`],
    ['with a profile of its own, behind an empty line', '[x]\r\n\r\n', `[x]\r\n\r\n[work]\r\n${id}\r\n${secret}\r\n`],
    ['with a profile of its own, without a final newline', '[x]', `[x]\n\n[work]\n${id}\n${secret}\n`],
    ['with a profile of its own, behind an empty line at the end', '[x]\n\n', `[x]\n\n[work]\n${id}\n${secret}\n`],
    [
      'with a profile of its own, behind others with an empty line between',
      '[x]\n\n[y]\na = 1\n',
      `[x]\n\n[y]\na = 1\n\n[work]\n${id}\n${secret}\n`,
    ],
    ['to a file with a byte order mark alone', '\xef\xbb\xbf', `\xef\xbb\xbf[work]\n${id}\n${secret}\n`],
    ['to an empty file', '', `[work]\n${id}\n${secret}\n`],
    ['with a file of its own', null, `[work]\n${id}\n${secret}\n`],
  ])('is added %s', async (_, before, after) => {
    const { file, folder, consumer } = setUp(before);

    const preflight = await consumer.preflight({ user: 'alice', oldKey: null });
    const untouched = readdirSync(folder);
    await consumer.write(newPair, null);
    await consumer.write(newPair, null);

    expect(preflight).toMatchObject({ holds: null, pair: null });
    expect(untouched).toEqual(before === null ? [] : ['credentials']);
    expect(bytes(file)).toBe(after);
    expect((await readBySdk(file, 'work')).sameAs(newPair)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });

  test.each(['credential_process = x', 'role_arn = x', 'sso_session = x'])(
    'is not added to a profile that has another source: %s',
    async (line) => {
      const { consumer } = setUp(`[work]\n${line}\n`);

      const message = await preflightError(consumer, null);

      expect(message).toContain('gets its credentials by');
    },
  );

  test('is not added beside another one, which is named', async () => {
    const { file, consumer } = setUp(
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n',
    );

    const { message, hint } = await preflightRefusal(consumer, null);

    expect([message, hint]).toEqual([
      `profile work of ${file} holds the key AKIA…OLD1 already`,
      'name a profile that holds none',
    ]);
  });

  test('is no matter of another source where the profile has a key of its own', async () => {
    const { consumer } = setUp(
      '[work]\nrole_arn = x\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n',
    );

    const { holds } = await consumer.preflight({ user: 'alice', oldKey: 'AKIAOLDOLDOLDOLDOLD1' });

    expect(holds).toBe('AKIAOLDOLDOLDOLDOLD1');
  });

  test('says that it adds a profile', async () => {
    const { file, consumer } = setUp('');

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: null });

    expect(notes).toEqual([`profile work will be added to ${file}`]);
  });
});
