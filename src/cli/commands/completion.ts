// keyturn completion: prints a shell's completion script, made from the command table itself. The script runs nothing of
// keyturn's: completing is as fast as the shell.
import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completionTable } from '../completion/table.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function completion(program: Command, io: Io, shell = ''): Promise<number> {
  const script = scripts[shell as keyof typeof scripts];
  io.stdout.write(script(completionTable(program)));
  return exitCodes.done;
}
