// Runs a piece of a module, given as text, in a node process of its own: to crash it, or to race it with others.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Resolves when the process has ended. Imports in `code` start at the project's root: `./src/files.ts`. */
export function runChild(
  code: string,
  { crashBefore, shell }: { crashBefore?: 'rename' | 'link' | 'open'; shell?: string } = {},
): Promise<ChildResult> {
  const preload = crashBefore ? ['--import', './test/support/crash-before.ts'] : [];
  const args = [...preload, '--input-type=module-typescript', '--eval', code];
  const [file, rest] = shell
    ? ['/bin/sh', ['-c', `${shell}; exec "$@"`, 'sh', process.execPath, ...args]]
    : [process.execPath, args];
  const child = spawn(file, rest, {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, NODE_OPTIONS: '', KEYTURN_TEST_CRASH_BEFORE: crashBefore },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
