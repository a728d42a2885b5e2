// The two kinds of places that the histories are about, as a person's hands reach them: a text that holds the pair among
// other things, and that can be edited, made unreadable, or taken away.
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { credentialsFilePlace, type Pair, type Place, secretPlace } from '../checker.ts';

export interface HandledPlace {
  /** For `--to`. */
  spec: string;
  watched: Place;
  /** Null where there is none, or none that can be read. */
  text(): string | null;
  /** Everything but the pair's two values; null as above. */
  rest(): string | null;
  /** Adds something that is nobody's pair. */
  annotate(n: number): void;
  /** Writes another pair over the one that is there; false where there is none to write over. */
  replace(pair: Pair): boolean;
  remove(): void;
  spoil(): void;
  /** Undoes `spoil`. */
  mend(): void;
  /** As it was at first, with this pair. */
  restore(pair: Pair): void;
}

export function filePlace(path: string): HandledPlace {
  const watched = credentialsFilePlace(path);
  const aside = `${path}.aside`;
  const isFile = () => existsSync(path) && lstatSync(path).isFile();
  const text = () => (isFile() ? readFileSync(path, 'utf8') : null);
  const write = (content: string) => writeFileSync(path, content, { mode: 0o600 });
  const mend = () => {
    if (!existsSync(aside)) return;
    rmdirSync(path);
    renameSync(aside, path);
  };
  return {
    spec: `credentials-file:default@${path}`,
    watched: { ...watched, read: () => (isFile() ? watched.read() : []) },
    text,
    rest: () => text()?.replace(/^(\s*aws_(?:access_key_id|secret_access_key)\s*=\s*)\S+/gm, '$1') ?? null,
    annotate: (n) => {
      const now = text();
      if (now !== null) write(n % 2 ? `# ${n}\n${now}` : `${now}\n[other-${n}]\nregion = eu-west-${n}\n`);
    },
    replace: ({ accessKeyId, secretAccessKey }) => {
      const now = text();
      if (now === null || watched.read().length === 0) return false;
      write(
        now
          .replace(/^(aws_access_key_id = )\S+/m, `$1${accessKeyId}`)
          .replace(/^(aws_secret_access_key = )\S+/m, `$1${secretAccessKey}`),
      );
      return true;
    },
    remove: () => {
      mend();
      rmSync(path, { force: true });
    },
    spoil: () => {
      if (!isFile()) return;
      renameSync(path, aside);
      mkdirSync(path);
    },
    mend,
    restore: ({ accessKeyId, secretAccessKey }) => {
      mend();
      write(`[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`);
    },
  };
}

const name = 'app/alice';
const region = 'eu-west-1';

export function secretOf(sandbox: Sandbox, first: Pair): HandledPlace {
  let aside: string | null = null;
  const exists = () => sandbox.inspection.secrets(name).length > 0;
  const raw = () => (exists() ? sandbox.secrets.value(name, { region }) : undefined);
  const text = () => (aside === null ? (raw() ?? null) : null);
  const members = () => JSON.parse(text() ?? '{}') as Record<string, unknown>;
  const write = (value: string) => {
    if (exists()) sandbox.secrets.put(name, value, { region });
    else sandbox.secrets.create({ name, value, region });
  };
  const mend = () => {
    if (aside !== null) write(aside);
    aside = null;
  };
  const restore = ({ accessKeyId, secretAccessKey }: Pair) => {
    aside = null;
    write(JSON.stringify({ accessKeyId, secretAccessKey, host: 'db.example.org' }, null, 2));
  };
  restore(first);
  return {
    spec: `secretsmanager:${name}`,
    watched: secretPlace(sandbox, name),
    text,
    rest: () => text()?.replace(/("(?:accessKeyId|secretAccessKey)":\s*)"[^"]*"/g, '$1') ?? null,
    annotate: (n) => {
      if (text() !== null) write(JSON.stringify({ ...members(), [`note${n}`]: n }, null, n % 3));
    },
    replace: (pair) => {
      if (text() === null) return false;
      write(JSON.stringify({ ...members(), ...pair }, null, 2));
      return true;
    },
    remove: () => {
      aside = null;
      if (exists()) sandbox.secrets.delete(name, region);
    },
    spoil: () => {
      const now = text();
      if (now === null) return;
      aside = now;
      sandbox.secrets.put(name, 'being edited', { region });
    },
    mend,
    restore,
  };
}
