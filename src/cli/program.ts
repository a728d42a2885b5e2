// The command line as commander reads it, made from the table of commands.
import { Command } from 'commander';
import { version } from '../version.ts';
import { type CommandRow, commandTable, loadWizard } from './command-table.ts';
import type { HelpOutput } from './help-output.ts';
import type { Io } from './io.ts';
import { withGlobals } from './option-groups.ts';
import type { Flags } from './options.ts';

/** A command line that was understood. */
export interface Chosen {
  /** Empty where no command was named. */
  name: string;
  flags: Flags;
  argument: string | undefined;
  load: CommandRow['load'];
  whole(): Command;
}

/** Parsing it ends in `act`, or in a CommanderError. */
export function createProgram(io: Io, help: HelpOutput, act: (chosen: Chosen) => Promise<void>): Command {
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
    .addHelpText('after', '\nWithout a command, on a terminal, keyturn leads through a rotation.')
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` });

  // A command gets its options when it is chosen: those of all commands are a fifth of the time that --help takes.
  const complete = new Map<Command, () => void>();
  program.hook('preSubcommand', (_, chosen) => complete.get(chosen)?.());
  const whole = () => {
    for (const [command, add] of complete) if (command.options.length === 0) add();
    return program;
  };

  for (const { name, argument, about, load, options } of commandTable) {
    const command = program
      .command(argument ? `${name} ${argument}` : name)
      .description(about)
      .copyInheritedSettings(program)
      .allowExcessArguments(false)
      .action(() => act({ name, flags: flagsOf(command), argument: command.args[0], load, whole }));
    complete.set(command, () => {
      withGlobals(command);
      options?.(command);
    });
  }

  return withGlobals(program)
    .allowExcessArguments()
    .action(() => {
      const [unknown] = program.args;
      if (unknown !== undefined) program.error(`unknown command '${unknown}'`);
      return act({ name: '', flags: flagsOf(program), argument: undefined, load: loadWizard, whole });
    });
}

/** Only what was given: what else holds is said where it is used, after the policy file. Global flags may stand anywhere. */
function flagsOf(command: Command): Flags {
  const given = (one: Command | null) =>
    Object.entries(one?.opts() ?? {}).filter(([name]) => one?.getOptionValueSource(name) !== 'default');
  return Object.fromEntries([...given(command.parent), ...given(command)]) as Flags;
}
