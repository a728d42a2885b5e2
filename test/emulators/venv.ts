// The emulators' own Python environment, in the project's cache folder: built once, reused while its stamp equals the
// pins in requirements.txt. It touches nothing outside that folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

export const cacheFolder = fileURLToPath(new URL('../../.cache/emulators', import.meta.url));

const venv = `${cacheFolder}/venv`;
const stamp = `${venv}/pins.txt`;

/** The environment's interpreter; servers are started as its modules, so a moved checkout needs no new environment. */
export const python = `${venv}/bin/python`;

/** Why the environment cannot be had on this machine, or null once it is ready. Throws where the pins themselves are wrong. */
export function prepareVenv(): string | null {
  if (process.platform === 'win32') return 'the emulators need a POSIX shell';
  const pins = readFileSync(requirements, 'utf8');
  if (stampedWith(pins) && works(python, ['--version'])) return null;
  if (!works('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'])) {
    return 'there is no python3 of 3.10 or later with venv and pip';
  }

  mkdirSync(cacheFolder, { recursive: true });
  console.error(`building ${venv} (once, about a minute and 350 MB)`);
  succeed('python3', ['-m', 'venv', '--clear', venv]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '-r', requirements];
  const installed = spawnSync(python, pip, { encoding: 'utf8' });
  if (installed.status !== 0) {
    if (isUnreachable(installed.stderr)) return 'PyPI cannot be reached';
    throw new Error(`pip failed:\n${installed.stderr}`);
  }
  writeFileSync(stamp, pins);
  return null;
}

function stampedWith(pins: string): boolean {
  try {
    return readFileSync(stamp, 'utf8') === pins;
  } catch {
    return false;
  }
}

/** A wrong pin must not pass for a missing network: pip then lists the versions that exist. */
function isUnreachable(stderr: string): boolean {
  return /from versions: none|ConnectionError|ConnectTimeout|ReadTimeout|ProxyError|SSLError/.test(stderr);
}

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

function succeed(command: string, args: string[]): void {
  const { status, stderr, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}
