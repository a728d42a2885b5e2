// Bundles the CLI into dist/, dependencies and all, so that what users run is what the lockfile pinned. A small CommonJS
// entry starts fast; what it imports lazily becomes ES modules in dist/chunks/, which share code among themselves.
// No compile cache: it saves a tenth where the SDK is loaded and nothing elsewhere, for bytecode in a shared folder.
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { buildCdk } from './build-cdk.ts';
import { requireBanner } from './build-functions.ts';
import { filesIn, thirdPartyLicenses } from './third-party-licenses.ts';

/** Builds `root`'s CLI into `root`/dist, which is emptied first. The same sources give the same bytes. */
export async function buildCli(root: string): Promise<void> {
  const sources = join(root, 'src');
  const dist = join(root, 'dist');
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const common = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node22',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    // The SDK's ES modules: unlike its CommonJS ones they can be shaken.
    mainFields: ['module', 'main'],
    define: { KEYTURN_VERSION: JSON.stringify(version) },
    metafile: true,
    logLevel: 'warning',
  } satisfies BuildOptions;

  await rm(dist, { recursive: true, force: true });
  await mkdir(dist, { recursive: true });

  const lazy = new Set<string>();
  const entry = await build({
    ...common,
    entryPoints: [join(sources, 'cli/bin.ts')],
    outfile: join(dist, 'keyturn.cjs'),
    format: 'cjs',
    banner: { js: '#!/usr/bin/env node' },
    plugins: [importLazily(sources, lazy), withoutSubprocesses],
  });
  const chunks = await build({
    ...common,
    entryPoints: [...lazy].sort(),
    outdir: join(dist, 'chunks'),
    outbase: sources,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'shared/[hash]',
    format: 'esm',
    splitting: true,
    banner: { js: requireBanner },
    plugins: [withoutUnusedHalf],
  });

  const inEntry = filesIn(entry.metafile);
  const inChunks = filesIn(chunks.metafile);
  await refuseTwins(
    root,
    inEntry.filter((file) => inChunks.includes(file)),
  );
  await writeFile(join(dist, 'THIRD-PARTY-LICENSES.txt'), await thirdPartyLicenses(root, [...inEntry, ...inChunks]));
  await chmod(join(dist, 'keyturn.cjs'), 0o755);
}

/** Leaves every `import('./x.ts')` as it is, pointing at the chunk that `lazy` says has to be built. */
function importLazily(sources: string, lazy: Set<string>): Plugin {
  return {
    name: 'import-lazily',
    setup: ({ onResolve }) => {
      onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:')) return null;
        if (!path.startsWith('.')) {
          return { errors: [{ text: `"${path}" has to be imported by a file of ours that is imported lazily` }] };
        }
        const file = resolve(resolveDir, path);
        lazy.add(file);
        return { path: `./chunks/${relative(sources, file).replace(/\.ts$/, '.mjs')}`, external: true };
      });
    },
  };
}

/** commander wants `node:child_process` for commands that are programs of their own. There are none, and it is slow to load. */
const withoutSubprocesses: Plugin = {
  name: 'without-subprocesses',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'subprocesses' } : null,
    );
    onLoad({ filter: /./, namespace: 'subprocesses' }, () => ({ contents: 'export default {};' }));
  },
};

/**
 * The interpreter of state machines can check definitions and call AWS by itself. The sandbox lets it do neither, and both
 * together weigh more than all the rest of it.
 */
const withoutUnusedHalf: Plugin = {
  name: 'without-unused-half',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(?:asl-validator|@aws-sdk\/.*)$/ }, ({ importer }) =>
      /[\\/]node_modules[\\/]aws-local-stepfunctions[\\/]/.test(importer)
        ? { path: 'none', namespace: 'unused' }
        : null,
    );
    onLoad({ filter: /./, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const hasIdentity = /^(?:export )?(?:default )?(?:abstract )?class |^(?:export )?(?:let|var) /m;

/** A file in both halves exists twice when it runs: its classes are then strangers to `instanceof`, its variables two. */
async function refuseTwins(root: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (hasIdentity.test(await readFile(join(root, file), 'utf8'))) {
      throw new Error(`${file} is in the entry and in a chunk: import it lazily in the entry, or not at all`);
    }
  }
}

if (import.meta.main) {
  const root = dirname(import.meta.dirname);
  await buildCli(root);
  await buildCdk(root);
}
