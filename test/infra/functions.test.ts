// The code that is deployed: how large it is, what is in it, and that it loads; and that a synthesis needs nothing but the sources.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildFunctions, type FunctionFiles } from '../../src/build-functions.ts';
import { type Deployed, deployed, forgetDeployed, ofMachine, root } from './deployed.ts';

let it: Deployed;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-functions-'));
  it = await deployed({ policy: 'defaults:\n  quietFor: 7d\n', withCode: true });
}, 90_000);

afterAll(async () => {
  await rm(folder, { recursive: true });
  await forgetDeployed();
});

test.each(ofMachine)('%s is small, and loads by itself', async (name) => {
  const code = it.codeOf(name);
  const zipped = Object.values(code).reduce((size, file) => size + gzipSync(file).length, 0);
  const alone = await mkdtemp(join(folder, 'alone-'));
  for (const [path, content] of Object.entries(code)) {
    await mkdir(dirname(join(alone, path)), { recursive: true });
    await writeFile(join(alone, path), content);
  }

  const script = `import('${join(alone, 'index.mjs')}').then(({ handler }) => console.log(typeof handler))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env: {} });

  expect(stdout).toBe('function\n');
  expect(zipped).toBeLessThanOrEqual(300 * 1024);
  expect(it.functions[name]?.Properties.Handler).toBe('index.handler');
});

test('each has a code of its own', () => {
  const entries = ofMachine.map((name) => String(it.codeOf(name)['index.mjs']));

  expect(new Set(entries).size).toBe(20);
});

test('the policy lies beside the code of those that derive a plan or mind a blackout', () => {
  const shipped = ofMachine.filter((name) => 'policy.json' in it.codeOf(name));

  expect(shipped).toEqual([
    'check-health',
    'check-old-key-use',
    'claim-user',
    'create-key',
    'deactivate-key',
    'delete-key',
    'deliver-key',
    'free-slot',
  ]);
  expect(JSON.parse(String(it.codeOf('claim-user')['policy.json']))).toEqual({
    file: 'keyturn.yaml',
    content: { defaults: { quietFor: '7d' } },
    lines: { defaults: 1, 'defaults.quietFor': 2 },
  });
});

describe('a bundle', () => {
  let files: FunctionFiles;
  let outputs: Metafile['outputs'];

  beforeAll(async () => {
    ({ outputs } = await buildFunctions(root, join(folder, 'built')));
    files = JSON.parse(await readFile(join(folder, 'built/functions.json'), 'utf8'));
  }, 90_000);

  const partsOf = (name: string) =>
    Object.entries(outputs).filter(([path]) => (files[name] ?? []).some((file) => path.endsWith(`/built/${file}`)));

  test.each([
    ['await-quiet', ['sns']],
    ['verify-new-key', ['secrets-manager', 'sts']],
    ['inspect-keys', ['iam', 'sts']],
    ['create-key', ['iam', 'secrets-manager', 'ssm', 'sts']],
    ['check-health', ['cloudwatch', 'iam', 'secrets-manager', 'ssm', 'sts']],
    ['release-user', ['iam', 's3', 'secrets-manager', 'sns', 'sts']],
  ])('of %s holds the clients of what it may reach: %j', (name, services) => {
    const clients = partsOf(name).flatMap(
      ([, { entryPoint }]) => /client:@aws-sdk\/client-(.+)/.exec(entryPoint ?? '')?.[1] ?? [],
    );

    expect(clients.sort()).toEqual(services);
  });

  test('holds no parser, no prompt, no other engine, and no way to anybody else’s credentials', () => {
    for (const name of ofMachine) {
      const inputs = partsOf(name).flatMap(([, part]) => Object.entries(part.inputs));
      const packages = inputs
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .flatMap(([path]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);

      expect(packages.length).toBeGreaterThan(10);
      for (const one of ['yaml', 'zod', 'xstate', 'inquirer', 'commander', 'aws-cdk-lib', '@aws-sdk/nested-clients']) {
        expect(packages, name).not.toContain(one);
      }
      expect(packages.filter((one) => one.startsWith('@aws-sdk/credential-provider'))).toEqual(
        packages.filter((one) => one === '@aws-sdk/credential-provider-env'),
      );
      expect(inputs.filter(([path]) => /(?:^|\/)src\/(?:cli|engine|sandbox)\//.test(path))).toEqual([]);
    }
  });
});

test('a synthesis needs no credentials, docker, network or settings, and passes the checks of AwsSolutions', async () => {
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk');
  const out = join(folder, 'cdk.out');
  const env = { PATH: dirname(process.execPath), HOME: folder, HTTPS_PROXY: 'http://127.0.0.1:9', CI: 'true' };

  await promisify(execFile)(process.execPath, [cdk, 'synth', '--quiet', '--output', out], { cwd: root, env });

  const { Resources } = JSON.parse(await readFile(join(out, 'keyturn.template.json'), 'utf8')) as {
    Resources: Record<string, { Type: string }>;
  };
  expect(Object.values(Resources).map(({ Type }) => Type)).toContain('AWS::StepFunctions::StateMachine');
}, 180_000);
