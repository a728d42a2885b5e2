// Runs a program that a person named, without a shell: found when the plan is made, started with no credentials of ours in
// its environment, and ended with all it started when its time is over.
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { joinCommand, splitCommand } from './command-line.ts';
import { UsageError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Ending = { code: number | null; signal: string | null } | { error: NodeJS.ErrnoException };

export interface Output {
  ending: Ending;
  stdout: string;
  stderr: string;
  /** It printed more than it may, and was ended for it. */
  overflowed: boolean;
}

/**
 * The command with its program found as a shell would find it, and with paths that begin with a dot made absolute, so that
 * it means the same from every folder. Throws UsageError, which calls the thing by `what` and gives the `example`.
 */
export function pinCommand(
  text: string,
  { what, example, cwd, env }: { what: string; example: string; cwd: string; env: Environment },
): string {
  const [program, ...args] = splitCommand(text);
  if (!program) throw new UsageError(`an ${what} needs a command`, { hint: `like ${example}` });
  const found = pathOf(program, cwd, env.PATH ?? '');
  if (!found) {
    throw new UsageError(`the ${what}'s command "${program}" is no program that can be run here`, {
      hint: 'name it by its whole path, or make it executable (chmod +x)',
    });
  }
  return joinCommand([found, ...args.map((arg) => (/^\.\.?\//.test(arg) ? resolve(cwd, arg) : arg))]);
}

/** Runs to the end without input, its output thrown away. Rejects, with all it started ended, when `until` is aborted. */
export async function runToItsEnd(
  program: string,
  args: string[],
  { env, until }: { env: Environment; until: AbortSignal },
): Promise<Ending> {
  const { ending } = await run(program, args, { env, until, stdio: 'ignore' });
  return ending;
}

/** The same with `input` on its standard input, and at most `limit` bytes of each of its outputs. */
export async function runWithInput(
  program: string,
  args: string[],
  { env, until, input, limit }: { env: Environment; until: AbortSignal; input: string; limit: number },
): Promise<Output> {
  return run(program, args, { env, until, stdio: 'pipe', input, limit });
}

interface RunOptions {
  env: Environment;
  until: AbortSignal;
  stdio: 'ignore' | 'pipe';
  input?: string;
  limit?: number;
}

/** In a process group of its own, so that whatever it started ends with it when the time is over. */
function run(program: string, args: string[], { env, until, stdio, input, limit = 0 }: RunOptions): Promise<Output> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = spawn(program, args, { env: scrubbed(env), stdio, detached: true });
    } catch (error) {
      resolve({ ending: { error: error as NodeJS.ErrnoException }, stdout: '', stderr: '', overflowed: false });
      return;
    }
    const stop = () => {
      killGroup(child.pid);
      reject(until.reason);
    };
    let overflowed = false;
    const overflow = () => {
      overflowed = true;
      killGroup(child.pid);
    };
    const stdout = collect(child.stdout, limit, overflow);
    const stderr = collect(child.stderr, limit, overflow);
    const end = (ending: Ending) => {
      until.removeEventListener('abort', stop);
      resolve({ ending, stdout: stdout(), stderr: stderr(), overflowed });
    };
    until.addEventListener('abort', stop, { once: true });
    child.once('error', (error) => end({ error }));
    child.once('exit', async (code, signal) => {
      await readToItsEnd();
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
      end({ code, signal });
    });
    // A child that does not read its input is free not to.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** What the child printed lies in its pipes by now; whoever it left behind may hold them open for ever, so no end is awaited. */
async function readToItsEnd(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}

function collect(stream: Readable | null, limit: number, overflow: () => void): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) overflow();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString();
}

function killGroup(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

/** The program's absolute path, found the way a shell would find it; null where there is none. */
function pathOf(program: string, cwd: string, path: string): string | null {
  const candidates = program.includes('/')
    ? [program]
    : path.split(delimiter).map((folder) => resolve(cwd, folder, program));
  return candidates.map((candidate) => resolve(cwd, candidate)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const ourCredentials = /^(?:AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|AWS_SECURITY_TOKEN|KEYTURN_.*)$/;

function scrubbed(env: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ourCredentials.test(name)));
}
