// Durable files: what is replaced is there wholly or not at all, also after a crash or a power cut. write-file-atomic was
// looked at: it does not sync the folder, and its temporary names are random, so a crash leaves a secret nobody finds.
import { createHash } from 'node:crypto';
import {
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readFile,
  readlink,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { FileError, KeyturnError, UsageError } from './errors.ts';

export interface FileOwner {
  uid: number;
  gid: number;
}

/**
 * Replaces what the file holds, atomically and durably; makes the file (0600) where there is none. A link stays a link:
 * its target is replaced. Mode and owner stay those of the file replaced, unless given. Throws FileError: then the file
 * holds what it held, and no temporary file is left. One writer at a time: callers hold a lock.
 */
export async function replaceFile(
  path: string,
  data: string | Uint8Array,
  { mode, owner }: { mode?: number; owner?: FileOwner } = {},
): Promise<void> {
  await translated(path, async () => {
    const target = await followLinks(path);
    const before = await unlessMissing(stat(target));
    const wanted = { mode: mode ?? (before ? before.mode & 0o7777 : 0o600), owner: owner ?? before };
    await throughTemporary(target, '', data, wanted, (temporary) => rename(temporary, target));
  });
}

/**
 * Makes a file (0600) with all it shall hold, durably; false where the path is taken. Of several who try at once exactly
 * one makes it. `tag` keeps their temporary files apart; without it one writer at a time.
 */
export async function createFile(path: string, data: string | Uint8Array, tag = ''): Promise<boolean> {
  return translated(path, async () => {
    try {
      await throughTemporary(path, tag, data, { mode: 0o600, owner: null }, async (temporary) => {
        await link(temporary, path);
        await rm(temporary);
      });
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  });
}

/** What the file holds; null where there is none. Throws FileError where it cannot be read. */
export async function readFileIfThere(path: string): Promise<Buffer | null> {
  return translated(path, () => unlessMissing(readFile(path)), 'read');
}

/** Removes a file, and what a crashed write to it left, durably; safe to call twice. */
export async function removeFile(path: string): Promise<void> {
  await translated(path, async () => {
    if (!(await unlessMissing(stat(dirname(path))))) return;
    await rm(temporaryFor(path, ''), { force: true });
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  });
}

/** Removes what a crashed `replaceFile` of this path left, which may hold a secret; safe to call twice. */
export async function removeLeftovers(path: string): Promise<void> {
  await translated(path, async () => rm(temporaryFor(await followLinks(path), ''), { force: true }));
}

/**
 * Makes the folder, for this user alone, where there is none. Throws UsageError where it cannot, or where somebody else
 * could put files into it.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await translated(path, async () => {
      for (const made of await makeFolders(resolve(path))) await syncFolder(dirname(made));
    });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(error.message, { hint: error.hint, cause: error });
  }
  const facts = await stat(path);
  const us = process.geteuid?.();
  if (us === undefined) return;
  if (facts.mode & 0o022) {
    throw new UsageError(`others can write to the folder ${path}`, { hint: `close it: chmod 700 '${path}'` });
  }
  if (us !== 0 && facts.uid !== us && facts.uid !== 0) {
    throw new UsageError(`the folder ${path} belongs to somebody else`, { hint: 'choose a folder of your own' });
  }
}

/**
 * Those that were made, the outermost first. Node's own `recursive` never comes to an end where a folder that is there
 * answers ENOENT to whoever makes one in it, as /proc and some automounters do.
 */
async function makeFolders(path: string): Promise<string[]> {
  if ((await unlessMissing(stat(path)))?.isDirectory()) return [];
  const above = (await unlessMissing(stat(dirname(path)))) ? [] : await makeFolders(dirname(path));
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Somebody else made it in between.
    if (codeOf(error) === 'EEXIST' && (await stat(path)).isDirectory()) return above;
    throw error;
  }
  return [...above, path];
}

/** The file that a path means in the end, which need not be there; its folder must. */
export async function followLinks(path: string): Promise<string> {
  return translated(path, () => targetOf(path));
}

async function targetOf(path: string): Promise<string> {
  const real = await unlessMissing(realpath(path));
  if (real !== null) return real;
  const link = (await unlessMissing(lstat(path)))?.isSymbolicLink() ? await readlink(path) : null;
  if (link !== null) return targetOf(resolve(dirname(path), link));
  return join(await realpath(dirname(path)), basename(path));
}

/** An error of the file system in our words, with what to do. */
export function fileError(error: unknown, path: string, doing: 'read' | 'write' = 'write'): FileError {
  const code = codeOf(error) ?? 'unknown error';
  const [message, hint] = explain(code, path, doing);
  return new FileError(message, { hint, cause: error });
}

function explain(code: string, path: string, doing: string): [message: string, hint: string] {
  const folder = dirname(path);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return [`no space left to ${doing} ${path}`, `free some space in ${folder}; the file is as it was`];
    case 'EFBIG':
      return [`cannot write ${path}: larger than a file may be here`, 'see ulimit -f; the file is as it was'];
    case 'EACCES':
    case 'EPERM':
      return [`not allowed to ${doing} ${path}`, `see who may: ls -ld '${folder}' '${path}'; the file is as it was`];
    case 'EROFS':
      return [`${path} is on a read-only file system`, 'choose another place; the file is as it was'];
    case 'EEXIST':
      return [`${path} is there and is not a folder`, 'correct the path'];
    case 'ENOTDIR':
      return [`a part of the path ${path} is not a folder`, 'correct the path'];
    case 'ENOENT':
      return [`there is no file or folder ${path}`, 'correct the path'];
    case 'EISDIR':
      return [`${path} is a folder, not a file`, 'correct the path'];
    default:
      return [`cannot ${doing} ${path}: ${code}`, 'the file is as it was'];
  }
}

