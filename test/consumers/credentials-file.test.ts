import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { isMountPoint } from '../../src/consumers/replaceable-file.ts';
import { ConsumerError } from '../../src/errors.ts';
import { acquireLock } from '../../src/lock.ts';
import { runChild } from '../support/child.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeConsumer } from './consumer-contract.ts';
import { bytes, clock, kind, newPair, oldPair, preflightError, readBySdk, setUp } from './credentials-folder.ts';

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
    read: () => readBySdk(file, 'work'),
    watch: async (work) => {
      const seen: KeyPair[] = [];
      let done = false;
      const working = work().finally(() => {
        done = true;
      });
      while (!done) seen.push(await readBySdk(file, 'work'));
      await working;
      return seen;
    },
    writeAndCrash: async (newOne, expected) => {
      const child = await runChild(
        `import { KeyPair } from './src/access-key.ts';
         import { openConsumer } from './src/consumers/registry.ts';
         import { consumerDeps, replacement } from './test/support/consumer-deps.ts';
         const consumer = await openConsumer(${JSON.stringify(`credentials-file:work@${file}`)}, replacement, consumerDeps());
         await consumer.write(new KeyPair(${JSON.stringify(newOne.accessKeyId)}, ${JSON.stringify(newOne.reveal())}), ${JSON.stringify(expected)});`,
        { crashBefore: 'rename' },
      );
      expect(child.signal).toBe('SIGKILL');
      expect(readdirSync(folder)).toContain('.credentials.keyturn-tmp');
    },
  };
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
  expect((await readBySdk(file, 'work')).sameAs(newPair)).toBe(true);
  expect(readdirSync(join(folder, 'home'))).toEqual(['link']);
  expect(readdirSync(folder)).toEqual(['credentials', 'home']);
});

describe('what could not be replaced is refused before any key is made', () => {
  const pair = 'aws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n';

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

test.each(['write', 'restore'] as const)(
  'what a crash left is gone after a %s that had nothing to do',
  async (action) => {
    const { folder, file, consumer } = setUp('[work]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n');
    writeFileSync(join(folder, '.credentials.keyturn-tmp'), 'newnew');

    const outcome = await (action === 'write'
      ? consumer.write(new KeyPair('AKIAX', 'y'), oldPair.accessKeyId)
      : consumer.restore(oldPair, newPair.accessKeyId));

    expect(outcome).toBe(action === 'write' ? undefined : 'left');
    expect(bytes(file)).toBe('[work]\naws_access_key_id = AKIAX\naws_secret_access_key = y\n');
    expect(readdirSync(folder)).toEqual(['credentials']);
  },
);

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
  expect((await readBySdk(file, 'work')).sameAs(oldPair)).toBe(true);
});

test('a write that fails half-way leaves no secret behind', async () => {
  const { file, folder } = setUp(
    `[work]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n${'# long\n'.repeat(2000)}`,
  );
  const before = bytes(file);

  const child = await runChild(
    `import { KeyPair } from './src/access-key.ts';
     import { openConsumer } from './src/consumers/registry.ts';
         import { consumerDeps, replacement } from './test/support/consumer-deps.ts';
     import { inspect } from 'node:util';
     const consumer = await openConsumer(${JSON.stringify(`credentials-file:work@${file}`)}, replacement, consumerDeps());
     await consumer.write(new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew'), 'AKIAOLDOLDOLDOLDOLD1').catch((error) => console.log(inspect(error, { depth: 9 })));`,
    { shell: 'ulimit -f 8' },
  );

  expect(child.stdout).toMatch(/^ConsumerError: cannot write/);
  expect(child.stdout).not.toMatch(/newnew|oldold/);
  expect(bytes(file)).toBe(before);
  expect(readdirSync(folder)).toEqual(['credentials']);
});
