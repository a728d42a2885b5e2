// The built command on a real pseudo-terminal, as a person would sit before it.
import { spawn } from '@lydell/node-pty';
import { builtCli } from './built-cli.ts';
import type { Desk, Ending } from './cli.ts';

export interface Terminal {
  /** Resolves as soon as the screen has shown, since the last key, a text that matches; rejects where the command ended. */
  shows(text: string | RegExp): Promise<void>;
  /** Waits for a question (an answered one does not count) and types the answer. */
  answer(question: string, keys: string): Promise<void>;
  type(keys: string): void;
  /** Goes down a list to the choice that begins so, and takes it. */
  choose(question: string, choice: string): Promise<void>;
  /** Types Enter at every question until the command ends. */
  enterToTheEnd(): Promise<Ended>;
  ended: Promise<Ended>;
}

export interface Ended {
  code: number;
  /** Everything shown, without colours and other control sequences. */
  screen: string;
}

export const enter = '\r';
export const down = '\u001b[B';
export const ctrlC = '\u0003';

export async function openTerminal(desk: Desk, ending: Ending, command: string): Promise<Terminal> {
  const env = Object.fromEntries(Object.entries({ ...desk.env, TERM: 'xterm-256color' }).filter(([, value]) => value));
  const args = [await builtCli(), ...command.split(' ').filter(Boolean)];
  const pty = spawn(process.execPath, args, { cols: 160, rows: 50, cwd: desk.cwd, env });
  let raw = '';
  let seen = 0;
  let closed = false;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  pty.onData((data) => {
    raw += data;
    changed();
  });
  const ended = new Promise<Ended>((resolve) => {
    pty.onExit(({ exitCode }) => {
      closed = true;
      changed();
      desk.canary.learn(desk.stateDir, desk.credentialsFile);
      desk.canary.heard(raw);
      resolve({ code: exitCode, screen: plain(raw) });
    });
  });
  ending.onTestFinished(() => {
    if (!closed) pty.kill('SIGKILL');
  });

  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const listener = () => {
        const found = look();
        if (found === undefined && !closed) return;
        listeners.delete(listener);
        if (found === undefined) reject(new Error(`the command ended; the screen shows:\n${plain(raw)}`));
        else resolve(found);
      };
      listeners.add(listener);
      listener();
    });
  const fresh = () => plain(raw.slice(seen));
  const type = (keys: string) => {
    seen = raw.length;
    pty.write(keys);
  };
  const shows = async (text: string | RegExp) => {
    await until(() => (typeof text === 'string' ? fresh().includes(text) : text.test(fresh())) || undefined);
  };

  return {
    shows,
    type,
    ended,
    answer: async (question, keys) => {
      await shows(`? ${question}`);
      type(keys);
    },
    choose: async (question, choice) => {
      await shows(`? ${question}`);
      while (!(await until(() => /❯ (.*)/.exec(fresh())?.[1]))?.startsWith(choice)) type(down);
      type(enter);
    },
    enterToTheEnd: async () => {
      while (!closed) {
        await until(() => /(^|\n)\? /.test(fresh()) || closed || undefined);
        if (!closed) type(enter);
      }
      return ended;
    },
  };
}

function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences are what this takes away
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replaceAll('\r', '');
}
