// Files read again only where they may have changed. A file that was changed a moment before it was read may be changed
// again within the same tick of the file system's clock, so that reading is not relied on.
import { type BigIntStats, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

interface Reading<T> {
  mark: string;
  settled: boolean;
  text: string;
  parsed: T;
}

const tick = 100_000_000n;

/** `parse` is called once for each content. */
export function createCachedFiles<T>(parse: (text: string) => T) {
  const readings = new Map<string, Reading<T>>();

  return {
    /** Undefined where there is no such file. */
    read: (path: string): { text: string; parsed: T } | undefined => {
      const facts = statIfThere(path);
      if (!facts) {
        readings.delete(path);
        return undefined;
      }
      const mark = `${facts.ino} ${facts.size} ${facts.mtimeNs} ${facts.ctimeNs}`;
      const known = readings.get(path);
      if (known?.settled && known.mark === mark) return known;
      const settled = BigInt(Date.now()) * 1_000_000n - facts.ctimeNs > tick;
      const text = readIfThere(path);
      if (text === undefined) return undefined;
      const reading = { mark, settled, text, parsed: known?.text === text ? known.parsed : parse(text) };
      readings.set(path, reading);
      return reading;
    },
  };
}

/** Paths of all files in a folder and those below it; empty where there is none. */
export function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function statIfThere(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** A process under test may remove it meanwhile. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
