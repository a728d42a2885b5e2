// The table of contents of the command line, and the only place where the process ends. It loads commander alone; each
// command's code, with the SDK, prompts and machine behind it, is imported when that command runs.
import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { Command, CommanderError, Option } from 'commander';
import { systemClock } from '../clock.ts';
import { version } from '../version.ts';
import { toleratingClosedPipes } from './closed-pipes.ts';
import { exitCodes } from './exit-codes.ts';
import { type HelpOutput, standardOutput, streamOutput } from './help-output.ts';
import type { Io } from './io.ts';
import type { CommandName } from './not-there-yet.ts';
import { collect, withEngine, withGlobals, withTimes } from './option-groups.ts';
import type { Flags } from './options.ts';

type Run = (flags: Flags, io: Io, id: string | undefined) => Promise<number>;

/** Runs one command line and returns its exit code. Never ends the process. */
export async function main(
  argv: readonly string[],
  io: Io,
  help: HelpOutput = streamOutput(() => io.stdout),
): Promise<number> {
  let code: number = exitCodes.done;
  const program = commandTable(io, help, (load) => async (id: string | undefined, _: unknown, command: Command) => {
    const { attempt } = await import('./attempt.ts');
    const name = command === program ? '' : (command.name() as CommandName);
    code = await attempt(name, flagsOf(command), io, async (flags) => {
      if (name === '' && !io.terminal) io.stderr.write(`${program.helpInformation()}\n`);
      const run = await load();
      return run(flags, io, id);
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

type Bind = (load: () => Promise<Run>) => (id: string | undefined, options: unknown, command: Command) => Promise<void>;

function commandTable(io: Io, help: HelpOutput, bind: Bind): Command {
  const program = new Command('keyturn')
    .description(
      'Rotates AWS IAM access keys without breaking anything: create, deliver, watch, deactivate, wait, delete.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: help.write,
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: help.columns as () => number,
      getOutHasColors: () => false,
    })
    .showSuggestionAfterError()
    .helpCommand(false)
    .addHelpText('after', '\nWithout a command, on a terminal, keyturn leads through a rotation.');
  // A command gets its options when it is chosen: those of all commands are a fifth of the time that --help takes.
  const options = new Map<Command, (command: Command) => Command>();
  const add = (name: string, description: string, load: () => Promise<Run>, own: (command: Command) => Command) => {
    const command = program
      .command(name)
      .description(description)
      .copyInheritedSettings(program)
      .allowExcessArguments(false);
    options.set(command, (chosen) => own(withGlobals(chosen)));
    command.action(
      /[[<]/.test(name) ? bind(load) : (options: unknown, self: Command) => bind(load)(undefined, options, self),
    );
  };
  program
    .hook('preSubcommand', (_, chosen) => void options.get(chosen)?.(chosen))
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` });

  withGlobals(program).action((options: unknown, self: Command) => {
    const [unknown] = self.args;
    if (unknown !== undefined) self.error(`unknown command '${unknown}'`);
    return bind(async () => (await import('./commands/wizard.ts')).wizard)(undefined, options, self);
  });
  program.allowExcessArguments();

  add(
    'rotate',
    "replace one user's access key",
    async () => (await import('./commands/rotate.ts')).rotate,
    (command) =>
      withTimes(
        command
          .option('--user <name>', "whose key (default: the caller's own user)")
          .option('--key <id>', 'the key to replace (default: the only active one)')
          .option('--to <spec>', 'where the new key goes, KIND:PLACE (repeatable)', collect)
          .option('--vault <kind>', 'where the new secret rests until delivered: file or secretsmanager', 'file')
          .option('--free-slot <which>', 'never, inactive, or the id of an inactive key that may be removed', 'never')
          .option('--allow-smtp', 'the key sends mail through SES, and its SMTP password is taken care of')
          .option('--min-age <duration>', 'leave a key younger than this alone', '0d')
          .option('--dry-run', 'show the plan, change nothing'),
      ),
  );
  add(
    'status [id]',
    'open rotations, what is true in AWS now, and what comes next',
    async () => (await import('./commands/status.ts')).status,
    (command) => withEngine(command.option('--all', 'ended ones too').option('--user <name>', 'those of one user')),
  );
  add(
    'resume [id]',
    'go on where a rotation stopped, to the next wait or the end',
    async () => (await import('./commands/resume.ts')).resume,
    (command) =>
      withEngine(
        command
          .option('--all', 'every rotation that is due (for cron)')
          .option('--wait', 'stay until the end')
          .option('--watch-limit <duration>', 'watch longer than was planned'),
      ),
  );
  add(
    'proceed [id]',
    'end the present wait now and go on',
    async () => (await import('./commands/proceed.ts')).proceed,
    (command) =>
      withEngine(
        command
          .option('--delete-now', 'end the grace, which deletes the old key')
          .option('--wait', 'stay until the end'),
      ),
  );
  add(
    'rollback [id]',
    'reactivate the old key, then give every place the old pair back',
    async () => (await import('./commands/rollback.ts')).rollback,
    (command) =>
      withEngine(
        command
          .option('--only-reactivate', 'just make the old key active again; the rotation goes back to watching')
          .option('--user <name>', 'with --only-reactivate and --key: needs no record')
          .option('--key <id>', 'with --only-reactivate and --user: the key to make active'),
      ),
  );
  add(
    'release [id]',
    "clear a dead rotation's claim on its user",
    async () => (await import('./commands/release.ts')).release,
    (command) => withEngine(command.option('--user <name>', 'whose claim')),
  );
  add(
    'retire',
    'watch, deactivate, wait, delete: for a key that something else replaced',
    async () => (await import('./commands/retire.ts')).retire,
    (command) =>
      withTimes(
        command
          .option('--user <name>', 'whose key')
          .option('--key <id>', 'the old key, to be retired')
          .option('--new-key <id>', 'the active key that replaced it'),
      ),
  );
  add(
    'policy [command]',
    'the least IAM policy that a command needs (default: all of them)',
    async () => (await import('./commands/policy.ts')).policy,
    (command) =>
      command
        .option('--user <name>', 'only for this user: a name, a path and name, or an ARN')
        .option('--to <spec>', 'and what this place needs, KIND:PLACE (repeatable)', collect)
        .option('--vault <kind>', 'and what this vault needs: file or secretsmanager', 'file')
        .option('--only-reactivate', 'of rollback: only what brings a key back'),
  );
  add(
    'demo',
    'the whole procedure in an embedded AWS',
    async () => (await import('./commands/demo.ts')).demo,
    (command) => command,
  );
  add(
    'find <key>',
    'which known places hold an access key',
    async () => (await import('./commands/find.ts')).find,
    (command) => command.option('--in <spec>', 'look there only, KIND:PLACE (repeatable)', collect),
  );
  add(
    'sandbox',
    'an embedded AWS on 127.0.0.1, until Ctrl-C; prints what to export',
    async () => (await import('./commands/sandbox.ts')).sandbox,
    (command) =>
      command
        .option('--port <number>', 'its port (default: any that is free)')
        .addOption(new Option('--seed <name>', 'who is in it').choices(['small', 'fleet']).default('small')),
  );
  add(
    'completion <shell>',
    'a script that completes commands and flags: bash, zsh or fish',
    async () => {
      for (const [command, own] of options) if (command.options.length === 0) own(command);
      const { completion } = await import('./commands/completion.ts');
      return (_, io, shell) => completion(program, io, shell);
    },
    (command) => {
      command.registeredArguments[0]?.choices(['bash', 'zsh', 'fish']);
      return command;
    },
  );
  return program;
}

/** Only what was given: what else holds is said where it is used, after the policy file. Global flags may stand anywhere. */
function flagsOf(command: Command): Flags {
  const given = (one: Command | null) =>
    Object.entries(one?.opts() ?? {}).filter(([name]) => one?.getOptionValueSource(name) !== 'default');
  return Object.fromEntries([...given(command.parent), ...given(command)]) as Flags;
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
