// Which policy file a command goes by, and how much is believed of one that was only found.
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/policy/read.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const uid = process.getuid?.() ?? 0;

/** A folder with a keyturn.yaml that holds this. */
function folderWith(text: string | Uint8Array): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'keyturn.yaml'), text, { mode: 0o644 });
  return cwd;
}

test('without a name, and without a keyturn.yaml in the folder, there is none', async () => {
  expect(await readPolicy(undefined, { cwd: temporaryFolder(), uid })).toBeNull();
});

test('a keyturn.yaml in the folder is found, one above it is not', async () => {
  const cwd = folderWith('defaults: { grace: 3d }');
  mkdirSync(join(cwd, 'below'));

  const found = await readPolicy(undefined, { cwd, uid });

  expect(found).toMatchObject({ path: join(cwd, 'keyturn.yaml'), warnings: [], policy: { file: 'keyturn.yaml' } });
  expect(await readPolicy(undefined, { cwd: join(cwd, 'below'), uid })).toBeNull();
});

test('one that is named is read in place of the one in the folder', async () => {
  const cwd = folderWith('defaults: { grace: 3d }');
  writeFileSync(join(cwd, 'other.yaml'), 'defaults: { grace: 4d }');

  const { policy } = (await readPolicy('other.yaml', { cwd, uid })) ?? {};

  expect(policy).toMatchObject({ file: 'other.yaml', content: { defaults: { grace: '4d' } } });
});

describe('what cannot be read is no policy that permits anything:', () => {
  test.each([
    ['missing.yaml', 'there is no policy file missing.yaml'],
    ['folder', 'the policy file folder cannot be read: EISDIR'],
    ['latin1.yaml', 'latin1.yaml is not UTF-8'],
    ['keyturn.yaml/below', 'the policy file keyturn.yaml/below cannot be read: ENOTDIR'],
    ['', '--config names no file'],
  ])('--config %s', async (named, message) => {
    const cwd = folderWith('');
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'latin1.yaml'), new Uint8Array([0x23, 0xe4, 0x0a]));

    await expect(readPolicy(named, { cwd, uid })).rejects.toMatchObject({ name: 'UsageError', message });
  });

  test('a keyturn.yaml that leads nowhere', async () => {
    const cwd = temporaryFolder();
    symlinkSync('nowhere', join(cwd, 'keyturn.yaml'));

    await expect(readPolicy(undefined, { cwd, uid })).rejects.toMatchObject({
      name: 'UsageError',
      message: 'there is no policy file keyturn.yaml',
    });
  });

  test.each(['mkfifo', 'mkdir'])('a keyturn.yaml made by %s, which is not read', async (make) => {
    const cwd = temporaryFolder();
    spawnSync(make, [join(cwd, 'keyturn.yaml')]);

    await expect(readPolicy(undefined, { cwd, uid })).rejects.toMatchObject({
      name: 'UsageError',
      message: 'keyturn.yaml in this folder is no regular file',
    });
  });
});

describe('S30 a keyturn.yaml that was found', () => {
  test.each([0o664, 0o646, 0o666])('and may be written by others (mode %o) is refused', async (mode) => {
    const cwd = folderWith('');
    chmodSync(join(cwd, 'keyturn.yaml'), mode);

    await expect(readPolicy(undefined, { cwd, uid })).rejects.toMatchObject({
      name: 'UsageError',
      message: `keyturn.yaml in this folder may be written by others (mode 0${mode.toString(8)})`,
      hint: 'take that away (chmod go-w); or, if you trust it, name it: --config keyturn.yaml',
    });
  });

  test('and belongs to somebody else is refused', async () => {
    const cwd = folderWith('');

    await expect(readPolicy(undefined, { cwd, uid: uid + 1 })).rejects.toMatchObject({
      name: 'UsageError',
      message: `keyturn.yaml in this folder belongs to user ${uid}, and you are user ${uid + 1}`,
    });
  });

  test('is refused no such thing where it is named, but warned of', async () => {
    const cwd = folderWith('');
    chmodSync(join(cwd, 'keyturn.yaml'), 0o666);

    const byOthers = await readPolicy('keyturn.yaml', { cwd, uid });
    const ofOthers = await readPolicy('keyturn.yaml', { cwd, uid: uid + 1 });

    expect(byOthers?.warnings).toEqual([
      'keyturn.yaml may be written by others (mode 0666); take that away (chmod go-w)',
    ]);
    expect(ofOthers?.warnings).toEqual([expect.stringContaining(`belongs to user ${uid}`)]);
  });

  test.each([
    ['defaults:\n  consumers: ["ssm:/app", "exec:./deliver"]', '2: defaults.consumers[1]: exec: is not taken'],
    ['defaults:\n  probes: ["exec:./check"]', '2: defaults.probes[0]: exec: is not taken'],
    ['defaults:\n  probes: ["alarm:a", "http:https://example.com"]', '2: defaults.probes[1]: http: is not taken'],
    ['defaults:\n  probes: ["later:x"]', '2: defaults.probes[0]: later: is not taken'],
    ['defaults:\n  notify: ["https:x"]', '2: defaults.notify[0]: https: is not taken'],
    [
      'rules:\n  - user: a\n    stateMachine: arn:aws:states:eu-west-1:123456789012:stateMachine:k',
      '3: rules[0].stateMachine: a state machine',
    ],
    [
      'rules:\n  - user: a\n    grace: 1d\n  - tag: { a: b }\n    probes: ["exec:x"]',
      '5: rules[1].probes[0]: exec: is',
    ],
  ])('may not say %j', async (text, message) => {
    const cwd = folderWith(text);

    const named = await readPolicy('keyturn.yaml', { cwd, uid });
    const found = readPolicy(undefined, { cwd, uid });

    await expect(found).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(`keyturn.yaml:${message}`),
      hint: 'if you trust it, name it: --config keyturn.yaml; or give it as a flag',
    });
    expect(named?.warnings).toEqual([]);
  });

  test('may say all the rest', async () => {
    const cwd = folderWith('defaults: { consumers: ["ssm:/a"], probes: ["alarm:a"], notify: ["sns:x"], grace: 1d }');

    expect((await readPolicy(undefined, { cwd, uid }))?.policy.content.defaults).toMatchObject({ grace: '1d' });
  });
});
