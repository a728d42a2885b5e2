// Who may know of whom, as one table. A file obeys the first row that its path begins with; a file without a row fails,
// so a new folder begins with a decision.
import { describe, expect, test } from 'vitest';
import { code, importCycle, importsOf, type SourceFile, sourceFiles } from './support/imports.ts';

interface Row {
  files: string;
  /** Besides files of the same row: paths, or how they begin. `*` stands for one name. */
  ours: string[];
  /** Packages, or how their names begin; `node:` for what Node brings along. */
  packages: string[];
  why: string;
}

const contracts = 'src/*/contract.ts';
const basics = ['src/clock.ts', 'src/errors.ts', 'src/access-key.ts'];
const tools = [
  'src/files.ts',
  'src/lock.ts',
  'src/living-process.ts',
  'src/command-line.ts',
  // Probes and places both run commands, and may not know each other.
  'src/child-process.ts',
  'src/time-limit.ts',
  'src/late-reads.ts',
  'src/duration.ts',
  'src/shown.ts',
  'src/version.ts',
];

const table: Row[] = [
  {
    files: 'src/machine/',
    ours: [],
    packages: ['xstate'],
    why: 'what happens is plain data: it can be compiled, drawn and read without anything that acts',
  },
  {
    files: 'src/activities/',
    ours: ['src/machine/', contracts, ...basics, 'src/late-reads.ts'],
    packages: ['node:'],
    why: 'an activity sees AWS, vaults, places and probes as contracts, so both engines can run it and tests can break it',
  },
  {
    files: 'src/aws/',
    ours: ['src/machine/context.ts', ...basics, 'src/version.ts'],
    packages: ['@aws-sdk/', '@smithy/', 'node:'],
    why: 'the only folder that knows the SDK: each failure is translated here, without the response',
  },
  {
    files: 'src/vault/',
    ours: ['src/aws/contract.ts', 'src/machine/context.ts', ...basics, ...tools],
    packages: ['node:'],
    why: 'a vault keeps pairs and knows nothing of the places they go to',
  },
  {
    files: 'src/consumers/',
    ours: ['src/aws/contract.ts', ...basics, ...tools],
    packages: ['node:'],
    why: 'a place takes a pair from whoever hands it over and knows nothing of vaults or rotations',
  },
  {
    files: 'src/probes/',
    ours: ['src/aws/contract.ts', ...basics, ...tools],
    packages: ['node:'],
    why: 'a probe answers one question and knows neither keys nor rotations',
  },
  {
    files: 'src/policy/',
    ours: ['src/errors.ts', 'src/access-key.ts', 'src/duration.ts'],
    packages: ['yaml', 'zod', 'node:'],
    why: 'a policy file means the same to whoever reads it, a person at a terminal or nobody: it knows neither',
  },
  {
    files: 'src/audit/render/page/',
    ours: [],
    packages: [],
    why: 'it runs in a browser, from a file that loads nothing',
  },
  {
    files: 'src/audit/render/generate-page.ts',
    ours: [],
    packages: ['esbuild', 'node:'],
    why: 'it makes the script of the HTML report and is not in it',
  },
  {
    files: 'src/audit/',
    ours: [
      'src/aws/contract.ts',
      'src/policy/',
      // Evidence is told of a record: what it may hold, not how it comes about.
      'src/engine/contract.ts',
      'src/machine/context.ts',
      ...basics,
      ...tools,
    ],
    packages: ['csv-stringify', 'canonicalize', 'node:'],
    why: 'an audit only looks: it cannot reach anything that changes a key',
  },
  {
    files: 'src/engine/',
    ours: ['src/machine/', 'src/activities/', contracts, ...basics, ...tools],
    packages: ['xstate', 'node:'],
    why: 'an engine runs the machine with activities that it is given; it opens no place and talks to no AWS',
  },
  {
    files: 'src/sandbox/',
    ours: ['src/clock.ts'],
    packages: ['@smithy/signature-v4', '@aws-crypto/sha256-js', 'aws-local-stepfunctions', 'node:'],
    why: 'an AWS that knew of rotations would prove nothing about them',
  },
  {
    files: 'src/lambda/',
    ours: [
      'src/machine/',
      'src/activities/',
      'src/aws/',
      'src/vault/',
      'src/consumers/',
      'src/probes/',
      'src/policy/',
      'src/audit/',
      // Whoever starts an execution names it alike.
      'src/engine/stepfunctions.ts',
      ...basics,
      ...tools,
    ],
    packages: ['node:'],
    why: 'a handler puts the parts together; nobody sits in front of it',
  },
  {
    files: 'src/cli/',
    ours: ['src/'],
    packages: ['inquirer', '@inquirer/', 'commander', 'env-paths', 'node:'],
    why: 'the only folder that meets a person: it prints, asks, and puts the parts together',
  },
  {
    files: 'src/build.ts',
    ours: ['src/build-cdk.ts', 'src/build-functions.ts', 'src/third-party-licenses.ts'],
    packages: ['esbuild', 'node:'],
    why: 'it makes the bundle and is not in it',
  },
  {
    files: 'src/build-cdk.ts',
    ours: ['src/build-functions.ts', 'src/third-party-licenses.ts'],
    packages: ['esbuild', 'node:'],
    why: 'it makes the bundle and is not in it',
  },
  {
    files: 'src/build-functions.ts',
    ours: ['src/activities/permissions.ts', 'src/lambda/needs.ts', 'src/machine/context.ts'],
    packages: ['esbuild', 'node:'],
    why: 'what a function may reach decides what is bundled for it',
  },
  {
    files: 'src/version.ts',
    ours: ['package.json'],
    packages: [],
    why: 'the one place that reads which version this is',
  },
  {
    files: 'src/*.ts',
    ours: [...basics, ...tools],
    packages: ['node:'],
    why: 'files beside the folders are for all of them, so they may know none',
  },
  {
    files: 'statemachine/',
    ours: ['src/machine/'],
    packages: ['node:'],
    why: 'what is generated comes from the machine alone',
  },
  {
    files: 'infra/',
    ours: ['src/', 'statemachine/'],
    packages: ['aws-cdk-lib', 'constructs', 'cdk-nag', 'node:'],
    why: 'the only folder that knows the CDK: nothing that a person installs pulls it in',
  },
];

