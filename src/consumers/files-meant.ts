// Which files a person means who names one, or a glob such as `services/**/.env`; and what of that cannot be looked through.
import { readdir, stat } from 'node:fs/promises';
import { join, matchesGlob, relative, sep } from 'node:path';
import { FileError } from '../errors.ts';
import type { NotLookedAt, Search, Surroundings } from './contract.ts';
import { absolutePath, readText } from './pair-in-file.ts';

export interface FilesMeant {
  files: string[];
  notLookedAt: NotLookedAt[];
}

/** Links to folders are not followed: they may lead in a circle. Pipes and the like are no files: to read one can take for ever. */
export async function filesMeant(written: string, surroundings: Surroundings): Promise<FilesMeant> {
  const path = absolutePath(written, surroundings);
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (!(facts instanceof Error)) {
    return facts.isFile() ? { files: [path], notLookedAt: [] } : noFiles(path, 'it is no regular file');
  }
  if (!/[*?[{]/.test(written)) return noFiles(path, whyNot(facts));
  const found = await walk(path);
  if (found.files.length > 0 || found.notLookedAt.length > 0) return found;
  return noFiles(path, 'no file matches');
}

/** The file's text; where it cannot be read the search says so, and there is none. */
export async function readOrName(file: string, search: Search): Promise<string> {
  try {
    return (await readText(file)) ?? '';
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    search.notLookedAt.push({
      what: file,
      why: whyNot((error.cause ?? {}) as NodeJS.ErrnoException),
      permission: null,
    });
    return '';
  }
}

async function walk(pattern: string): Promise<FilesMeant> {
  const parts = pattern.split(sep);
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /[*?[{]/.test(part)),
  );
  const root = fixed.join(sep) || sep;
  const rest = parts.slice(fixed.length);
  const depth = rest.includes('**') ? Number.POSITIVE_INFINITY : rest.length;
  const found: FilesMeant = { files: [], notLookedAt: [] };

  const into = async (folder: string, level: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
      found.notLookedAt.push({ what: folder, why: whyNot(error), permission: null });
      return [];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (level < depth) await into(path, level + 1);
      } else if (matchesGlob(relative(root, path), rest.join('/')) && (await isFile(path))) {
        found.files.push(path);
      }
    }
  };
  await into(root, 1);
  return found;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

export function noFiles(what: string, why: string): FilesMeant {
  return { files: [], notLookedAt: [{ what, why, permission: null }] };
}

/** Of an error of the file system in a person's words, without its message. */
export function whyNot({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'it is not there';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read by you';
  return `it cannot be read (${code})`;
}
