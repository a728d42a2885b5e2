// The same question put to the tools that others wrote, where they are installed: Prowler's five checks of access keys, and a
// policy of Cloud Custodian for keys that are too old. They are looked for on PATH and nowhere else.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Usage } from './measure.ts';

export interface Peer {
  name: string;
  /** Null where it is not installed. Throws where it fails, or takes longer than the limit. */
  run: ((env: Record<string, string>) => Usage) | null;
}

/** Seconds. */
const limit = 900;

const checks = [
  'iam_no_root_access_key',
  'iam_rotate_access_key_90_days',
  'iam_user_accesskey_unused',
  'iam_user_no_setup_initial_access_key',
  'iam_user_two_active_access_key',
];

const policy = {
  policies: [
    {
      name: 'old-keys',
      resource: 'aws.iam-user',
      filters: [
        { type: 'credential', key: 'access_keys.active', value: true },
        { type: 'credential', key: 'access_keys.last_rotated', value_type: 'age', op: 'gt', value: 90 },
      ],
    },
  ],
};

export const peers: Peer[] = [
  {
    name: 'Prowler, five checks',
    run: installed('prowler', (folder) => [
      ...['aws', '--checks', ...checks, '--region', 'us-east-1'],
      ...['--output-formats', 'csv', '--output-directory', folder, '--no-banner', '--ignore-exit-code-3'],
    ]),
  },
  {
    name: 'Cloud Custodian, one policy',
    run: installed('custodian', (folder) => {
      const file = join(folder, 'policy.json');
      writeFileSync(file, JSON.stringify(policy));
      return ['run', '--cache-period', '0', '--region', 'us-east-1', '--output-dir', folder, file];
    }),
  },
];

function installed(program: string, args: (folder: string) => string[]): Peer['run'] {
  if (spawnSync(program, ['--help'], { stdio: 'ignore' }).error) return null;
  return (env) => {
    const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
    const output = join(folder, 'output');
    mkdirSync(output);
    try {
      const into = join(folder, 'usage.json');
      const script = join(import.meta.dirname, 'child-usage.py');
      const own = { ...env, PATH: process.env.PATH, HOME: folder };
      spawnSync('python3', [script, into, `${limit}`, program, ...args(output)], { env: own });
      const { code, said, ...used } = JSON.parse(readFileSync(into, 'utf8'));
      if (code !== 0) throw new Error(`${program} ended with ${code}: ${said}`);
      return { ...used, written: bytesIn(output) };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

function bytesIn(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