interface Reserved {
  what: RegExp;
  /** Paths, or how they begin. */
  only: string[];
  why: string;
}

const reserved: Reserved[] = [
  {
    what: /\bDate\.now\b|\bnew Date\(\s*\)|\bsetTimeout\b|\bsetInterval\b|\bnode:timers\b|\bperformance\.now\b|\bAbortSignal\.timeout\b/,
    only: ['src/clock.ts'],
    why: 'everything else is handed a clock, so weeks can pass in a test',
  },
  {
    what: /\bconsole\s*\.|\bprocess\.(?:stdout|stderr)\b/,
    only: ['src/cli/', 'src/lambda/parts.ts', 'statemachine/', 'infra/'],
    why: 'one folder decides what is a result and what is talk',
  },
  {
    what: /\bprocess\.exit\(/,
    only: ['src/cli/main.ts'],
    why: 'a process that ends in the middle of a step leaves it undone; only the outermost file may end it',
  },
];

/** What the file does that its row, or the list of reserved words, does not allow. */
function violations(file: SourceFile): string[] {
  const row = table.find(({ files }) => covers(files, file.path));
  if (!row) return [`${file.path} has no row in the table`];
  const bad = importsOf(file).flatMap((name) => {
    if (name === null) return [`${file.path} works out what it imports`];
    const isOurs = name.includes('/') && /^(?:src|infra|statemachine|test|bench)\//.test(name);
    const allowed = isOurs || name === 'package.json' ? [row.files, ...row.ours] : row.packages;
    if (allowed.some((one) => covers(one, name))) return [];
    return [`${file.path} imports ${name}, but ${row.why}`];
  });
  const used = reserved
    .filter(({ what, only }) => what.test(code(file.text)) && !only.some((one) => covers(one, file.path)))
    .map(({ what, why }) => `${file.path} uses ${what.exec(code(file.text))?.[0]}, but ${why}`);
  return [...bad, ...used];
}

/** A whole path or name, a package with its subpaths, or a beginning, where the pattern ends in a slash or a colon. */
function covers(pattern: string, name: string): boolean {
  if (/[/:]$/.test(pattern)) return name.startsWith(pattern);
  const [before, after] = pattern.split('*');
  if (after === undefined) return name === pattern || name.startsWith(`${pattern}/`);
  const between = name.slice(before?.length, name.length - after.length);
  return name === `${before}${between}${after}` && !between.includes('/');
}

const files = [...sourceFiles('src/**/*.ts'), ...sourceFiles('infra/**/*.ts'), ...sourceFiles('statemachine/**/*.ts')];

describe('every file', () => {
  test('imports only what its row of the table allows', () => {
    expect(files.length).toBeGreaterThan(20);
    expect(files.flatMap(violations)).toEqual([]);
  });

  test('can be read without reading it again: no circle of imports', () => {
    expect(importCycle(files)).toBeUndefined();
  });
});

describe('the table finds', () => {
  test.each([
    ['src/machine/rotation.ts', "import type { Aws } from '../aws/contract.ts';", 'imports src/aws/contract.ts'],
    ['src/machine/graph.ts', "import { isDeepStrictEqual } from 'node:util';", 'imports node:util'],
    [
      'src/activities/create-key.ts',
      "import { fileVault } from '../vault/file-vault.ts';",
      'imports src/vault/file-vault.ts',
    ],
    [
      'src/activities/create-key.ts',
      "import {\n  IAMClient,\n} from '@aws-sdk/client-iam';",
      'imports @aws-sdk/client-iam',
    ],
    ['src/aws/clients.ts', "export { rotate } from '../engine/local.ts';", 'imports src/engine/local.ts'],
    ['src/vault/file-vault.ts', "import '../consumers/registry.ts';", 'imports src/consumers/registry.ts'],
    ['src/consumers/dotenv.ts', "import type { Vault } from '../vault/contract.ts';", 'imports src/vault/contract.ts'],
    ['src/consumers/registry.ts', "const open = () => import('@aws-sdk/client-ssm');", 'imports @aws-sdk/client-ssm'],
    ['src/consumers/registry.ts', 'const open = (kind) => import(kind);', 'works out what it imports'],
    ['src/probes/http.ts', "import { KeyPair } from '../vault/contract.ts';", 'imports src/vault/contract.ts'],
    ['src/policy/match.ts', "import type { Flags } from '../cli/options.ts';", 'imports src/cli/options.ts'],
    [
      'src/audit/rules.ts',
      "import { deleteKey } from '../activities/delete-key.ts';",
      'imports src/activities/delete-key.ts',
    ],
    ['src/engine/local.ts', "import { createAws } from '../aws/clients.ts';", 'imports src/aws/clients.ts'],
    ['src/engine/local.ts', "import { confirm } from 'inquirer';", 'imports inquirer'],
    ['src/sandbox/iam.ts', "import { rotation } from '../machine/rotation.ts';", 'imports src/machine/rotation.ts'],
    ['src/sandbox/iam.ts', "import { UsageError } from '../errors.ts';", 'imports src/errors.ts'],
    ['src/lambda/create-key.ts', "import { ask } from '../cli/prompts.ts';", 'imports src/cli/prompts.ts'],
    ['src/cli/main.ts', "import { App } from 'aws-cdk-lib';", 'imports aws-cdk-lib'],
    ['src/errors.ts', "import { createAws } from './aws/clients.ts';", 'imports src/aws/clients.ts'],
    ['statemachine/generate.ts', "import { systemClock } from '../src/clock.ts';", 'imports src/clock.ts'],
    ['infra/app.ts', "import { temporaryFolder } from '../test/support/temporary-folder.ts';", 'imports test/support'],
    ['src/engine/local.ts', 'const now = Date.now();', 'uses Date.now'],
    ['src/engine/local.ts', 'const now = new Date();', 'uses new Date()'],
    ['src/engine/local.ts', 'setTimeout(wake, 1000);', 'uses setTimeout'],
    ['src/engine/local.ts', "import { setTimeout as delay } from 'node:timers/promises';", 'uses setTimeout'],
    ['src/vault/file-vault.ts', "console.error('stored');", 'uses console.'],
    ['src/vault/file-vault.ts', "process.stdout.write('stored');", 'uses process.stdout'],
    ['src/cli/status.ts', 'process.exit(1);', 'uses process.exit('],
    ['tools/release.ts', '', 'has no row in the table'],
    ['src/newcomers/first.ts', '', 'has no row in the table'],
  ])('%s: %s', (path, text, found) => {
    expect(violations({ path, text })).toEqual([expect.stringContaining(`${path} ${found}`)]);
  });

  test('nothing wrong with what is allowed, nor with what a comment says', () => {
    const text = [
      '// Date.now and console.log are only mentioned here',
      "import { createHash } from 'node:crypto';",
      "import type { Aws } from '../aws/contract.ts';",
      "import type { Activity } from './contract.ts';",
      'const made = new Date(0);',
    ].join('\n');

    expect(violations({ path: 'src/activities/create-key.ts', text })).toEqual([]);
    expect(violations({ path: 'src/cli/main.ts', text: "console.error('error');\nprocess.exit(1);" })).toEqual([]);
  });

  test('a circle of imports, also through types alone', () => {
    const circle = [
      { path: 'src/a.ts', text: "import type { B } from './b.ts';" },
      { path: 'src/b.ts', text: "export * from './c.ts';" },
      { path: 'src/c.ts', text: "import { a } from './a.ts';" },
    ];

    expect(importCycle(circle)).toEqual(['src/a.ts', 'src/b.ts', 'src/c.ts', 'src/a.ts']);
  });
});

test('everything here runs on Node 24, whatever the host has', () => {
  expect(process.version).toMatch(/^v24\./);
});
