import { linkSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { credentialsFile } from '../../src/consumers/credentials-file.ts';
import { isMountPoint } from '../../src/consumers/replaceable-file.ts';
import { ConsumerError } from '../../src/errors.ts';
import { bytes, kind, newPair, oldPair, readBySdk, setUp } from './credentials-folder.ts';
import { describeFileConsumer } from './file-contract.ts';

describeFileConsumer({
  kind: credentialsFile,
  place: (file) => `work@${file}`,
  text: (held) =>
    `# mine\r\n[default]\r\nregion = eu-west-1\r\n\r\n[work]\r\n  aws_access_key_id=${held.accessKeyId}\r\n  aws_secret_access_key=${held.reveal()}\r\n[other]\r\nx=1`,
  read: (file) => readBySdk(file, 'work'),
});

test('a file that is a mount of its own, as containers do it', () => {
  const mountinfo =
    '22 1 0:20 / / rw - overlay overlay rw\n23 22 8:1 /home/a/creds /root/.aws/credentials rw - ext4 /dev/sda1 rw\n24 22 8:1 / /mnt/my\\040disk rw - ext4 /dev/sda1 rw\n';

  const answers = ['/root/.aws/credentials', '/mnt/my disk', '/root/.aws', ''].map((path) =>
    isMountPoint(path, mountinfo),
  );

  expect(answers).toEqual([true, true, false, false]);
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

  test('each profile once where the file is a config file, and nothing of a neighbour that cannot be read', async () => {
    const text = ['work', 'profile ci']
      .map((name) => `[${name}]\naws_access_key_id = AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = hush\n`)
      .join('');
    const { file, folder, consumer } = setUp(text);
    const config = join(folder, 'config');
    mkdirSync(config);
    const beside = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });
    rmdirSync(config);
    writeFileSync(config, text);

    const inConfig = await kind.open(`work@${config}`).preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    const note = (of: string) => `profile profile ci of ${of} holds the same key, and changes only if it is named too`;
    expect(beside.notes).toEqual([note(file)]);
    expect(inConfig.notes).toEqual([note(config)]);
  });

  test('malformed lines elsewhere, a byte order mark, spaces in brackets, colons, and hard links', async () => {
    const { file, folder, consumer } = setUp(
      '\xef\xbb\xbf[x]\nhush\n  hush\n[ work ]\naws_access_key_id : AKIAOLDOLDOLDOLDOLD1\naws_secret_access_key = oldold/oldold+oldold\n',
    );
    linkSync(file, join(folder, 'other'));

    const { notes } = await consumer.preflight({ user: 'alice', oldKey: oldPair.accessKeyId });

    expect(notes).toEqual([
      `${file} writes a key of work with a colon, which the AWS CLI reads and the SDK for JavaScript does not`,
      `${file} begins with a byte order mark, with which the AWS CLI cannot read it`,
      `${file} writes [ work ]: to the AWS CLI its spaces belong to the name`,
      `line 2, 3 of ${file} is malformed and left as it is; the AWS CLI cannot read the file with it`,
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
    expect(readdirSync(folder)).toEqual(['credentials']);
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
