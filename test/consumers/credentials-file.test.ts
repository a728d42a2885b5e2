import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { fromIni } from '@aws-sdk/credential-providers';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { Consumer } from '../../src/consumers/contract.ts';
import { createCredentialsFile } from '../../src/consumers/credentials-file.ts';
import { isMountPoint } from '../../src/consumers/replaceable-file.ts';
import { ConsumerError, UsageError } from '../../src/errors.ts';
import { acquireLock } from '../../src/lock.ts';
import { runChild } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeConsumer } from './consumer-contract.ts';

const clock = createVirtualClock('2026-11-22T10:00:00Z');
const kind = createCredentialsFile(clock);
const oldPair = new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'oldold/oldold+oldold');
const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew/newnewnew+newnewnew=');

const bytes = (file: string) => readFileSync(file).toString('latin1');

const readByCli = async (file: string, profile: string): Promise<KeyPair> => {
  const read = fromIni({ filepath: file, configFilepath: `${file}.none`, profile, ignoreCache: true });
  const { accessKeyId, secretAccessKey } = await read();
  return new KeyPair(accessKeyId, secretAccessKey);
};

/** A folder with a credentials file of these bytes, given as latin1. */
const setUp = (text: string | null, profile = 'work') => {
  const folder = temporaryFolder();
  const file = join(folder, 'credentials');
  if (text !== null) writeFileSync(file, text, { encoding: 'latin1', mode: 0o600 });
  return { folder, file, consumer: kind.open(`${profile}@${file}`) };
};

const preflightError = async (consumer: Consumer, oldKey: string | null = oldPair.accessKeyId) => {
  const error = await consumer.preflight({ user: 'alice', oldKey }).catch((caught) => caught);
  expect(error).toBeInstanceOf(ConsumerError);
  expect(error.hint).toBeTruthy();
  expect(inspect(error, { depth: 9 })).not.toMatch(/oldold|newnew|hush/);
  return error.message as string;
};

describeConsumer('credentials-file', async (pair) => {
  const folder = temporaryFolder();
  const file = join(folder, 'credentials');
  const text = (held: KeyPair) =>
    `# mine\r\n[default]\r\nregion = eu-west-1\r\n\r\n[work]\r\n  aws_access_key_id=${held.accessKeyId}\r\n  aws_secret_access_key=${held.reveal()}\r\n[other]\r\nx=1`;
  writeFileSync(file, text(pair), { mode: 0o640 });
  return {
    open: () => kind.open(`work@${file}`),
    put: async (other) => writeFileSync(file, text(other)),
    content: async () =>
      readdirSync(folder).map((name) => [name, bytes(join(folder, name)), statSync(join(folder, name)).mode]),
    read: () => readByCli(file, 'work'),
    watch: async (work) => {
      const seen: KeyPair[] = [];
      let done = false;
      const working = work().finally(() => {
        done = true;
      });
      while (!done) seen.push(await readByCli(file, 'work'));
      await working;
      return seen;
    },
    writeAndCrash: async (newOne, expected) => {
      const child = await runChild(
        `import { KeyPair } from './src/access-key.ts';
         import { openConsumer } from './src/consumers/registry.ts';
         const consumer = await openConsumer(${JSON.stringify(`credentials-file:work@${file}`)});
         await consumer.write(new KeyPair(${JSON.stringify(newOne.accessKeyId)}, ${JSON.stringify(newOne.reveal())}), ${JSON.stringify(expected)});`,
        { crashBefore: 'rename' },
      );
      expect(child.signal).toBe('SIGKILL');
      expect(readdirSync(folder)).toContain('.credentials.keyturn-tmp');
    },
  };
});

