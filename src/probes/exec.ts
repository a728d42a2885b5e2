// `exec:COMMAND`: passes when the command exits with 0. No shell, no input, no credentials of ours in its environment, and
// what it prints is thrown away. A command that cannot be started or does not end says nothing about health: `noData`.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, resolve as resolvePath } from 'node:path';
import { joinCommand, splitCommand } from '../command-line.ts';
import { UsageError } from '../errors.ts';
import type { ProbeKind, ProbeResult } from './contract.ts';
import { ranOut, withTimeLimit } from './time-limit.ts';

const limit = 60_000;

type Ending = { code: number | null; signal: string | null } | { error: NodeJS.ErrnoException };

export const exec: ProbeKind = {
  kind: 'exec',
  usage: 'exec:COMMAND  passes when the command exits with 0 within 60 seconds; no shell',

  resolve: (place, { cwd, env }) => {
    const [program, ...args] = splitCommand(place);
    if (!program) throw new UsageError('an exec probe needs a command', { hint: 'like exec:./check-health.sh' });
    const found = pin(program, cwd, env.PATH ?? '');
    if (!found) {
      throw new UsageError(`the exec probe's command "${program}" is no program that can be run here`, {
        hint: 'name it by its whole path, or make it executable (chmod +x)',
      });
    }
    return joinCommand([found, ...args.map((arg) => (/^\.\.?\//.test(arg) ? resolvePath(cwd, arg) : arg))]);
  },

  show: (place) => place,

  open: (place, { clock, env, signal }) => {
    const [program = '', ...args] = splitCommand(place);
    const name = basename(program);
    return {
      spec: `exec:${place}`,
      look: async () => {
        const ending = await withTimeLimit((until) => runToItsEnd(program, args, scrubbed(env), until), {
          clock,
          limit,
          signal,
        });
        if (ending === ranOut) return { verdict: 'noData', detail: `${name} did not end within 60 seconds` };
        return judge(name, ending);
      },
    };
  },
};

/** The program's absolute path, found the way a shell would find it; null where there is none. */
function pin(program: string, cwd: string, path: string): string | null {
  const candidates = program.includes('/')
    ? [program]
    : path.split(delimiter).map((folder) => resolvePath(cwd, folder, program));
  return candidates.map((candidate) => resolvePath(cwd, candidate)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** In a process group of its own, so that whatever it started ends with it when the time is over. */
function runToItsEnd(program: string, args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program, args, { env, stdio: 'ignore', detached: true });
    } catch (error) {
      resolve({ error: error as NodeJS.ErrnoException });
      return;
    }
    const stop = () => {
      killGroup(child.pid);
      reject(signal.reason);
    };
    const end = (ending: Ending) => {
      signal.removeEventListener('abort', stop);
      resolve(ending);
    };
    signal.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => end({ error }));
    child.once('exit', (code, signalName) => end({ code, signal: signalName }));
  });
}

function killGroup(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

function judge(name: string, ending: Ending): ProbeResult {
  if ('error' in ending) return { verdict: 'noData', detail: `${name} could not be started (${ending.error.code})` };
  if (ending.signal) return { verdict: 'fail', detail: `${name} was ended by ${ending.signal}` };
  return { verdict: ending.code === 0 ? 'pass' : 'fail', detail: `${name} exited with ${ending.code}` };
}

const ourCredentials = /^(?:AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_SECURITY_TOKEN|KEYTURN_.*)$/;

function scrubbed(env: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ourCredentials.test(name)));
}
