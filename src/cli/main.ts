// Runs a command line, and is the only place where the process ends. What it loads itself is commander and the table of
// commands.
import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { CommanderError } from 'commander';
import { systemClock } from '../clock.ts';
import { toleratingClosedPipes } from './closed-pipes.ts';
import { exitCodes } from './exit-codes.ts';
import { type HelpOutput, standardOutput, streamOutput } from './help-output.ts';
import type { Io } from './io.ts';
import { createProgram } from './program.ts';

/** Runs one command line and returns its exit code. Never ends the process. */
export async function main(
  argv: readonly string[],
  io: Io,
  help: HelpOutput = streamOutput(() => io.stdout),
): Promise<number> {
  let code: number = exitCodes.done;
  const program = createProgram(io, help, async ({ name, flags, argument, load, whole }) => {
    const { attempt } = await import('./attempt.ts');
    code = await attempt(name, flags, io, async () => {
      if (name === '' && !io.terminal) io.stderr.write(`${program.helpInformation()}\n`);
      const run = await load();
      return run(flags, io, argument, whole);
    });
  });
  try {
    await program.parseAsync(argv as string[], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return exitCodes.done;
    if (error.code !== 'commander.help') await complain(error.message, argv, io);
    return exitCodes.usage;
  }
}

/** Usage errors in the form of all errors; commander's own suggestion becomes the hint. */
async function complain(message: string, argv: readonly string[], io: Io): Promise<void> {
  const { printError } = await import('./attempt.ts');
  const [first = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const hint = suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'see keyturn --help';
  printError(io, { name: 'UsageError', message: first, hint }, argv.includes('--json'));
}

/** Runs this process's own command line, and ends the process with its exit code. */
export async function start(): Promise<void> {
  const argv = process.argv.slice(2);
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) leaveAtOnce(argv);
    interrupt.abort(Object.assign(new Error('interrupted'), { name: 'AbortError' }));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  const stdout = () => toleratingClosedPipes(process.stdout);
  const io: Io = {
    // A stream is opened by the first look at it, and that takes time.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return stdout();
    },
    get stderr() {
      return toleratingClosedPipes(process.stderr);
    },
    env: process.env,
    cwd: process.cwd(),
    home: homeFolder(),
    clock: systemClock,
    get terminal() {
      return process.stdin.isTTY === true && process.stderr.isTTY === true;
    },
    interrupted: interrupt.signal,
  };
  const code = await main(argv, io, standardOutput(stdout));
  process.exitCode = code;
  if (!interrupt.signal.aborted) return;
  // A call that was given up may still wait for its answer; nobody else does.
  for (const stream of [process.stdout, process.stderr])
    await new Promise<void>((done) => stream.write('', () => done()));
  process.exit(code);
}

/** The second Ctrl-C: whatever is in hand, its intent is on disk already. */
function leaveAtOnce(argv: readonly string[]): never {
  const message = 'interrupted in the middle of a step';
  const hint = 'keyturn status shows how it stands; keyturn resume goes on';
  write(2, `error: ${message}\nhint: ${hint}\n`);
  if (argv.includes('--json') && !(process.stdout.bytesWritten > 0)) {
    write(1, `${JSON.stringify({ error: { name: 'Interrupted', message, hint } }, null, 2)}\n`);
  }
  process.exit(exitCodes.interrupted);

  function write(descriptor: number, text: string) {
    try {
      writeSync(descriptor, text);
    } catch {
      // The reader went away.
    }
  }
}

/** On a bare machine there may be neither HOME nor an entry for this user; the libraries ask as well, and must not throw. */
function homeFolder(): string {
  try {
    return homedir();
  } catch {
    process.env.HOME = '/';
    return '/';
  }
}
