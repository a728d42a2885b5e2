// Bundles the code of the Lambda functions, dependencies and all. They share chunks, and `functions.json` says which files each
// one consists of: of the SDK only the commands that our sources name, and only of the services that it may reach.
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, relative } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { activityPermissions } from './activities/permissions.ts';
import { entryOf, type Needs, needs } from './lambda/needs.ts';
import type { ActivityName } from './machine/context.ts';

/** The part of a client package's name behind `@aws-sdk/client-`. */
type Service = 'cloudtrail' | 'cloudwatch' | 'iam' | 's3' | 'secrets-manager' | 'sfn' | 'sns' | 'ssm' | 'sts';

/** Everybody but a wait may ask who they are. */
const reach = (name: keyof typeof needs): Service[] => {
  const its: Needs = needs[name];
  const isPark = !Object.hasOwn(activityPermissions, name);
  const declared = isPark ? [] : activityPermissions[name as ActivityName];
  const reached: [Service, unknown][] = [
    ['sts', !isPark],
    ['iam', declared.some((action) => action.startsWith('iam:'))],
    ['secrets-manager', its.vault || its.seal || its.places || its.plan],
    ['ssm', its.places || its.halt],
    ['cloudwatch', its.probes],
    ['sns', its.notify],
    ['s3', its.record],
  ];
  return reached.filter(([, isReached]) => isReached).map(([service]) => service);
};

/** Functions that are none of the state machine's. */
const others: Readonly<Record<string, readonly Service[]>> = {
  'native/rotate-secret.ts': ['sts', 'iam', 'secrets-manager', 'ssm', 'sfn', 'sns'],
  'key-made-elsewhere.ts': ['iam', 'sns', 'cloudtrail'],
  'ended-execution.ts': ['sts', 'iam', 'secrets-manager', 'sfn', 'sns'],
  'sweep/list-users.ts': ['sts', 'iam', 'sfn', 'ssm', 's3'],
  'sweep/decide.ts': ['sts', 'iam', 'secrets-manager', 'sfn', 'ssm', 's3'],
  'sweep/report.ts': ['sns', 's3'],
};

/** By the entry files in `src/lambda/`. */
const functions: Readonly<Record<string, readonly Service[]>> = {
  ...Object.fromEntries((Object.keys(needs) as (keyof typeof needs)[]).map((name) => [entryOf(name), reach(name)])),
  ...others,
};

/** By function, in kebab-case: paths in the folder of `functions.json`. The function's own file is the first. */
export type FunctionFiles = Readonly<Record<string, readonly string[]>>;

/** For packages that are CommonJS inside of ES modules. */
export const requireBanner = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  'const require = createRequireForBundle(import.meta.url);',
].join('\n');

/** Bundles the functions of `root` into `into`, which is emptied first. The same sources give the same bytes. */
export async function buildFunctions(root: string, into: string): Promise<Metafile> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.keys(functions).map((entry) => join(root, 'src/lambda', entry)),
    outdir: into,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[hash]',
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    mainFields: ['module', 'main'],
    define: { KEYTURN_VERSION: JSON.stringify(version) },
    banner: { js: requireBanner },
    plugins: [onlyNamedCommands(root, await wordsIn(root)), credentialsOfRole(root)],
    metafile: true,
    logLevel: 'warning',
  });
  const files = filesOf(metafile, relative(root, into));
  await writeFile(join(into, 'functions.json'), `${JSON.stringify(files, null, 2)}\n`);
  return metafile;
}

const client = /^@aws-sdk\/client-(.+)$/;

/** A client is imported as a whole, with every command; in its place stands a module of the names that our sources know. */
function onlyNamedCommands(root: string, words: ReadonlySet<string>): Plugin {
  const load = createRequire(join(root, 'package.json'));
  return {
    name: 'only-named-commands',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: client }, ({ kind, path }) =>
        kind === 'dynamic-import' ? { path, namespace: 'client' } : null,
      );
      onLoad({ filter: /./, namespace: 'client' }, ({ path }) => {
        const names = Object.keys(load(path) as object).filter((name) => words.has(name));
        return { contents: `export { ${names.join(', ')} } from '${path}';`, resolveDir: root };
      });
    },
  };
}

/** A function has the credentials of its role, from its environment; every other way to come by some stays out. */
function credentialsOfRole(root: string): Plugin {
  const none = "const none = () => { throw new Error('a function has the credentials of its role'); };";
  const stand: Readonly<Record<string, string>> = {
    '@aws-sdk/credential-providers': `${none}
      export { fromEnv } from '@aws-sdk/credential-provider-env';
      export { none as fromIni, none as fromNodeProviderChain };`,
    '@aws-sdk/credential-provider-node': `${none} export { none as defaultProvider };`,
  };
  return {
    name: 'credentials-of-role',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^@aws-sdk\/credential-provider(?:s|-node)$/ }, ({ path }) => ({ path, namespace: 'role' }));
      onLoad({ filter: /./, namespace: 'role' }, ({ path }) => ({ contents: stand[path] ?? '', resolveDir: root }));
    },
  };
}

async function wordsIn(root: string): Promise<Set<string>> {
  const words = new Set<string>();
  for await (const file of glob('src/aws/*.ts', { cwd: root })) {
    for (const [word] of (await readFile(join(root, file), 'utf8')).matchAll(/\w+/g)) words.add(word);
  }
  return words;
}

function filesOf({ outputs }: Metafile, folder: string): FunctionFiles {
  const follow = (path: string, services: readonly string[], found = new Set<string>()): Set<string> => {
    const service = client.exec(outputs[path]?.entryPoint?.replace(/^client:/, '') ?? '')?.[1];
    if (found.has(path) || (service && !services.includes(service))) return found;
    found.add(path);
    for (const { path: next, external } of outputs[path]?.imports ?? []) if (!external) follow(next, services, found);
    return found;
  };
  return Object.fromEntries(
    Object.entries(functions).map(([entry, services]) => {
      const name = basename(entry, '.ts');
      const paths = follow(join(folder, `${name}.mjs`), services);
      return [name, [...paths].map((path) => relative(folder, path))];
    }),
  );
}
