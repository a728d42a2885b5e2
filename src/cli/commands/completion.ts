// keyturn completion: prints a shell's completion script, made from the command table itself. The script runs nothing of
// keyturn's: completing is as fast as the shell.
import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completionTable } from '../completion/table.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Flags } from '../options.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function completion(_: Flags, io: Io, shell = '', whole: () => Command): Promise<number> {
  const script = scripts[shell as keyof typeof scripts];
  io.stdout.write(script(completionTable(whole())));
  return exitCodes.done;
}
