// `npm run mutation`: breaks the code in every small way that Stryker knows, and counts what no test notices. Arguments: areas of
// areas.ts, by default all. `--sample N --seed N` breaks only N windows of ten lines in each; `--only GLOB` some files of one.
// `--near` puts the mutants before the first tests of the area alone, those that mirror its folder: quicker, and the score is lower;
// `--mirrored` each file before the tests that are named after it alone, quicker still; `--tests GLOB` before these alone.
// `--skip-static` leaves out what is evaluated at loading, of which each mutant takes all the tests.
import { globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { type Area, areas } from './areas.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    concurrency: { type: 'string', default: String(availableParallelism()) },
    mirrored: { type: 'boolean', default: false },
    near: { type: 'boolean', default: false },
    only: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'skip-static': { type: 'boolean', default: false },
    tests: { type: 'string' },
  },
});
const named = positionals.length > 0 ? positionals : Object.keys(areas);
const unknown = named.filter((name) => !areas[name]);
if (unknown.length > 0) throw new Error(`no area ${unknown.join(', ')}; there are ${Object.keys(areas).join(', ')}`);

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const rows: string[] = [];
for (const name of named) {
  const files = values.only ? namedBy(values.only) : mutated(areas[name] as Area);
  const results: Awaited<ReturnType<typeof broken>> = [];
  if (values.mirrored)
    for (const file of files)
      results.push(...(await broken(name, [file], mirrorOf(file), `${name}/${basename(file)}`)));
  else results.push(...(await broken(name, files, values.tests)));
  const count = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status)).length;
  // What is called an error could not even be loaded.
  const noticed = count('Killed', 'Timeout', 'RuntimeError');
  const unnoticed = count('Survived', 'NoCoverage');
  const score = Math.round((1000 * noticed) / Math.max(1, noticed + unnoticed)) / 10;
  rows.push(`| ${name} | ${noticed + unnoticed} | ${noticed} | ${unnoticed} | ${score} % |`);
}
console.log(['| area | mutants | noticed | not | score |', '|---|---|---|---|---|', ...rows].join('\n'));

/** Without `tests` the area's are asked. */
async function broken(area: string, mutate: string[], tests: string | undefined, report = area) {
  // The configuration of vitest, which is loaded by Stryker's own processes, looks there.
  process.env.KEYTURN_MUTATION_AREA = area;
  if (values.near || values.mirrored) process.env.KEYTURN_MUTATION_NEAR = 'yes';
  delete process.env.KEYTURN_MUTATION_TESTS;
  if (tests) process.env.KEYTURN_MUTATION_TESTS = tests;
  return new Stryker({
    mutate,
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    coverageAnalysis: 'perTest',
    ignoreStatic: values['skip-static'],
    concurrency: Number(values.concurrency),
    // TypeScript 7 has no interface that Stryker could read its settings by; Node strips types without any.
    tsconfigFile: 'none.json',
    tempDirName: '.cache/mutation/work',
    ignorePatterns: ['.cache', 'cdk.out', 'dist', 'coverage'],
    reporters: ['clear-text', 'html', 'json', 'progress-append-only'],
    jsonReporter: { fileName: `.cache/mutation/${report}.json` },
    clearTextReporter: { logTests: false, reportTests: false, skipFull: true },
    htmlReporter: { fileName: `.cache/mutation/${report}.html` },
  }).runMutationTest();
}

/** The files of a glob; what is none, such as lines of a file, is Stryker's to read. */
function namedBy(only: string): string[] {
  const files = globSync(only).sort();
  return files.length > 0 ? files : [only];
}

/** `test/engine/waits{,-*}.test.ts` for `src/engine/waits.ts`; undefined where no test is named so. */
function mirrorOf(file: string): string | undefined {
  const tests = file.replace(/^src\//, 'test/').replace(/\.ts(:.*)?$/, '{,-*}.test.ts');
  return globSync(tests).length > 0 ? tests : undefined;
}

/** Files, or windows of ten lines of them, evenly drawn. */
function mutated({ mutate }: Area): string[] {
  const files = globSync([...mutate]).sort();
  if (values.sample === undefined) return files;
  const windows = files.flatMap((file) => {
    const lines = readFileSync(file, 'utf8').split('\n').length;
    return Array.from({ length: Math.ceil(lines / 10) }, (_, n) => `${file}:${10 * n + 1}-${10 * n + 10}`);
  });
  const step = windows.length / Math.min(Number(values.sample), windows.length);
  const first = (Number(values.seed) * 0.618034 * step) % step;
  return Array.from({ length: Math.floor((windows.length - first) / step) + 1 }, (_, n) => first + n * step)
    .map((at) => windows[Math.floor(at)])
    .filter((one) => one !== undefined);
}
