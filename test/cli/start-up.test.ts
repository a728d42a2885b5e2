// What --help and --version load: nearly nothing, because people wait for them at a prompt. Whole parts of Node cost as much
// as everything else that they do.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtCli } from '../support/built-cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const tell = `process.on('exit', () => require('fs').writeSync(2, process.moduleLoadList.join('\\n')));`;

/** The parts of Node that one command line has loaded at its end, standard output being a pipe. */
async function loadedBy(...args: string[]): Promise<string[]> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'tell.cjs'), tell);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--require', join(folder, 'tell.cjs'), await builtCli(), ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  );
  expect([status, stdout.length > 0]).toEqual([0, true]);
  return stderr.split('\n').map((line) => line.replace(/^NativeModule /, ''));
}

test.for([['--version'], ['--help'], ['rotate', '--help']])(
  '%s loads no network, no subprocesses, no stream',
  async (args) => {
    const loaded = await loadedBy(...args);

    expect(loaded).toContain('events');
    const slow = ['net', 'tty', 'child_process', 'http', 'https', 'crypto', 'readline', 'internal/fs/streams'];
    expect(loaded.filter((name) => slow.includes(name))).toEqual([]);
  },
);
