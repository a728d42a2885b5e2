// What users get: the package is packed, installed into an empty folder without any network, and run there, so that a
// file left out of it, or a dependency left out of the bundle, is noticed here and not by them.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const root = dirname(dirname(import.meta.dirname));
const folder = await mkdtemp(join(tmpdir(), 'keyturn-packed-'));
const home = join(folder, 'home');
const user = join(folder, 'user');

/** As bare as on a machine that has nothing but Node: no AWS settings, no settings of the npm that runs this. */
const env = {
  PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  HOME: home,
  npm_config_cache: join(folder, 'npm-cache'),
};

function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function keyturn(...args: string[]): { stdout: string; stderr: string } {
  const bin = join(user, 'node_modules/.bin/keyturn');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: user,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  assert.equal(status, 0, `keyturn ${args.join(' ')} exited with ${status}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}

try {
  await Promise.all([mkdir(home), mkdir(user)]);
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;

  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--pack-destination', folder)) as [
    { filename: string; files: { path: string; mode: number }[] },
  ];
  const paths = packed.files.map(({ path }) => path);
  const schema = 'src/policy/keyturn.schema.json';
  const allowed = /^(?:dist\/|statemachine\/rotation\.(?:asl\.json|mmd)$|[^/]+$)/;
  assert.deepEqual(
    paths
      .filter((path) => path !== schema)
      .filter((path) => !allowed.test(path) || /(?:^|\/)(?:test|src|node_modules)\/|(?<!\.d)\.ts$/.test(path)),
    [],
    'the package holds files that are of no use to users',
  );
  assert(paths.includes(schema), 'the package lacks the schema that editors check keyturn.yaml by');
  assert(paths.includes('dist/THIRD-PARTY-LICENSES.txt'), 'the package lacks the licences of what is bundled');
  for (const path of ['dist/cdk.mjs', 'dist/cdk/index.d.ts', 'dist/functions/functions.json']) {
    assert(paths.includes(path), `the package lacks ${path}, which keyturn/cdk needs`);
  }
  assert.equal(packed.files.find(({ path }) => path === 'dist/keyturn.cjs')?.mode, 0o755);

  await writeFile(join(user, 'package.json'), '{ "private": true }');
  npm(user, 'install', '--offline', '--no-audit', '--no-fund', join(folder, packed.filename));
  const installed = (await readdir(join(user, 'node_modules'))).filter((name) => !name.startsWith('.'));
  assert.deepEqual(installed, ['keyturn'], 'the package brings dependencies along');

  assert.equal(keyturn('--version').stdout, `${manifest.version}\n`);
  keyturn('demo');
  console.log(`the package works: ${paths.length} files, --version and demo ran without a network`);
} finally {
  await rm(folder, { recursive: true });
}
