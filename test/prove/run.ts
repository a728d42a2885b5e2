// `npm run prove`: every lane of the proof, and one table of what was tried. Options: `--full` for all there is instead of a
// sample, `--seed N` for the same sample again, `--case NAME` for one case, or all whose names begin so.
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BaseSequencer, type Reporter, startVitest, type TestCase, type TestSpecification } from 'vitest/node';
import type { Proof } from './lane.ts';
import { setSettings } from './settings.ts';
import { table } from './table.ts';

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    seed: { type: 'string' },
    case: { type: 'string' },
  },
});
const seed = values.seed === undefined ? randomInt(1_000_000) : Number(values.seed);
if (!Number.isSafeInteger(seed)) {
  console.error(`error: --seed takes a whole number, not ${values.seed}`);
  process.exit(2);
}
const settings = { scale: values.full ? 'full' : 'prove', seed, only: values.case ?? null } as const;
setSettings(settings);

const rows: { proof: Proof; seconds: number }[] = [];
const failures: string[] = [];
const collector: Reporter = {
  onTestCaseResult: (one: TestCase) => {
    const { proof } = one.meta();
    const { state, errors } = one.result();
    const seconds = Math.round((one.diagnostic()?.duration ?? 0) / 1000);
    if (proof) {
      rows.push({ proof, seconds });
      process.stderr.write(`${proof.lane}: ${proof.run} cases, ${proof.violations.length} violations, ${seconds} s\n`);
    }
    if (state === 'failed') failures.push(...(errors ?? []).map(({ message }) => `${one.fullName}\n${message}`));
  },
};

/** The histories take the longest, and one alone at the end would leave the other cores idle. */
class HistoriesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const rank = ({ moduleId }: TestSpecification) => (moduleId.includes('/histories-of-') ? 0 : 1);
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

const vitest = await startVitest('test', [], {
  root: fileURLToPath(new URL('../..', import.meta.url)),
  project: 'prove',
  reporters: [collector],
  // Lanes' tests begin with their names; besides them there are the proof's own.
  ...(values.case === undefined ? {} : { testNamePattern: new RegExp(`^${values.case.split('/')[0]}: `) }),
  sequence: { sequencer: HistoriesFirst },
  watch: false,
});
await vitest.close();

for (const failure of failures) console.error(`${failure}\n`);
if (rows.length > 0) {
  console.log(table(rows, settings));
} else {
  // A lane that has no such case has said so already.
  if (failures.length === 0) console.error(`error: there is no lane for ${values.case}`);
  process.exitCode = 1;
}
