import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileError, UsageError } from '../src/errors.ts';
import {
  createFile,
  ensurePrivateFolder,
  fileError,
  readFileIfThere,
  removeFile,
  removeLeftovers,
  replaceFile,
} from '../src/files.ts';
import { runChild } from './support/child.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const asRoot = process.getuid?.() === 0;

describe('replaceFile', () => {
  test('makes a file that only its owner may read', async () => {
    const folder = temporaryFolder();

    await replaceFile(join(folder, 'a'), 'new');

    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('keeps the mode of the file it replaces', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'old');
    chmodSync(join(folder, 'a'), 0o664);

    await replaceFile(join(folder, 'a'), 'new');

    expect(statSync(join(folder, 'a')).mode & 0o7777).toBe(0o664);
  });

  test.runIf(asRoot)('keeps the owner of the file it replaces', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'old');
    chownSync(join(folder, 'a'), 65534, 65533);

    await replaceFile(join(folder, 'a'), 'new');

    expect(statSync(join(folder, 'a'))).toMatchObject({ uid: 65534, gid: 65533 });
  });

  test('gives the mode asked for', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'old');
    chmodSync(join(folder, 'a'), 0o666);

    await replaceFile(join(folder, 'a'), 'new', { mode: 0o600 });

    expect(statSync(join(folder, 'a')).mode & 0o7777).toBe(0o600);
  });

  test('replaces the target of a link, through several links and folders', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    writeFileSync(join(folder, 'real', 'a'), 'old');
    symlinkSync('real/a', join(folder, 'second'));
    symlinkSync('second', join(folder, 'first'));

    await replaceFile(join(folder, 'first'), 'new');

    expect(readFileSync(join(folder, 'real', 'a'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'first')).isSymbolicLink()).toBe(true);
    expect(lstatSync(join(folder, 'second')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'real'))).toEqual(['a']);
  });

  test('makes the target of a link that leads nowhere yet', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real/a', join(folder, 'link'));

    await replaceFile(join(folder, 'link'), 'new');

    expect(readFileSync(join(folder, 'real', 'a'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
  });

  test('leaves no temporary file where the rename fails', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'a', 'full'), { recursive: true });

    const replaced = replaceFile(join(folder, 'a'), 'new');

    await expect(replaced).rejects.toThrow(`${join(folder, 'a')} is a folder, not a file`);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('leaves the file as it was, and no temporary file, where the write fails half-way', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), 'old');

    const child = await runChild(
      `import { replaceFile } from './src/files.ts';
       await replaceFile(${JSON.stringify(join(folder, 'a'))}, 'S'.repeat(100_000)).catch((error) => console.log(error.name, error.message));`,
      { shell: 'ulimit -f 8' },
    );

    expect(child.stdout).toBe(`FileError cannot write ${join(folder, 'a')}: larger than a file may be here\n`);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('a crash before the rename leaves the file as it was, and what it left is found by the next write', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a');
    writeFileSync(path, 'old', { mode: 0o600 });

    const child = await runChild(
      `import { replaceFile } from './src/files.ts'; await replaceFile(${JSON.stringify(path)}, 'secret');`,
      { crashBefore: 'rename' },
    );

    expect(child.signal).toBe('SIGKILL');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['.a.keyturn-tmp', 'a']);
    expect(statSync(join(folder, '.a.keyturn-tmp')).mode & 0o777).toBe(0o600);

    await replaceFile(path, 'new');

    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('writes beside files whose names are as long as names can be', async () => {
    const folder = temporaryFolder();

    await replaceFile(join(folder, 'n'.repeat(255)), 'new');

    expect(readdirSync(folder)).toEqual(['n'.repeat(255)]);
  });

  test('says what is wrong with a path through a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), '');

    const error = await replaceFile(join(folder, 'a', 'b'), 'new').catch((caught) => caught);

    expect(error).toBeInstanceOf(FileError);
    expect(error.message).toBe(`a part of the path ${join(folder, 'a', 'b')} is not a folder`);
  });
});

