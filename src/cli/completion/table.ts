// What can be completed, read off the command table: commands, flags, and what may stand behind them.
import type { Command, Option } from 'commander';
import { consumerKinds } from '../../consumers/registry.ts';
import { actionsOf } from '../command-permissions.ts';

export interface Flag {
  /** With its dashes. */
  long: string;
  short: string | undefined;
  description: string;
  takesValue: boolean;
  /** What its value may be, or begin with where it ends in a colon; empty: anything, such as a file. */
  values: string[];
}

export interface CompletedCommand {
  name: string;
  description: string;
  flags: Flag[];
  /** What may stand behind the command. */
  words: string[];
}

export interface CompletionTable {
  commands: CompletedCommand[];
  /** Flags of keyturn itself. */
  flags: Flag[];
}

/** The table of a program whose commands all have their options. */
export function completionTable(program: Command): CompletionTable {
  const asking = program.commands.map((command) => command.name()).filter(actionsOf);
  const commands = program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    flags: flagsOf(command),
    words: command.registeredArguments.flatMap(
      (argument) => argument.argChoices ?? (argument.name() === 'command' ? asking : []),
    ),
  }));
  return { commands, flags: flagsOf(program) };
}

/** Every flag that a value follows, of whichever command: they mean the same behind all. */
export function valuedFlags({ commands, flags }: CompletionTable): Flag[] {
  const all = [...flags, ...commands.flatMap((command) => command.flags)].filter(({ takesValue }) => takesValue);
  return all.filter(({ long }, index) => all.findIndex((other) => other.long === long) === index);
}

export function spellings({ long, short }: Flag): string[] {
  return short ? [short, long] : [long];
}

function flagsOf(command: Command): Flag[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap((option) =>
      option.long
        ? {
            long: option.long,
            short: option.short,
            description: option.description,
            takesValue: option.required || option.optional,
            values: valuesOf(option),
          }
        : [],
    );
}

const knownValues: Record<string, string[]> = {
  '--to': consumerKinds.map(({ kind }) => `${kind}:`),
  '--in': consumerKinds.filter(({ givesBack }) => givesBack !== 'nothing').map(({ kind }) => `${kind}:`),
  '--probe': ['http:', 'exec:'],
  '--engine': ['local'],
  '--vault': ['file', 'secretsmanager'],
  '--free-slot': ['never', 'inactive'],
};

function valuesOf({ argChoices, long = '' }: Option): string[] {
  return argChoices ?? knownValues[long] ?? [];
}
