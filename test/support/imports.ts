// Reads what a source file imports, types included. It relies on the formatter: a declaration begins its line, and its
// quotes are single.
import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

export function sourceFiles(pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => ({ path, text: readFileSync(`${root}/${path}`, 'utf8') }));
}

/** Paths from the root for our own files, names for packages and `node:` modules; null for one that is worked out. */
export function importsOf({ path, text }: SourceFile): (string | null)[] {
  const declared = /^(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*'([^']+)'/gm;
  const loaded = /\bimport\(\s*(?:'([^']+)')?/g;
  const said = [...text.matchAll(declared), ...code(text).matchAll(loaded)].map(([, name]) => name);
  return said.map((name) => {
    if (name === undefined) return null;
    return name.startsWith('.') ? posix.join(posix.dirname(path), name) : name;
  });
}

/** A file's text without the lines that are comments. */
export function code(text: string): string {
  return text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
}

/** The first circle of imports, as the files along it; undefined where there is none. */
export function importCycle(files: SourceFile[]): string[] | undefined {
  const imports = new Map(files.map((file) => [file.path, importsOf(file)]));
  const done = new Set<string>();
  const follow = (path: string, trail: string[]): string[] | undefined => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports.get(path) ?? []) {
      const cycle = next === null ? undefined : follow(next, [...trail, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const cycle = follow(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}
