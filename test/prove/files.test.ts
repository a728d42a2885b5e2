// Random credentials and .env files: every byte but the two values stays, or the file is refused; and whoever read the old pair in
// a file reads the new one in it afterwards, and everything else as before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'dotenv';
import fc from 'fast-check';
import type { ConsumerKind } from '../../src/consumers/contract.ts';
import { credentialsFile } from '../../src/consumers/credentials-file.ts';
import { envFile } from '../../src/consumers/env-file.ts';
import type { Ending } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Read, readByBotocore, readBySdk } from './files/readers.ts';
import { anyBytes, credentialsText, envText, newSecret, oldPair } from './files/texts.ts';
import { newId, shown, written } from './files/written.ts';
import { lane } from './lane.ts';

interface Kind {
  kind: ConsumerKind;
  place(file: string): string;
  text: fc.Arbitrary<string>;
  read(file: string, text: string): Promise<Read | null>;
  /** Asked for many files at once. */
  readAll?(files: readonly string[]): (Read | null)[] | null;
}

const kinds: Record<string, Kind> = {
  credentials: {
    kind: credentialsFile,
    place: (file) => `default@${file}`,
    text: fc.oneof({ weight: 9, arbitrary: credentialsText }, { weight: 1, arbitrary: anyBytes }),
    read: readBySdk,
    readAll: readByBotocore,
  },
  env: {
    kind: envFile,
    place: (file) => file,
    text: fc.oneof({ weight: 9, arbitrary: envText }, { weight: 1, arbitrary: anyBytes }),
    read: async (_, text) => readByDotenv(text),
  },
};

const filesPerCase = 100;

lane(
  {
    name: 'files',
    what: 'random credentials and .env files, read by the SDK, botocore and dotenv before and after',
    sample: { test: 4, prove: 60 },
    atOnce: 4,
  },
  () =>
    Object.entries(kinds).flatMap(([name, kind]) =>
      Array.from({ length: 500 }, (_, n) => ({
        name: `${name}/seed-${n + 1}`,
        run: (ending: Ending) => manyFiles(kind, n + 1, ending),
      })),
    ),
);

/** Resolves to how many of the files were not refused. */
async function manyFiles({ kind, place, text, read, readAll }: Kind, seed: number, ending: Ending): Promise<number> {
  const folder = temporaryFolder(ending);
  const [file, elsewhere] = [join(folder, 'file'), join(folder, 'other')];
  const readText = (content: string) => {
    writeFileSync(elsewhere, content, 'latin1');
    return read(elsewhere, content);
  };
  const accepted: { before: string; after: string; secret: string }[] = [];
  await fc.assert(
    fc.asyncProperty(text, newSecret, async (before, secret) => {
      const after = await written(kind, place(file), file, before, secret);
      if (after === null) return;
      accepted.push({ before, after, secret });
      compare(before, await readText(before), await readText(after), secret);
    }),
    { seed, numRuns: filesPerCase },
  );

  const paths = accepted.flatMap(({ before, after }, n) =>
    [before, after].map((content, half) => {
      const path = join(folder, `${n}-${half}`);
      writeFileSync(path, content, 'latin1');
      return path;
    }),
  );
  const all = (paths.length > 0 && readAll?.(paths)) || [];
  for (const [n, { before, secret }] of all.length > 0 ? accepted.entries() : []) {
    compare(before, all[2 * n] ?? null, all[2 * n + 1] ?? null, secret);
  }
  return accepted.length;
}

/** Whoever did not find the old pair in the file is not asked for the new one. */
function compare(text: string, before: Read | null, after: Read | null, secret: string): void {
  if (!isDeepStrictEqual(before?.pair, [oldPair.id, oldPair.secret])) return;
  if (!isDeepStrictEqual(after, { ...before, pair: [newId, secret] })) {
    throw new Error(`read otherwise afterwards: ${shown(text)}`);
  }
}

function readByDotenv(text: string): Read {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, ...others } = parse(Buffer.from(text, 'latin1'));
  return { pair: id !== undefined && secret !== undefined ? [id, secret] : null, others: { ...others } };
}
