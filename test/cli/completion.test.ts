// keyturn completion: the scripts in the shells that they are for, as far as this machine has them.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function scriptFor(shell: string): Promise<string> {
  const { run } = await openDesk();
  const { code, stdout, stderr } = await run(`completion ${shell}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** What bash offers for the last of the words, as it splits them: at = and : too. */
async function offered(...words: string[]): Promise<string[]> {
  const file = join(temporaryFolder(), 'keyturn.bash');
  writeFileSync(file, await scriptFor('bash'));
  const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', ask, 'bash', file, 'keyturn', ...words], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter(Boolean);
}

describe('bash completes', () => {
  test.each([
    [['ro'], ['rotate', 'rollback']],
    [['--ver'], ['--version', '--verbose']],
    [
      ['rotate', '--q'],
      ['--quiet', '--quiet-for'],
    ],
    [['rotate', '--to', 'cred'], ['credentials-file:']],
    [['rotate', '--to', '=', 'env'], ['env-file:']],
    [
      ['find', 'AKIAIOSFODNN7EXAMPLE', '--in', 'e'],
      ['env-file:', 'exec:'],
    ],
    [['rotate', '--engine', ''], ['local']],
    [['rotate', '--engine', '='], ['local']],
    [
      ['sandbox', '--seed', ''],
      ['small', 'fleet'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['policy', 'ret'], ['retire']],
    [['policy', 'demo'], []],
    [['--profile', 'rotate', 'res'], ['resume']],
    [['--profile', '=', 'rotate', 'res'], ['resume']],
    [['resume', '--no-such'], []],
    [['rotate', '--to', 'env-file', ':', '.e'], []],
    [['rotate', '--config', 'key'], []],
  ])('%j to %j', async (words, expected) => {
    expect((await offered(...words)).sort()).toEqual([...expected].sort());
  });

  test('every command and every flag of its help', async () => {
    const { run } = await openDesk();
    const helpOf = async (command: string) => (await run(`${command} --help`)).stdout;
    const names = [...((await helpOf('')).split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(
      ([, one]) => one,
    );

    expect((await offered('')).sort()).toEqual(names.sort());
    for (const command of ['rotate', 'rollback', 'find']) {
      const flags = [...(await helpOf(command)).matchAll(/(?<=^ +|, )--?[a-z-]+/gm)].map(([flag]) => flag);
      expect((await offered(command, '-')).sort()).toEqual(flags.sort());
    }
  });
});

describe.each(['zsh', 'fish'])('%s', (shell) => {
  test('gets the same commands, kinds of places and flags, in a script that it can read', async () => {
    const file = join(temporaryFolder(), `keyturn.${shell}`);
    writeFileSync(file, await scriptFor(shell));

    const script = await scriptFor(shell);
    const checked = spawnSync(shell, ['-n', file], { encoding: 'utf8' });

    for (const part of ['rollback', 'delete-now', 'credentials-file: env-file: exec: stdout:', 'small fleet']) {
      expect(script).toContain(part);
    }
    // A machine without this shell has nobody to complete for.
    const isMissing = (checked.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
    expect(isMissing || checked.status === 0).toBe(true);
  });
});

test.each(['completion tcsh', 'completion'])('%s is refused', async (command) => {
  const { run } = await openDesk();

  const { code, json } = await run(`${command} --json`);

  expect(code).toBe(2);
  expect(json()).toEqual(errorShape);
});
