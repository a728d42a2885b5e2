// The process under test as one file, bundled once for every state of the sources, and started with its code compiled
// already: how fast it starts decides how many cases fit into a run.
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { fingerprint } from '../../support/built-cli.ts';

const here = import.meta.dirname;
const root = dirname(dirname(dirname(here)));
const cache = join(root, '.cache/prove');

let built: Promise<string> | undefined;

/** The path of the bundle. */
export function program(): Promise<string> {
  built ??= bundle();
  return built;
}

/** Where Node keeps compiled code. */
export const compiled = join(cache, 'compiled');

async function bundle(): Promise<string> {
  const file = join(cache, `child-${await fingerprint('src', 'test/prove/crash')}.cjs`);
  if (await stat(file).catch(() => null)) return file;
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(here, 'child.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
    define: { KEYTURN_VERSION: '"0.0.0-proof"', 'import.meta.dirname': '"."', 'import.meta.url': '"file:///none"' },
  });
  await mkdir(cache, { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, outputFiles[0]?.contents ?? '');
  await rename(fresh, file);
  return file;
}
