// Listens for secrets: every one that a test arranges or that keyturn makes is searched, raw and encoded, in all that was
// printed and in every file that is left.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Credentials } from '../../src/sandbox/index.ts';

export interface Canary {
  guard(...pairs: Credentials[]): void;
  /** Takes up the pairs that lie in the vault and in the place now. */
  learn(stateDir: string, place: string): void;
  heard(...texts: string[]): void;
  /** Throws where a secret is, or was, anywhere but in the vault, in the place, and where `aws sso login` keeps a token. */
  look(folder: string): void;
  secrets(): readonly string[];
}

export function createCanary(): Canary {
  const secrets = new Set<string>();
  const texts: string[] = [];
  return {
    guard: (...pairs) => {
      for (const { secretAccessKey } of pairs) secrets.add(secretAccessKey);
    },
    learn: (stateDir, place) => {
      for (const [, content] of filesIn(join(stateDir, 'vault'))) {
        const [, secret] = /"secretAccessKey":"([^"]+)"/.exec(content) ?? [];
        if (secret) secrets.add(secret);
      }
      const content = existsSync(place) && lstatSync(place).isFile() ? readFileSync(place, 'utf8') : '';
      for (const [, secret] of content.matchAll(/aws_secret_access_key\s*=\s*(\S+)/g)) secrets.add(secret as string);
    },
    heard: (...more) => void texts.push(...more),
    look: (folder) => {
      const leaks = texts.filter((text) => leakIn(text, secrets)).map((text) => `printed: ${text}`);
      for (const [path, content] of filesIn(folder)) {
        const aws = (...names: string[]) => [sep, '.aws', sep, names.join(sep)].join('');
        const allowed =
          path.includes(`${sep}vault${sep}rot-`) ||
          path.endsWith(aws('credentials')) ||
          path.includes(aws('sso', 'cache', ''));
        if (!allowed && leakIn(content, secrets)) leaks.push(`left in ${path}`);
      }
      if (leaks.length > 0) throw new Error(`a secret has leaked:\n${leaks.join('\n')}`);
    },
    secrets: () => [...secrets],
  };
}

export function leakIn(text: string, secrets: Iterable<string>): boolean {
  return [...secrets].some((secret) => spellings(secret).some((spelling) => text.includes(spelling)));
}

/** A secret as it is, as URLs and hex write it, and as base64 does at each of the three offsets in a longer text. */
function spellings(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    return text.slice(Math.ceil((offset * 4) / 3) + 1, -4);
  });
  const hex = Buffer.from(secret).toString('hex');
  const url = base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), hex, hex.toUpperCase(), ...base64, ...url];
}

function filesIn(folder: string): [path: string, content: string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')]);
}
