// `node bench/audit.ts`: audits of ever larger accounts by the built command line, and beside each the least program that gets
// the credential report at all, and the tools of others that are installed, in the same run.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildCli } from '../src/build.ts';
import { bundled } from './clients.ts';
import { median, type Usage, usage } from './measure.ts';
import { peers } from './peers.ts';

const root = dirname(import.meta.dirname);
const rounds = 3;
const sizes = process.argv.slice(2).map(Number);
const floor = bundled(`
  import { GenerateCredentialReportCommand, GetCredentialReportCommand, IAMClient } from '@aws-sdk/client-iam';
  const iam = new IAMClient({});
  const ready = async () => (await iam.send(new GenerateCredentialReportCommand({}))).State === 'COMPLETE';
  while (!(await ready())) await new Promise((resume) => setTimeout(resume, 100));
  process.stdout.write((await iam.send(new GetCredentialReportCommand({}))).Content);`);

await buildCli(root);
const state = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const keyturn = [join(root, 'dist/keyturn.cjs'), 'audit', '--fail-on', 'none', '--state-dir', state];
const commands: Record<string, string[]> = {
  'the report, by a bare program': [floor.path],
  '`keyturn audit --ids never`': [...keyturn, '--ids', 'never'],
  '`keyturn audit --ids never --json`': [...keyturn, '--ids', 'never', '--json'],
  '`keyturn audit --ids never --format html`': [...keyturn, '--ids', 'never', '--format', 'html'],
  '`keyturn audit --json`': [...keyturn, '--json'],
};

console.log('| users | | requests | wall time, s | CPU time, s | of that a user, ms | peak memory, MB | written, KB |');
console.log('|---:|---|---:|---:|---:|---:|---:|---:|');
for (const size of sizes.length > 0 ? sizes : [500, 5000, 50_000]) await auditsOf(size);
floor.remove();
rmSync(state, { recursive: true });

async function auditsOf(size: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'audited-account.ts'), `${size}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const env = JSON.parse((await lines.next()).value ?? '') as Record<string, string>;
  const requests = async () => {
    child.stdin.write('\n');
    return Number((await lines.next()).value);
  };
  // The first one waits until there is a report.
  usage([floor.path], env);
  for (const [name, args] of Object.entries(commands)) {
    // Thousands of lookups say the same at any size.
    if (!args.includes('never') && args.includes('audit') && size > 5000) continue;
    await requests();
    const runs = Array.from({ length: rounds }, () => usage(args, env));
    print(size, name, (await requests()) / rounds, runs);
  }
  for (const { name, run } of peers) {
    // They ask something for each user, and take minutes as it is.
    if (size > 5000) continue;
    await requests();
    try {
      const used = run?.(env);
      if (used) print(size, name, await requests(), [used]);
      else console.log(`| ${size} | ${name} | not installed |`);
    } catch (error) {
      console.log(`| ${size} | ${name} | failed |`);
      console.error((error as Error).message);
    }
  }
  child.stdin.end();
  await once(child, 'exit');
}

function print(size: number, name: string, requests: number, runs: Usage[]): void {
  const of = (pick: (run: Usage) => number) => median(runs.map(pick));
  const cpu = of((run) => run.cpu);
  const cells = [
    size,
    name,
    Math.round(requests),
    (of((run) => run.wall) / 1000).toFixed(2),
    (cpu / 1000).toFixed(2),
    (cpu / size).toFixed(3),
    of((run) => run.memory).toFixed(0),
    (of((run) => run.written) / 1024).toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}
