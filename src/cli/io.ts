// What a command sees of the world: streams, environment, clock, and whether somebody sits there. Given from outside, so a
// test can be the terminal.
import type { Clock } from '../clock.ts';

export interface Io {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  home: string;
  clock: Clock;
  /** A person can be asked: standard input and standard error are terminals. */
  terminal: boolean;
  /** Aborted by the first Ctrl-C. */
  interrupted: AbortSignal;
}
