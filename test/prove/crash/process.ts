// A process under test as the test sees it: it is given command lines, woken when its time has come, and killed.
import { type ChildProcess, fork } from 'node:child_process';
import type { CommonTime, Member } from './common-time.ts';
import type { FromChild, Order, Rest, ToChild } from './messages.ts';
import { compiled, program } from './program.ts';

export interface Ran {
  /** Null where it was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions extends Omit<Order, 'kind' | 'now'> {
  time: CommonTime;
  clock: { now(): number };
  /** Is about to change this file. */
  onFile?(name: string): void;
  /** A file has appeared under its name; the process waits meanwhile. */
  onPlaced?(role: string): void;
  /** How many of its requests are being held back; only then may it rest while it asks. */
  held?(): number;
}

export interface Process {
  readonly pid: number;
  /** One command at a time. Resolves when it has ended, or the process with it. */
  run(options: RunOptions): Promise<Ran>;
  /** At once: nothing more comes of it. */
  kill(): void;
  readonly dead: boolean;
}

/** Processes that ran one command may run the next, in this case or in another. */
const idle: Process[] = [];

export async function takeProcess(): Promise<Process> {
  return idle.pop() ?? startProcess();
}

export function giveBack(process: Process): void {
  if (!process.dead) idle.push(process);
}

export async function startProcess(): Promise<Process> {
  const child = fork(await program(), {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled } as NodeJS.ProcessEnv,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let dead = false;
  let crash = '';
  const listeners = new Set<(message: FromChild | null) => void>();
  const say = (message: FromChild | null) => {
    for (const listener of [...listeners]) listener(message);
  };
  child.stderr?.on('data', (chunk) => {
    crash += chunk;
  });
  child.on('message', (message: FromChild) => say(message));
  child.on('close', () => {
    dead = true;
    say(null);
  });

  return {
    pid: child.pid ?? 0,
    get dead() {
      return dead;
    },
    kill: () => void child.kill('SIGKILL'),
    run: (options) =>
      runIn(
        child,
        (listener) => {
          if (dead) throw new Error('the process ended before it was given a command');
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        options,
      ).then((ran) => ({ ...ran, stderr: ran.stderr + crash })),
  };
}

/** What was sent to a process, by which an old word of it is told from a new one; the process counts from its start. */
const wakes = new WeakMap<ChildProcess, number>();

function runIn(
  child: ChildProcess,
  listen: (listener: (message: FromChild | null) => void) => () => void,
  { time, clock, onFile, onPlaced, held, ...order }: RunOptions,
): Promise<Ran> {
  const send = (message: ToChild) => child.connected && child.send(message, () => {});
  let last: Rest | null = null;
  const member: Member = {
    rest: () => {
      if (last === null || last.woken !== (wakes.get(child) ?? 0)) return null;
      return last.asked - last.answered === (held?.() ?? 0) ? last : null;
    },
    wake: (id, now) => {
      last = null;
      wakes.set(child, (wakes.get(child) ?? 0) + 1);
      send({ kind: 'wake', id, now });
    },
  };

  return new Promise((resolve) => {
    const printed = { stdout: '', stderr: '' };
    const end = (code: number | null) => {
      stop();
      time.leave(member);
      resolve({ code, ...printed });
    };
    const stop = listen((message) => {
      if (message === null) end(null);
      else if (message.kind === 'printed') printed[message.stream] += message.text;
      else if (message.kind === 'file') onFile?.(message.name);
      else if (message.kind === 'ended') end(message.code);
      else if (message.kind === 'placed') {
        last = null;
        onPlaced?.(message.role);
        send({ kind: 'goOn', id: message.id });
      } else {
        last = message;
        time.look();
      }
    });
    time.join(member);
    send({ ...order, kind: 'run', now: clock.now() });
  });
}
