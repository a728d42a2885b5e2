// Runs node with some arguments as a child process and measures it from outside. Standard output is a pipe, as in a script.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const report = join(import.meta.dirname, 'report-usage.cjs');

/** How long each command took, in milliseconds, by name: one of each in every round, after one round that does not count. */
export function interleaved(rounds: number, commands: Record<string, string[]>): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      run(args, ['ignore', 'pipe', 'pipe']);
      if (round > 0) times[name]?.push(performance.now() - start);
    }
  }
  return times;
}

export interface Usage {
  /** Of all its threads, in milliseconds. */
  cpu: number;
  wall: number;
  /** The most that it held at once, in megabytes. */
  memory: number;
  /** Bytes on standard output. */
  written: number;
}

export function usage(args: string[], env: Record<string, string> = {}): Usage {
  const start = performance.now();
  const { output } = run(['--require', report, ...args], ['ignore', 'pipe', 'pipe', 'pipe'], env);
  const wall = performance.now() - start;
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(String(output[3])) as NodeJS.ResourceUsage;
  const written = output[1]?.length ?? 0;
  return { cpu: (userCPUTime + systemCPUTime) / 1000, wall, memory: maxRSS / 1024, written };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] =
    sorted.length % 2 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return (low + high) / 2;
}

function run(args: string[], stdio: ('ignore' | 'pipe')[], env: Record<string, string> = {}) {
  const { PATH, HOME } = process.env;
  const child = spawnSync(process.execPath, args, { stdio, env: { PATH, HOME, ...env }, maxBuffer: 2 ** 30 });
  if (child.status !== 0) throw new Error(`node ${args.join(' ')} exited with ${child.status}:\n${child.stderr}`);
  return child;
}
