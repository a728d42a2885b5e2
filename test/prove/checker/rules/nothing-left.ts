// What must not be there at the end: temporary files, and once the rotation is over also vault entries, claims and locks.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow } from '../cached-files.ts';
import type { Broken, Moment } from '../contract.ts';
import { isLock, isTemporary } from '../notes.ts';

export function nothingLeft({ watched, now }: Moment, over: boolean): Broken[] {
  const files = [
    ...watched.stateFolders.flatMap(filesBelow),
    ...watched.places.flatMap(({ path }) => (path ? filesBeside(path) : [])),
  ];
  const left = new Set(files.filter(isTemporary));
  if (over) {
    for (const path of files.filter(isLock)) left.add(path);
    for (const { kind, name, text, pairs } of now.notes) {
      if (kind === 'secret' || pairs.length > 0) left.add(name);
      else if (kind === 'claim') left.add(`${name}: ${text}`);
    }
  }
  return [...left].map((what) => ({ rule: 'nothing left', subject: what, what }));
}

/** Where a link is, and where it leads to. */
function filesBeside(path: string): string[] {
  const folders = new Set([dirname(path), ...(existsSync(path) ? [dirname(realpathSync(path))] : [])]);
  return [...folders].filter(existsSync).flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
}
