// The table of contents of the command line, and the only place where the process ends. It loads commander alone; each
// command's code, with the SDK, prompts and machine behind it, is imported when that command runs.
import { writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { Command, CommanderError, Option } from 'commander';
import type { Clock } from '../clock.ts';
import { version } from '../version.ts';
import { exitCodes } from './exit-codes.ts';
import type { Io } from './io.ts';
import type { CommandName } from './not-there-yet.ts';
import type { Flags } from './options.ts';

type Run = (flags: Flags, io: Io, id: string | undefined) => Promise<number>;

/** Runs one command line and returns its exit code. Never ends the process. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCodes.done;
  const program = commandTable(io, (load) => async (id: string | undefined, _: unknown, command: Command) => {
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

function commandTable(io: Io, bind: Bind): Command {
  const program = new Command('keyturn')
    .description(
      'Rotates AWS IAM access keys without breaking anything: create, deliver, watch, deactivate, wait, delete.',
    )
    .version(version, '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .helpCommand(false)
    .addHelpText('after', '\nWithout a command, on a terminal, keyturn leads through a rotation.');
  const add = (name: string, description: string, load: () => Promise<Run>) => {
    const command = program
      .command(name)
      .description(description)
      .copyInheritedSettings(program)
      .allowExcessArguments(false);
    withGlobals(command).action(
      /\[/.test(name) ? bind(load) : (options: unknown, self: Command) => bind(load)(undefined, options, self),
    );
    return command;
  };

  withGlobals(program).action((options: unknown, self: Command) => {
    const [unknown] = self.args;
    if (unknown !== undefined) self.error(`unknown command '${unknown}'`);
    return bind(async () => (await import('./commands/wizard.ts')).wizard)(undefined, options, self);
  });
  program.allowExcessArguments();

  times(
    add('rotate', "replace one user's access key", async () => (await import('./commands/rotate.ts')).rotate)
      .option('--user <name>', "whose key (default: the caller's own user)")
      .option('--key <id>', 'the key to replace (default: the only active one)')
      .option('--to <spec>', 'where the new key goes, KIND:PLACE (repeatable)', collect)
      .option('--vault <kind>', 'where the new secret rests until delivered: file', 'file')
      .option('--free-slot <which>', 'never, inactive, or the id of an inactive key that may be removed', 'never')
      .option('--allow-smtp', 'the key sends mail through SES, and its SMTP password is taken care of')
      .option('--min-age <duration>', 'leave a key younger than this alone', '0d')
      .option('--dry-run', 'show the plan, change nothing'),
  );
  add(
    'status [id]',
    'open rotations, what is true in AWS now, and what comes next',
    async () => (await import('./commands/status.ts')).status,
  )
    .option('--all', 'ended ones too')
    .option('--user <name>', 'those of one user')
    .addOption(engineOption())
    .addOption(stateMachineOption());
  add(
    'resume [id]',
    'go on where a rotation stopped, to the next wait or the end',
    async () => (await import('./commands/resume.ts')).resume,
  )
    .option('--all', 'every rotation that is due (for cron)')
    .option('--wait', 'stay until the end')
    .option('--watch-limit <duration>', 'watch longer than was planned')
    .addOption(engineOption())
    .addOption(stateMachineOption());
  add('proceed [id]', 'end the present wait now and go on', async () => (await import('./commands/proceed.ts')).proceed)
    .option('--delete-now', 'end the grace, which deletes the old key')
    .option('--wait', 'stay until the end')
    .addOption(engineOption())
    .addOption(stateMachineOption());
  add(
    'rollback [id]',
    'reactivate the old key, then give every place the old pair back',
    async () => (await import('./commands/rollback.ts')).rollback,
  )
    .option('--only-reactivate', 'just make the old key active again; the rotation goes back to watching')
    .option('--user <name>', 'with --only-reactivate and --key: needs no record')
    .option('--key <id>', 'with --only-reactivate and --user: the key to make active')
    .addOption(engineOption())
    .addOption(stateMachineOption());
  add(
    'release [id]',
    "clear a dead rotation's claim on its user",
    async () => (await import('./commands/release.ts')).release,
  )
    .option('--user <name>', 'whose claim')
    .addOption(engineOption())
    .addOption(stateMachineOption());
  times(
    add(
      'retire',
      'watch, deactivate, wait, delete: for a key that something else replaced',
      async () => (await import('./commands/retire.ts')).retire,
    )
      .option('--user <name>', 'whose key')
      .option('--key <id>', 'the old key, to be retired')
      .option('--new-key <id>', 'the active key that replaced it'),
  );
  add(
    'policy [command]',
    'the least IAM policy that a command needs (default: all of them)',
    async () => (await import('./commands/policy.ts')).policy,
  )
    .option('--user <name>', 'only for this user: a name, a path and name, or an ARN')
    .option('--to <spec>', 'and what this place needs, KIND:PLACE (repeatable)', collect)
    .option('--only-reactivate', 'of rollback: only what brings a key back');
  add('demo', 'the whole procedure in an embedded AWS', async () => (await import('./commands/demo.ts')).demo);
  return program;
}

/** Only what was given: what else holds is said where it is used, after the policy file. Global flags may stand anywhere. */
function flagsOf(command: Command): Flags {
  const given = (one: Command | null) =>
    Object.entries(one?.opts() ?? {}).filter(([name]) => one?.getOptionValueSource(name) !== 'default');
  return Object.fromEntries([...given(command.parent), ...given(command)]) as Flags;
}

function withGlobals(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile')
    .option('--region <region>', 'AWS region')
    .option('--endpoint-url <url>', 'send AWS calls elsewhere')
    .option('--config <file>', 'policy file (default: keyturn.yaml here, if there)')
    .option('--state-dir <dir>', 'where rotations are remembered (default: KEYTURN_STATE_DIR)')
    .option('--json', 'one JSON document on stdout')
    .option('-y, --yes', 'agree beforehand')
    .option('--no-color', 'no colours (also NO_COLOR)')
    .option('--verbose', 'say more on stderr')
    .option('--quiet', 'say only warnings and errors on stderr');
}

function times(command: Command): Command {
  return command
    .option('--quiet-for <duration>', 'how long the old key must be unused before it is deactivated', '48h')
    .option('--grace <duration>', 'how long it stays inactive before it is deleted', '7d')
    .option('--watch-limit <duration>', 'how long to watch a key that stays in use', '30d')
    .option(
      '--probe <spec>',
      'what must work while the old key is inactive: http:URL or exec:COMMAND (repeatable)',
      collect,
    )
    .option('--probe-every <duration>', 'how often to look', '1h')
    .option('--wait', 'stay until the end; else return at the first wait')
    .addOption(engineOption())
    .addOption(stateMachineOption());
}

const engineOption = () => new Option('--engine <engine>', 'who waits: local').default('local');
const stateMachineOption = () => new Option('--state-machine <arn>').hideHelp();

function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
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
  const { systemClock } = (await import('../clock.ts')) as { systemClock: Clock };
  const argv = process.argv.slice(2);
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) leaveAtOnce(argv);
    interrupt.abort(Object.assign(new Error('interrupted'), { name: 'AbortError' }));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // A reader that went away (`keyturn status | head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const code = await main(argv, {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    home: homeFolder(),
    clock: systemClock,
    terminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    interrupted: interrupt.signal,
  });
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
