// `npm run bench`: what it costs to start keyturn, to carry out a whole rotation, and what AWS is asked meanwhile. Prints
// tables and judges nothing: times are those of one machine at one moment.
import { arch, availableParallelism, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { buildCli } from '../src/build.ts';
import { callsOfOneRotation } from './calls.ts';
import { bundledClients } from './clients.ts';
import { interleaved, median, usage } from './measure.ts';

const root = dirname(import.meta.dirname);
await buildCli(root);
const keyturn = join(root, 'dist/keyturn.cjs');

print(`${availableParallelism()} cores, ${arch()} ${platform()}, Node ${process.version}`);
startUp();
await oneRotation();
await calls();

/** All in one run, taking turns, so that whatever else the machine does falls on all of them alike. */
function startUp(): void {
  const clients = bundledClients();
  const bare = '`node -e 0`';
  const times = interleaved(60, {
    [bare]: ['-e', '0'],
    '`keyturn --version`': [keyturn, '--version'],
    '`keyturn --help`': [keyturn, '--help'],
    '`keyturn rotate --help`': [keyturn, 'rotate', '--help'],
    'loading the IAM and STS clients, bundled': [clients.path],
  });
  clients.remove();

  const base = median(times[bare] ?? []);
  table(
    'Start-up',
    ['', 'median, ms', 'of a bare node'],
    [...Object.entries(times).map(([name, all]) => [name, median(all).toFixed(1), (median(all) / base).toFixed(2)])],
  );
}

async function oneRotation(): Promise<void> {
  const rows = Object.entries({ '`node -e 0`': ['-e', '0'], '`keyturn demo`': [keyturn, 'demo'] }).map(
    ([name, args]) => {
      const runs = Array.from({ length: 7 }, () => usage(args));
      const of = (pick: (run: (typeof runs)[number]) => number) => median(runs.map(pick)).toFixed(0);
      return [name, of((run) => run.cpu), of((run) => run.memory)];
    },
  );
  table('A whole rotation, and the AWS that it runs against', ['', 'CPU time, ms', 'peak memory, MB'], rows);
}

async function calls(): Promise<void> {
  const counts = await callsOfOneRotation();
  const sum = counts.reduce((total, [, count]) => total + count, 0);
  table(
    'AWS calls of one quiet rotation',
    ['', 'calls'],
    [...counts.map(([name, count]) => [name, `${count}`]), ['in all', `${sum}`]],
  );
}

function table(title: string, head: string[], rows: string[][]): void {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  print(
    [
      '',
      `## ${title}`,
      '',
      line(head),
      `|${head.map((_, at) => (at === 0 ? '---|' : '---:|')).join('')}`,
      ...rows.map(line),
    ].join('\n'),
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
