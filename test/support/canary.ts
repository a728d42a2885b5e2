// Listens for secrets: every one that a test arranges or that the account ever gave out is searched, in any spelling and any
// part of it, in all that was printed and in every file that is left.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Credentials } from '../../src/sandbox/index.ts';
import { leaksIn, withoutLeaks } from './leaks.ts';

export interface Canary {
  guard(...pairs: Credentials[]): void;
  /** Takes up the pairs that lie in the vault and in the place now. */
  learn(stateDir: string, place: string): void;
  heard(...texts: string[]): void;
  /** Throws where a secret is, or was, anywhere but in the vault, in the place, and where `aws sso login` keeps a token. */
  look(folder: string): void;
  secrets(): readonly string[];
}

/** `made`: the secrets that the account gave out so far. */
export function createCanary(made: () => readonly string[] = () => []): Canary {
  const guarded = new Set<string>();
  const all = () => new Set([...guarded, ...made()]);
  const texts: string[] = [];
  return {
    guard: (...pairs) => {
      for (const { secretAccessKey } of pairs) guarded.add(secretAccessKey);
    },
    learn: (stateDir, place) => {
      for (const [, content] of filesIn(join(stateDir, 'vault'))) {
        const [, secret] = /"secretAccessKey":"([^"]+)"/.exec(content) ?? [];
        if (secret) guarded.add(secret);
      }
      const content = existsSync(place) && lstatSync(place).isFile() ? readFileSync(place, 'utf8') : '';
      for (const [, secret] of content.matchAll(/aws_secret_access_key\s*=\s*(\S+)/g)) guarded.add(secret as string);
    },
    heard: (...more) => void texts.push(...more),
    look: (folder) => {
      const secrets = all();
      const leaks = texts.flatMap((text) =>
        leaksIn(text, secrets).map((spelling) => `printed ${spelling}: ${withoutLeaks(text, secrets)}`),
      );
      for (const [path, content] of filesIn(folder)) {
        const aws = (...names: string[]) => [sep, '.aws', sep, names.join(sep)].join('');
        const allowed =
          path.includes(`${sep}vault${sep}rot-`) ||
          path.endsWith(aws('credentials')) ||
          path.includes(aws('sso', 'cache', ''));
        if (!allowed) leaks.push(...leaksIn(content, secrets).map((spelling) => `left ${spelling} in ${path}`));
      }
      if (leaks.length > 0) throw new Error(`a secret has leaked:\n${leaks.join('\n')}`);
    },
    secrets: () => [...all()],
  };
}

function filesIn(folder: string): [path: string, content: string][] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, 'latin1')]);
}