describe('the two values change and not one other byte', () => {
  const id = '{id}';
  const secret = '{secret}';
  const filled = (template: string, pair: KeyPair) =>
    template.replace(id, pair.accessKeyId).replace(secret, pair.reveal());

  const alike: [string, string][] = [
    ['a plain file', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['the secret first', '[work]\naws_secret_access_key = {secret}\naws_access_key_id = {id}\n'],
    ['no white space', '[work]\naws_access_key_id={id}\naws_secret_access_key={secret}\n'],
    [
      'a lot of white space',
      '[work] \t\n\taws_access_key_id\t =  {id} \t \n\taws_secret_access_key=\t{secret}  \n\n\n',
    ],
    ['CRLF', '[work]\r\naws_access_key_id = {id}\r\naws_secret_access_key = {secret}\r\n'],
    ['mixed line ends', '[work]\r\naws_access_key_id = {id}\naws_secret_access_key = {secret}\r\n\n\r\n'],
    ['no final newline', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}'],
    ['a final CR alone', '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\r'],
    ['a byte order mark', '\xef\xbb\xbf[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    [
      'comments',
      '# a\n; b\n[work] # c\n# d [work]\n  ; aws_access_key_id = x\naws_access_key_id = {id}\n#e\naws_secret_access_key = {secret}\n#',
    ],
    [
      'unknown settings',
      '[work]\nregion = eu\naws_access_key_id = {id}\n_x-y.z = 1 # 2\naws_secret_access_key = {secret}\n',
    ],
    [
      'nested settings',
      '[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\ns3 =\n  max = 10\n  aws_access_key_id = no\nregion = eu\n',
    ],
    [
      'bytes that are no UTF-8',
      '# \xff\xfe\x80\n[work]\nname = M\xfcller\xa0\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n# \xe9',
    ],
    [
      'NUL and other control bytes in a comment',
      '# \x00\x01\x0b\x0c\x1b\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'profiles around it',
      '[a]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n[work2]\naws_access_key_id = AKIAZ\n',
    ],
    [
      'a session token in another profile',
      '[tmp]\naws_session_token = t\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'malformed lines in another profile',
      '[tmp]\nhello\n= 3\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
    [
      'another profile twice',
      '[tmp]\na = 1\n[tmp]\n[work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n',
    ],
  ];

  test.each(alike)('%s, and the SDK reads what was written', async (_, template) => {
    const { file, folder, consumer } = setUp(filled(template, oldPair));

    const preflight = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    const before = await readByCli(file, 'work');
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(preflight.pair?.sameAs(oldPair)).toBe(true);
    expect(before.sameAs(oldPair)).toBe(true);
    expect(bytes(file)).toBe(filled(template, newPair));
    expect((await readByCli(file, 'work')).sameAs(newPair)).toBe(true);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });

  test.each([
    [
      'keys in capitals, which the SDK for JavaScript does not read',
      '[work]\nAWS_ACCESS_KEY_ID = {id}\nAws_Secret_Access_Key = {secret}\n',
    ],
    ['spaces in the brackets', '[ work ]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['colons, which the AWS CLI reads', '[work]\naws_access_key_id: {id}\naws_secret_access_key : {secret}\n'],
  ])('%s', async (_, template) => {
    const { file, consumer } = setUp(filled(template, oldPair));

    await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    await consumer.write(newPair, oldPair.accessKeyId);

    expect(bytes(file)).toBe(filled(template, newPair));
  });

  test.each([
    ['profile work', '[work]\n[profile work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['me@corp', '[me]\n[me@corp]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['Z\u00fcrich', '[Z\xc3\xbcrich]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
    ['Work', '[work]\n[Work]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n'],
  ])('in the profile that is literally named %s', async (profile, template) => {
    const { file, consumer } = setUp(filled(template, oldPair), profile.replace('@', '%40'));

    await consumer.write(newPair, oldPair.accessKeyId);

    expect(bytes(file)).toBe(filled(template, newPair));
  });

  test('mode and link are kept', async () => {
    const { file, folder } = setUp(
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
    );
    chmodSync(file, 0o640);
    mkdirSync(join(folder, 'home'));
    symlinkSync('../credentials', join(folder, 'home', 'link'));

    await kind.open(`work@${join(folder, 'home', 'link')}`).write(newPair, oldPair.accessKeyId);

    expect(lstatSync(join(folder, 'home', 'link')).isSymbolicLink()).toBe(true);
    expect(statSync(file).mode & 0o7777).toBe(0o640);
    expect((await readByCli(file, 'work')).sameAs(newPair)).toBe(true);
    expect(readdirSync(join(folder, 'home'))).toEqual(['link']);
    expect(readdirSync(folder)).toEqual(['credentials', 'home']);
  });
});

describe('what is not understood without doubt is refused before any key is made', () => {
  const pair = 'aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n';

  test.each([
    [
      'a line that is no setting',
      `[work]\n${pair}hush\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a setting without a name',
      `[work]\n${pair}= hush\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a lone carriage return',
      `[work]\n${pair}a = 1\rb = 2\n`,
      'line 4 of FILE is malformed: it is neither a comment nor a setting',
    ],
    [
      'a header that only the CLI takes for one',
      `[work];x\n${pair}`,
      'line 1 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'the end of the section that only the CLI sees',
      `[work]\n${pair}[next];x\na = 1\n`,
      'line 4 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'the end of the section that only the SDK sees',
      `[work]\n${pair}a = 1\n  [next]\n`,
      'line 5 of FILE is malformed: the AWS CLI and the SDKs see another section there',
    ],
    [
      'a comment behind the key id',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1 # mine\naws_secret_access_key = hush\n',
      'line 2 of FILE is malformed: to the AWS CLI a comment behind a value is a part of it',
    ],
    [
      'a comment behind the secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush ;hush\n',
      'line 3 of FILE is malformed: to the AWS CLI a comment behind a value is a part of it',
    ],
    [
      'a value that goes on',
      `[work]\n${pair}\n  hush\n`,
      'line 5 of FILE is malformed: to the AWS CLI it is a part of the value in line 3',
    ],
    [
      'a key nested in another setting',
      `[work]\nregion = eu\n  aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n`,
      'line 3 of FILE is malformed: it is indented, and the AWS CLI and the SDKs take that differently',
    ],
    [
      'a key a second time, nested',
      `[work]\n${pair}region = eu\n  aws_access_key_id = AKIAX\n`,
      'line 5 of FILE is malformed: line 2 says aws_access_key_id already',
    ],
    [
      'a key under [DEFAULT]',
      `[DEFAULT]\n${pair}[work]\n`,
      'line 2 of FILE is malformed: the AWS CLI takes what stands under [DEFAULT] for a part of every profile',
    ],
    [
      'a session token',
      `[work]\n${pair}aws_session_token = hush\n`,
      'profile work of FILE has a session token, in line 4',
    ],
    [
      'a session token by its old name',
      `[work]\n${pair}AWS_SECURITY_TOKEN = hush\n`,
      'profile work of FILE has a session token, in line 4',
    ],
    [
      'a session token for all',
      `[DEFAULT]\naws_session_token = hush\n[work]\n${pair}`,
      'profile work of FILE has a session token, in line 2',
    ],
    ['the profile twice', `[work]\n${pair}[x]\n[work]\n`, 'profile work is twice in FILE: lines 1 and 5'],
    [
      'the profile twice, once with spaces',
      `[work]\n${pair}[x]\n[ work ]\n`,
      'profile work is twice in FILE: lines 1 and 5',
    ],
    [
      'a key twice',
      `[work]\n${pair}aws_secret_access_key = hush\n`,
      'profile work of FILE has one setting twice: lines 3 and 4',
    ],
    [
      'a key twice in other case',
      `[work]\n${pair}AWS_Access_Key_Id = AKIAX\n`,
      'profile work of FILE has one setting twice: lines 2 and 4',
    ],
    [
      'another setting twice',
      `[work]\n${pair}region = a\nregion = b\n`,
      'profile work of FILE has one setting twice: lines 4 and 5',
    ],
    [
      'no secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\n',
      'profile work of FILE has no aws_secret_access_key',
    ],
    [
      'an empty secret',
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key =\n',
      'profile work of FILE has no aws_secret_access_key',
    ],
    ['no key id', '[work]\naws_secret_access_key = hush\n', 'profile work of FILE has no aws_access_key_id'],
    ['no such profile', `[other]\n${pair}`, 'there is no profile work in FILE'],
    ['a profile with other letters', `[Work]\n${pair}`, 'there is no profile work in FILE'],
    ['a profile only in a comment', `# [work]\n${pair}`, 'there is no profile work in FILE'],
    ['an empty file', '', 'there is no profile work in FILE'],
    [
      'an empty profile',
      '[work]\nregion = eu\n',
      'profile work of FILE holds no access key instead of the key AKIA…OLD1',
    ],
    [
      'credentials by a command',
      '[work]\ncredential_process = /bin/hush\n',
      'profile work of FILE gets its credentials by credential_process, not by an access key of its own',
    ],
    [
      'credentials by a role',
      '[work]\nrole_arn = hush\nsource_profile = x\n',
      'profile work of FILE gets its credentials by role_arn, not by an access key of its own',
    ],
    [
      'another key',
      '[work]\naws_access_key_id = AKIASTRANGESTRANGER3\naws_secret_access_key = hush\n',
      'profile work of FILE holds the key AKIA…GER3 instead of the key AKIA…OLD1',
    ],
    [
      'a quoted key',
      '[work]\naws_access_key_id = "AKIAOLDOLDOLDOLDOLD1"\naws_secret_access_key = hush\n',
      'profile work of FILE holds something that is no long-term access key id instead of the key AKIA…OLD1',
    ],
    [
      'a secret in the wrong line',
      '[work]\naws_access_key_id = hush/hush\naws_secret_access_key = hush\n',
      'profile work of FILE holds something that is no long-term access key id instead of the key AKIA…OLD1',
    ],
  ])('%s', async (_, text, message) => {
    const { file, folder, consumer } = setUp(text);

    const said = await preflightError(consumer);
    const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);

    expect(said.replaceAll(file, 'FILE')).toBe(message);
    expect(written).toBeInstanceOf(ConsumerError);
    expect(inspect(written, { depth: 9 })).not.toMatch(/hush|newnew/);
    expect(bytes(file)).toBe(text);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });

  test('no such file', async () => {
    const { folder, file, consumer } = setUp(null);

    const message = await preflightError(consumer);

    expect(message).toBe(`there is no file ${file}`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('no such folder', async () => {
    const { folder } = setUp(null);
    const file = join(folder, 'none', 'credentials');

    const message = await preflightError(kind.open(`work@${file}`));

    expect(message).toBe(`there is no file or folder ${file}`);
  });

  test('a folder in the place of the file', async () => {
    const { folder } = setUp(null);

    const message = await preflightError(kind.open(`work@${folder}`));

    expect(message).toBe(`${folder} is no regular file`);
  });

  test('a file without any write bit, also for root', async () => {
    const { file, consumer } = setUp(`[work]\n${pair}`);
    chmodSync(file, 0o400);

    const message = await preflightError(consumer);
    const written = consumer.write(newPair, oldPair.accessKeyId);

    expect(message).toBe(`the file ${file} is read-only`);
    await expect(written).rejects.toThrow(ConsumerError);
    expect(bytes(file)).toBe(`[work]\n${pair}`);
  });

  test('a folder without any write bit, also for root', async () => {
    const { file, folder, consumer } = setUp(`[work]\n${pair}`);
    chmodSync(folder, 0o500);

    const message = await preflightError(consumer);
    const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);
    chmodSync(folder, 0o700);

    expect(message).toBe(`the folder ${folder} is read-only`);
    expect(written).toBeInstanceOf(ConsumerError);
    expect(bytes(file)).toBe(`[work]\n${pair}`);
    expect(readdirSync(folder)).toEqual(['credentials']);
  });

  test('a file that is a mount of its own, as containers do it', () => {
    const mountinfo =
      '22 1 0:20 / / rw - overlay overlay rw\n23 22 8:1 /home/a/creds /root/.aws/credentials rw - ext4 /dev/sda1 rw\n24 22 8:1 / /mnt/my\\040disk rw - ext4 /dev/sda1 rw\n';

    const answers = ['/root/.aws/credentials', '/mnt/my disk', '/root/.aws', ''].map((path) =>
      isMountPoint(path, mountinfo),
    );

    expect(answers).toEqual([true, true, false, false]);
  });
});

describe('what a person should know beforehand', () => {
  test('which other profiles hold the same key, in this file and in the config file beside it', async () => {
    const { file, folder, consumer } = setUp(
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n' +
        '[default]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n',
    );
    writeFileSync(join(folder, 'config'), '[profile ci]\naws_access_key_id=AKIAOLDOLDOLDOLDOLD1\n');

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    expect(notes).toEqual([
      `profile default of ${file} holds the same key, and changes only if it is named too`,
      `${join(folder, 'config')} holds the same key under [profile ci]`,
    ]);
  });

  test('malformed lines elsewhere, a byte order mark, spaces in brackets, colons, and hard links', async () => {
    const { file, folder, consumer } = setUp(
      '\xef\xbb\xbf[x]\nhush\n[ work ]\naws_access_key_id : AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
    );
    linkSync(file, join(folder, 'other'));

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    expect(notes).toEqual([
      `${file} writes a key of work with a colon, which the AWS CLI reads and the SDK for JavaScript does not`,
      `${file} begins with a byte order mark, with which the AWS CLI cannot read it`,
      `${file} writes [ work ]: to the AWS CLI its spaces belong to the name`,
      `line 2 of ${file} is malformed and left as it is; the AWS CLI cannot read the file with it`,
      `${file} has other names (hard links), which will keep the old content`,
    ]);
  });

  test('nothing, where there is nothing to know', async () => {
    const { consumer } = setUp(
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
    );

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    expect(notes).toEqual([]);
  });
});

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
    expect((await readByCli(file, 'work')).sameAs(newPair)).toBe(true);
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

  test('says that it adds a profile', async () => {
    const { file, consumer } = setUp('');

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: null });

    expect(notes).toEqual([`profile work will be added to ${file}`]);
  });
});

describe('a place that changed since', () => {
  test.each([
    ['the file is gone', null],
    ['the profile is gone', '[x]\n'],
    ['its values are gone', '[work]\n'],
  ])('%s: nothing is written, restored or read', async (_, text) => {
    const { folder, consumer } = setUp(text);

    const written = await consumer.write(newPair, oldPair.accessKeyId).catch((caught) => caught);
    const restored = await consumer.restore(oldPair, newPair.accessKeyId);
    const held = await consumer.readBack(newPair);

    expect(written).toBeInstanceOf(ConsumerError);
    expect(restored).toBe('left');
    expect(held).toBeNull();
    expect(readdirSync(folder)).toEqual(text === null ? [] : ['credentials']);
  });

  test('a session token appeared: the place is not confirmed', async () => {
    const { consumer } = setUp(
      '[work]\naws_access_key_id = AKIANEWNEWNEWNEWNEW2\naws_secret_access_key = newnewnew/newnewnew+newnewnew=\naws_session_token = hush\n',
    );

    const held = consumer.readBack(newPair);

    await expect(held).rejects.toThrow('has a session token, in line 4');
  });
});

test.each([' #newnew', 'newnew ', 'new\nnew = 1', 'newnew # x', ''])(
  'a secret that would read back as another is not written: %s',
  async (secret) => {
    const { file, folder, consumer } = setUp(
      '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
    );
    const before = bytes(file);

    const error = await consumer
      .write(new KeyPair('AKIANEWNEWNEWNEWNEW2', secret), oldPair.accessKeyId)
      .catch((caught) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect(inspect(error, { depth: 9 })).not.toContain('newnew');
    expect(bytes(file)).toBe(before);
    expect(readdirSync(folder)).toEqual(['credentials']);
  },
);

test('who writes waits for the lock beside the file, also through a link, and then says who has it', async () => {
  const { file, folder } = setUp(
    '[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
  );
  symlinkSync('credentials', join(folder, 'link'));
  const lock = await acquireLock(`${file}.keyturn-lock`, { what: 'it', clock });
  const before = clock.monotonic();

  const error = await kind
    .open(`work@${join(folder, 'link')}`)
    .write(newPair, oldPair.accessKeyId)
    .catch((caught) => caught);
  await lock.release();

  expect(error).toBeInstanceOf(ConsumerError);
  expect(error.message).toBe(`${join(folder, 'link')} is locked by process ${process.pid}`);
  expect(clock.monotonic() - before).toBe(10_000);
  expect((await readByCli(file, 'work')).sameAs(oldPair)).toBe(true);
});

test('a write that fails half-way leaves no secret behind', async () => {
  const { file, folder } = setUp(
    `[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n${'# long\n'.repeat(2000)}`,
  );
  const before = bytes(file);

  const child = await runChild(
    `import { KeyPair } from './src/access-key.ts';
     import { openConsumer } from './src/consumers/registry.ts';
     import { inspect } from 'node:util';
     const consumer = await openConsumer(${JSON.stringify(`credentials-file:work@${file}`)});
     await consumer.write(new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew'), 'AKIAOLDOLDOLDOLDOLD1').catch((error) => console.log(inspect(error, { depth: 9 })));`,
    { shell: 'ulimit -f 8' },
  );

  expect(child.stdout).toMatch(/^ConsumerError: cannot write/);
  expect(child.stdout).not.toMatch(/newnew|oldold/);
  expect(bytes(file)).toBe(before);
  expect(readdirSync(folder)).toEqual(['credentials']);
});

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
