// Whose files may be replaced: one's own alone, for nobody but root could keep another owner.
import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { assertReplaceable } from '../../src/consumers/replaceable-file.ts';
import { ConsumerError } from '../../src/errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const isRoot = process.geteuid?.() === 0;
/** Whose the files of these tests are: root can give them away, everybody else has their own. */
const { uid, gid } = isRoot
  ? { uid: 1_111, gid: 2_222 }
  : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function fileOfOurs(): string {
  const file = join(temporaryFolder(), 'place');
  writeFileSync(file, 'x');
  if (isRoot) chownSync(file, uid, gid);
  return file;
}

/** A file of ours, looked at by somebody with these ids. */
async function seenBy(ids: { user: number; group?: number; groups?: number[] }) {
  const file = fileOfOurs();
  vi.spyOn(process, 'geteuid').mockReturnValue(ids.user);
  vi.spyOn(process, 'getegid').mockReturnValue(ids.group ?? 4_242);
  vi.spyOn(process, 'getgroups').mockReturnValue(ids.groups ?? []);
  const error = await assertReplaceable(file).catch((caught: unknown) => caught);
  return { file, error };
}

describe('a file', () => {
  test.each([
    ['root, whatever its groups', { user: 0 }],
    ['its owner in its group', { user: uid, group: gid }],
    ['its owner with its group among others', { user: uid, groups: [7, gid] }],
  ])('may be replaced by %s', async (_, ids) => {
    expect((await seenBy(ids)).error).toBeUndefined();
  });

  test('may be replaced where the system has no owners', async () => {
    const nobody = { geteuid: { value: undefined }, getegid: { value: undefined }, getgroups: { value: undefined } };
    vi.stubGlobal('process', Object.create(process, nobody));

    expect(await assertReplaceable(fileOfOurs())).toBeUndefined();
  });

  test.each([
    ['is left to its owner', { user: 4_242, group: gid }],
    ['is left to its group', { user: uid, groups: [7] }],
  ])('%s', async (_, ids) => {
    const { file, error } = await seenBy(ids);

    expect(error).toBeInstanceOf(ConsumerError);
    expect(error).toMatchObject({
      message: `the file ${file} belongs to somebody else (${uid}:${gid})`,
      hint: 'run keyturn as its owner, else the owner could not be kept',
    });
  });

  test('is read-only without any write bit, and what to do is said', async () => {
    const file = join(temporaryFolder(), 'place');
    writeFileSync(file, 'x');
    chmodSync(file, 0o400);

    const error = await assertReplaceable(file).catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      message: `the file ${file} is read-only`,
      hint: `if it may be changed: chmod u+w '${file}'`,
    });
  });

  test('cannot be made under a name that no file can have', async () => {
    const file = join(temporaryFolder(), 'x'.repeat(300));

    const error = await assertReplaceable(file).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ name: 'ConsumerError', message: `cannot write ${file}: ENAMETOOLONG` });
  });

  test('may be made where there is none', async () => {
    expect(await assertReplaceable(join(temporaryFolder(), 'place'))).toBeUndefined();
  });

  test('is no mount of its own, as containers have them', async () => {
    const file = fileOfOurs();
    const mounts = join(temporaryFolder(), 'mountinfo');
    writeFileSync(mounts, `23 22 8:1 /creds ${file} rw - ext4 /dev/sda1 rw\n`);

    const error = await assertReplaceable(file, mounts).catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      name: 'ConsumerError',
      message: `the file ${file} is a mount of its own and cannot be replaced atomically`,
      hint: 'mount its folder instead of the file, or run keyturn where the file really is',
    });
    expect(await assertReplaceable(file, `${mounts}.none`)).toBeUndefined();
  });

  test('is no folder', async () => {
    const folder = temporaryFolder();

    const error = await assertReplaceable(folder).catch((caught: unknown) => caught);

    expect(error).toMatchObject({
      name: 'ConsumerError',
      message: `${folder} is no regular file`,
      hint: 'name a file',
    });
  });
});
