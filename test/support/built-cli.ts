// The bundle, built once for every state of the sources and shared by the test files, and run as users run it: a child
// process with nothing but its environment.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildCli } from '../../src/build.ts';
import { type Desk, type Ending, type Transcript, transcript } from './cli.ts';

const root = dirname(dirname(import.meta.dirname));
const cache = join(root, '.cache/cli');

let built: Promise<string> | undefined;

/** The path of a built `keyturn.cjs`: the same one for all tests of a file, however the sources change meanwhile. */
export function builtCli(): Promise<string> {
  built ??= build();
  return built;
}

/** Files that ask at the same time build beside one another; the first one stays. */
async function build(): Promise<string> {
  const folder = join(cache, await fingerprint('src'));
  const entry = join(folder, 'dist/keyturn.cjs');
  if (await isThere(entry)) return entry;

  await mkdir(cache, { recursive: true });
  const fresh = await mkdtemp(join(cache, 'building-'));
  await cp(join(root, 'src'), join(fresh, 'src'), { recursive: true });
  await cp(join(root, 'package.json'), join(fresh, 'package.json'));
  await symlink(join(root, 'node_modules'), join(fresh, 'node_modules'));
  await buildCli(fresh);
  await chmod(fresh, 0o755);
  await rename(fresh, folder).catch(async (error) => {
    await rm(fresh, { recursive: true });
    if (!(await isThere(entry))) throw error;
  });
  await forgetOldest();
  return entry;
}

/** A few stay, for test files that still run an earlier state of the sources. */
async function forgetOldest(): Promise<void> {
  const folders = (await readdir(cache)).map((name) => join(cache, name));
  const aged = await Promise.all(folders.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })));
  for (const { path } of aged.sort((a, b) => b.at - a.at).slice(8)) await rm(path, { recursive: true, force: true });
}

export interface Running {
  pid: number;
  /** Resolves as soon as stderr holds the text; rejects where the command ends before. */
  says(text: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Transcript & { signal: NodeJS.Signals | null }>;
}

export interface StartOptions {
  /** Changes to the desk's environment; null takes a variable away. */
  env?: Record<string, string | null>;
  cwd?: string;
  /** A command line of sh that runs keyturn as `"$@"`. */
  shell?: string;
  uid?: number;
}

/** Starts `keyturn …` as a child process; a command line is split at blanks. */
export async function startCli(
  desk: Desk,
  ending: Ending,
  command: string,
  options: StartOptions = {},
): Promise<Running> {
  const args = [await builtCli(), ...command.split(' ').filter(Boolean)];
  const [file, rest] = options.shell
    ? ['/bin/sh', ['-c', options.shell, 'sh', process.execPath, ...args]]
    : [process.execPath, args];
  const env = Object.entries({ ...desk.env, ...options.env });
  const child = spawn(file, rest, {
    cwd: options.cwd ?? desk.cwd,
    env: Object.fromEntries(env.filter(([, value]) => value != null)) as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid }),
  });
  ending.onTestFinished(() => void child.kill('SIGKILL'));
  return watched(child, desk);
}

export async function runCli(desk: Desk, ending: Ending, command: string, options?: StartOptions) {
  return (await startCli(desk, ending, command, options)).ended;
}

function watched(child: ChildProcess, desk: Desk): Running {
  let stdout = '';
  let stderr = '';
  let closed = false;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    changed();
  });
  const ended = new Promise<Transcript & { signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      closed = true;
      changed();
      desk.canary.learn(desk.stateDir, desk.credentialsFile);
      resolve({ ...transcript(desk.canary, code, stdout, stderr), signal });
    });
  });

  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    says: (text) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!stderr.includes(text) && !closed) return;
          listeners.delete(look);
          if (stderr.includes(text)) resolve();
          else reject(new Error(`keyturn ended without saying "${text}":\n${stderr}`));
        };
        listeners.add(look);
        look();
      }),
  };
}

/** Changes with any file in these folders of ours, and with what we depend on. */
export async function fingerprint(...folders: string[]): Promise<string> {
  const hash = createHash('sha256');
  const names = await Promise.all(
    folders.map((folder) => readdir(join(root, folder), { recursive: true, withFileTypes: true })),
  );
  const files = names
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of [...files, join(root, 'package-lock.json')].sort()) {
    hash.update(file.slice(root.length)).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