describe('createFile', () => {
  test('makes a file once', async () => {
    const folder = temporaryFolder();

    const outcomes = [await createFile(join(folder, 'a'), 'one'), await createFile(join(folder, 'a'), 'two')];

    expect(outcomes).toEqual([true, false]);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('one');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('lets one of many win, with all of its content', async () => {
    const folder = temporaryFolder();
    const tags = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

    const outcomes = await Promise.all(tags.map((tag) => createFile(join(folder, 'file'), tag.repeat(1000), tag)));

    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe((tags[outcomes.indexOf(true)] as string).repeat(1000));
    expect(readdirSync(folder)).toEqual(['file']);
  });
});

test('removeLeftovers removes what a crashed write left, and nothing else, twice', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), 'old');
  writeFileSync(join(folder, '.a.keyturn-tmp'), 'secret');
  symlinkSync('a', join(folder, 'link'));

  await removeLeftovers(join(folder, 'link'));
  await removeLeftovers(join(folder, 'link'));

  expect(readdirSync(folder)).toEqual(['a', 'link']);
});

test('removeFile removes a file and what a crashed write to it left, twice, and from no folder', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a'), 'old');
  writeFileSync(join(folder, '.a.keyturn-tmp'), 'secret');

  await removeFile(join(folder, 'a'));
  await removeFile(join(folder, 'a'));
  await removeFile(join(folder, 'none', 'a'));

  expect(readdirSync(folder)).toEqual([]);
});

test('readFileIfThere tells no file from an unreadable one', async () => {
  const folder = temporaryFolder();

  const none = await readFileIfThere(join(folder, 'a'));

  expect(none).toBeNull();
  await expect(readFileIfThere(folder)).rejects.toThrow(`${folder} is a folder, not a file`);
});

describe('ensurePrivateFolder', () => {
  test('makes folders that are closed to others, and is fine with them the second time', async () => {
    const folder = temporaryFolder();

    await ensurePrivateFolder(join(folder, 'a', 'b'));
    await ensurePrivateFolder(join(folder, 'a', 'b'));

    expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'a', 'b')).mode & 0o777).toBe(0o700);
  });

  test.each([0o777, 0o720, 0o1777])('refuses a folder that others can write to: %o', async (mode) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), mode);

    const error = await ensurePrivateFolder(join(folder, 'open')).catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`others can write to the folder ${join(folder, 'open')}`);
    expect(error.hint).toBe(`close it: chmod 700 '${join(folder, 'open')}'`);
  });

  test.runIf(process.platform === 'linux')('comes to an end where no folder can be made', async () => {
    const error = await ensurePrivateFolder('/proc/keyturn/state').catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe('there is no file or folder /proc/keyturn/state');
  });

  test('refuses a path through a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a'), '');

    const error = await ensurePrivateFolder(join(folder, 'a', 'b')).catch((caught) => caught);

    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toBe(`a part of the path ${join(folder, 'a', 'b')} is not a folder`);
    expect(existsSync(join(folder, 'a', 'b'))).toBe(false);
  });
});

test.each([
  ['ENOSPC', 'no space left to write /x/y', 'free some space in /x; the file is as it was'],
  ['EACCES', 'not allowed to write /x/y', "see who may: ls -ld '/x' '/x/y'; the file is as it was"],
  ['EROFS', '/x/y is on a read-only file system', 'choose another place; the file is as it was'],
  ['EFBIG', 'cannot write /x/y: larger than a file may be here', 'see ulimit -f; the file is as it was'],
  ['EEXIST', '/x/y is there and is not a folder', 'correct the path'],
  ['ENOTDIR', 'a part of the path /x/y is not a folder', 'correct the path'],
  ['EMFILE', 'cannot write /x/y: EMFILE', 'the file is as it was'],
])('explains %s', (code, message, hint) => {
  const error = fileError(Object.assign(new Error('raw'), { code }), '/x/y');

  expect({ message: error.message, hint: error.hint }).toEqual({ message, hint });
});