/** Found by whoever writes to the same path next, however the last writer ended. */
function temporaryFor(target: string, tag: string): string {
  const name = `.${basename(target)}${tag && `.${tag}`}.keyturn-tmp`;
  const short =
    Buffer.byteLength(name) <= 255 ? name : `.${createHash('sha256').update(name).digest('hex')}.keyturn-tmp`;
  return join(dirname(target), short);
}

async function throughTemporary(
  target: string,
  tag: string,
  data: string | Uint8Array,
  { mode, owner }: { mode: number; owner: FileOwner | null },
  putInPlace: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryFor(target, tag);
  await rm(temporary, { force: true });
  const folder = await openFolder(dirname(target));
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      try {
        await file.writeFile(data);
        await giveTo(file, owner, target);
        await file.chmod(mode);
        await file.sync();
      } finally {
        await file.close();
      }
      await putInPlace(temporary);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    await syncHandle(folder);
  } finally {
    await folder?.close();
  }
}

async function giveTo(file: FileHandle, owner: FileOwner | null, target: string): Promise<void> {
  const now = await file.stat();
  if (owner === null || process.geteuid === undefined || (now.uid === owner.uid && now.gid === owner.gid)) return;
  try {
    await file.chown(owner.uid, owner.gid);
  } catch (error) {
    throw new FileError(`not allowed to keep owner ${owner.uid}:${owner.gid} of ${target}`, {
      hint: 'run as that user; the file is as it was',
      cause: error,
    });
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await openFolder(path);
  try {
    await syncHandle(folder);
  } finally {
    await folder?.close();
  }
}

/** Windows cannot open a folder to sync it, and needs not. */
async function openFolder(path: string): Promise<FileHandle | null> {
  return process.platform === 'win32' ? null : open(path, 'r');
}

/** Some network and container file systems cannot sync a folder and say EINVAL; they offer nothing better. */
async function syncHandle(folder: FileHandle | null): Promise<void> {
  try {
    await folder?.sync();
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes(codeOf(error) ?? '')) throw error;
  }
}

async function translated<T>(path: string, work: () => Promise<T>, doing: 'read' | 'write' = 'write'): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KeyturnError ? error : fileError(error, path, doing);
  }
}

async function unlessMissing<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
