// A server as a child process that cannot outlive us: however our process ends, killed included, the server and whatever
// it started are killed, and its temporary files removed.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export interface LeashedServer {
  /** Resolves once the server is gone; safe to call twice. */
  end(): Promise<void>;
}

/**
 * A shell beside the server waits until the pipe from us closes, then kills their process group. The group is not that of
 * our terminal, so Ctrl-C reaches the shell only through the pipe.
 */
const leash = `
leave() { rm -rf "$TMPDIR"; kill -KILL 0; }
("$@" </dev/null; leave) &
cat >/dev/null
rm -f "$TMPDIR.log"
leave`;

/**
 * Starts `command` with nothing but `env` and a home and temporary folder of its own, and waits until `readyUrl` answers
 * 200. Throws with the end of its output where it does not within a minute.
 */
export async function startLeashed(options: {
  command: string[];
  env: Record<string, string>;
  readyUrl: string;
  folder: string;
}): Promise<LeashedServer> {
  const { command, env, readyUrl, folder } = options;
  const logFile = `${folder}.log`;
  mkdirSync(folder, { recursive: true });
  const log = openSync(logFile, 'w');
  const shell = spawn('/bin/sh', ['-c', leash, 'leash', ...command], {
    detached: true,
    stdio: ['pipe', log, log],
    env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ...env },
  });
  closeSync(log);

  const limit = AbortSignal.timeout(60_000);
  while (!(await answers(readyUrl))) {
    if (isGone(shell) || limit.aborted) {
      const output = readFileSync(logFile, 'utf8').slice(-2000);
      await end(shell);
      throw new Error(`${command.join(' ')} does not answer:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { end: () => end(shell) };
}

/** A port on 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

async function end(shell: ChildProcess): Promise<void> {
  if (isGone(shell)) return;
  const gone = new Promise((resolve) => shell.once('exit', resolve));
  shell.stdin?.end();
  await gone;
}

function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
