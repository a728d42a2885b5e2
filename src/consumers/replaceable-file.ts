// Whether a file could be replaced atomically, found out without touching it: before any key is made.
import { access, constants, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConsumerError, FileError } from '../errors.ts';
import { fileError } from '../files.ts';

/**
 * Throws ConsumerError with what to mend where `target` (links followed) could not be replaced, or made where it is not
 * there, with its mode and owner kept. Root may write anywhere: so a file without any write bit counts as read-only for it
 * too, for that is what whoever took the bits away meant. `mounts` is where Linux lists them; other systems have no such list.
 */
export async function assertReplaceable(target: string, mounts = '/proc/self/mountinfo'): Promise<void> {
  const folder = dirname(target);
  await assertWritable('folder', folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const facts = await stat(target).catch((error) => {
    if (error.code === 'ENOENT') return null;
    throw asConsumerError(fileError(error, target));
  });
  if (facts === null) return;

  if (!facts.isFile()) throw new ConsumerError(`${target} is no regular file`, { hint: 'name a file' });
  await assertWritable('file', target, constants.R_OK | constants.W_OK);
  const us = process.geteuid?.() ?? 0;
  const groups = [process.getegid?.(), ...(process.getgroups?.() ?? [])];
  if (us !== 0 && (facts.uid !== us || !groups.includes(facts.gid))) {
    throw new ConsumerError(`the file ${target} belongs to somebody else (${facts.uid}:${facts.gid})`, {
      hint: 'run keyturn as its owner, else the owner could not be kept',
    });
  }
  if (isMountPoint(target, await readFile(mounts, 'utf8').catch(() => ''))) {
    throw new ConsumerError(`the file ${target} is a mount of its own and cannot be replaced atomically`, {
      hint: `mount its folder instead of the file, or run keyturn where the file really is`,
    });
  }
}

/** Whether the path is one of the mount points in Linux's list, where spaces and backslashes are octal (proc(5)). */
export function isMountPoint(path: string, mountinfo: string): boolean {
  return mountinfo
    .split('\n')
    .map((line) =>
      line.split(' ')[4]?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .includes(path);
}

/** Any error of ours about a file, as a consumer's. */
export function asConsumerError(error: unknown): unknown {
  if (!(error instanceof FileError)) return error;
  return new ConsumerError(error.message, { hint: error.hint, cause: error });
}

async function assertWritable(what: 'file' | 'folder', path: string, mode: number): Promise<void> {
  try {
    const facts = await stat(path);
    if ((facts.mode & 0o222) === 0) {
      throw new ConsumerError(`the ${what} ${path} is read-only`, {
        hint: `if it may be changed: chmod u+w '${path}'`,
      });
    }
    await access(path, mode);
  } catch (error) {
    throw error instanceof ConsumerError ? error : asConsumerError(fileError(error, path));
  }
}
