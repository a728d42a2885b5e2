// Bundles the code of the Lambda functions, each by itself, dependencies and all: one folder per function with an index.mjs.
// Of the SDK a bundle holds only the commands that the sources name, and only of the services that its function may reach.
import { glob, mkdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { entryOf, type Needs, needs } from './lambda/needs.ts';

/** The part of a client package's name behind `@aws-sdk/client-`. */
export type Service = 'cloudwatch' | 'iam' | 's3' | 'secrets-manager' | 'sfn' | 'sns' | 'ssm' | 'sts';

/** What a function with these needs may reach; everybody may ask who they are. */
export function servicesOf(its: Needs): Service[] {
  const reached: [Service, unknown][] = [
    ['sts', true],
    ['iam', true],
    ['secrets-manager', its.vault || its.seal || its.places || its.plan],
    ['ssm', its.places || its.halt],
    ['cloudwatch', its.probes],
    ['sns', its.notify],
    ['s3', its.record],
  ];
  return reached.filter(([, isReached]) => isReached).map(([service]) => service);
}

/** Entry files in `src/lambda/`, and what each may reach. */
export const functions: Readonly<Record<string, readonly Service[]>> = Object.fromEntries(
  Object.entries(needs).map(([name, its]) => [entryOf(name as keyof typeof needs), servicesOf(its)]),
);

/** Name of the folder that a function's code lies in, below the folder of all of them. */
export function folderOf(entry: string): string {
  return basename(entry, '.ts');
}

/** Bundles every function of `root` into `into`, which is emptied first. The same sources give the same bytes. */
export async function buildFunctions(root: string, into: string): Promise<Record<string, Metafile>> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const words = await wordsIn(root);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const built: Record<string, Metafile> = {};
  for (const [entry, services] of Object.entries(functions)) {
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: [join(root, 'src/lambda', entry)],
      outfile: join(into, folderOf(entry), 'index.mjs'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      minify: true,
      keepNames: true,
      legalComments: 'none',
      mainFields: ['module', 'main'],
      define: { KEYTURN_VERSION: JSON.stringify(version) },
      plugins: [onlyWhatIsUsed(root, services, words)],
      metafile: true,
      logLevel: 'warning',
    });
    built[folderOf(entry)] = metafile;
  }
  return built;
}

const client = /^@aws-sdk\/client-(.+)$/;

/**
 * The SDK's clients are imported lazily as a whole, which keeps every command. In their place stands a module of the names
 * that occur in our sources; a client that the function must not use throws.
 */
function onlyWhatIsUsed(root: string, services: readonly Service[], words: ReadonlySet<string>): Plugin {
  const load = createRequire(join(root, 'package.json'));
  return {
    name: 'only-what-is-used',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: client }, ({ kind, path, importer }) =>
        kind === 'dynamic-import' && importer.startsWith(join(root, 'src/')) ? { path, namespace: 'client' } : null,
      );
      onLoad({ filter: /./, namespace: 'client' }, ({ path }) => {
        const service = client.exec(path)?.[1] ?? '';
        if (!(services as readonly string[]).includes(service)) {
          return { contents: `throw new Error('this function has nothing to do with ${service}');` };
        }
        const names = Object.keys(load(path) as object).filter((name) => words.has(name));
        return { contents: `export { ${names.join(', ')} } from '${path}';`, resolveDir: root };
      });
    },
  };
}

async function wordsIn(root: string): Promise<Set<string>> {
  const words = new Set<string>();
  for await (const file of glob('src/{aws,lambda,consumers,probes}/**/*.ts', { cwd: root })) {
    for (const [word] of (await readFile(join(root, file), 'utf8')).matchAll(/\w+/g)) words.add(word);
  }
  return words;
}
