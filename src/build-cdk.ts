// Builds what the package exports as `keyturn/cdk`: the construct with what it needs besides the CDK itself, the code of its
// functions, and its declarations. It leaves the rest of dist/ alone.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildFunctions, requireBanner } from './build-functions.ts';
import { filesIn, thirdPartyLicenses } from './third-party-licenses.ts';

/** Writes `cdk.mjs`, `cdk/index.d.ts` and `functions/` into `root`/dist. The same sources give the same bytes. */
export async function buildCdk(root: string): Promise<void> {
  const dist = join(root, 'dist');
  const functions = await buildFunctions(root, join(dist, 'functions'));
  const { metafile: construct } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'infra/index.ts')],
    // The functions and the state machine are found from here as from the sources in infra/.
    outfile: join(dist, 'cdk.mjs'),
    bundle: true,
    external: ['aws-cdk-lib', 'constructs'],
    platform: 'node',
    target: 'node22',
    banner: { js: requireBanner },
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    metafile: true,
    logLevel: 'warning',
  });
  await declare(root, join(dist, 'cdk'));
  const bundled = [...filesIn(functions), ...filesIn(construct)];
  await writeFile(join(dist, 'THIRD-PARTY-LICENSES-CDK.txt'), await thirdPartyLicenses(root, bundled));
}

/** What whoever uses the construct sees of it, in their editor and their compiler. */
const declared = ['index', 'key-rotation', 'props'];

const flags =
  '--ignoreConfig --noCheck --declaration --emitDeclarationOnly --allowImportingTsExtensions --target es2024 --module nodenext --types node';

async function declare(root: string, into: string): Promise<void> {
  const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json');
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { tsc: string } };
  const whole = await mkdtemp(join(tmpdir(), 'keyturn-declarations-'));
  try {
    const args = ['infra/index.ts', ...flags.split(' '), '--rootDir', root, '--outDir', whole];
    await promisify(execFile)(process.execPath, [join(dirname(manifest), bin.tsc), ...args], { cwd: root });
    for (const name of declared) {
      await cp(join(whole, 'infra', `${name}.d.ts`), join(into, `${name}.d.ts`));
    }
  } finally {
    await rm(whole, { recursive: true });
  }
}
