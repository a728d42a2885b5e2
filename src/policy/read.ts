// Finds and reads the policy file of a command: the one that is named, or keyturn.yaml in the current folder. One that was
// only found might be somebody else's, so less is believed of it (S30).
import { lstat, open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KeyturnError, UsageError } from '../errors.ts';
import { refuseWhatMustBeNamed } from './found.ts';
import type { Policy } from './policy.ts';

const foundName = 'keyturn.yaml';

export interface ReadPolicy {
  policy: Policy;
  /** The whole path. */
  path: string;
  warnings: string[];
}

/** Null where none is named and none is there. Throws UsageError. `uid` is the caller's, where the system has such. */
export async function readPolicy(
  named: string | undefined,
  { cwd, uid }: { cwd: string; uid: number | undefined },
): Promise<ReadPolicy | null> {
  const path = named === undefined ? join(cwd, foundName) : resolve(cwd, named);
  const shown = named ?? foundName;
  if (named === undefined && !(await isThere(path))) return null;
  // Reading a pipe would wait for ever; one that is named (`--config <(…)`) is meant.
  if (named === undefined && !(await translated(shown, () => stat(path))).isFile()) {
    throw new UsageError(`${shown} in this folder is no regular file`, { hint: 'nothing was done; take it away' });
  }
  if (named === '') throw new UsageError('--config names no file', { hint: 'like --config keyturn.yaml' });

  const trouble = await translated(shown, () => strangersIn(path, uid));
  if (trouble && named === undefined) {
    throw new UsageError(`${shown} in this folder ${trouble.what}`, {
      hint: `${trouble.mend}; or, if you trust it, name it: --config ${shown}`,
    });
  }
  // The parser is loaded only where there is something to parse.
  const { parsePolicy } = await import('./parse.ts');
  const policy = parsePolicy(await translated(shown, () => textOf(path, shown)), shown);
  if (named === undefined) refuseWhatMustBeNamed(policy);
  return { policy, path, warnings: trouble ? [`${shown} ${trouble.what}; ${trouble.mend}`] : [] };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw unreadable(foundName, error);
  }
}

/** Who else than the caller could have written what stands there. */
async function strangersIn(path: string, uid: number | undefined): Promise<{ what: string; mend: string } | null> {
  const file = await stat(path);
  if (uid === undefined) return null;
  const link = await lstat(path);
  const owner = [link, file].find((one) => one.uid !== uid)?.uid;
  if (owner !== undefined) {
    return { what: `belongs to user ${owner}, and you are user ${uid}`, mend: 'make it your own (chown)' };
  }
  if ((file.mode & 0o022) === 0) return null;
  const mode = (file.mode & 0o777).toString(8).padStart(4, '0');
  return { what: `may be written by others (mode ${mode})`, mend: 'take that away (chmod go-w)' };
}

async function textOf(path: string, shown: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } catch (error) {
    if (codeOf(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw new UsageError(`${shown} is not UTF-8`, { hint: 'nothing was done; save it as UTF-8' });
  } finally {
    await file.close();
  }
}

async function translated<T>(shown: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof KeyturnError ? error : unreadable(shown, error);
  }
}

function unreadable(shown: string, cause: unknown): UsageError {
  const code = codeOf(cause);
  if (code === undefined) throw cause;
  const what =
    code === 'ENOENT' ? `there is no policy file ${shown}` : `the policy file ${shown} cannot be read: ${code}`;
  return new UsageError(what, { hint: 'nothing was done; name another with --config', cause });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
