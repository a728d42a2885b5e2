// Commands that are shown to be copied say again what this command was told by flags: without it they would ask another
// account, or find no rotation.
import { resolve } from 'node:path';
import { joinCommand } from '../command-line.ts';
import type { Flags } from './options.ts';

const commands = /\bkeyturn (?=(?:rotate|status|resume|proceed|rollback|release|retire|handoff)\b)/g;

/** The text, each of its keyturn commands with the global flags that matter on another day. */
export function toCopy(text: string, { profile, region, stateDir }: Flags): string {
  const given = { '--profile': profile, '--region': region, '--state-dir': stateDir && resolve(stateDir) };
  const words = Object.entries(given).flatMap(([flag, value]) => (value ? [flag, value] : []));
  return words.length === 0 ? text : text.replace(commands, () => `keyturn ${joinCommand(words)} `);
}
