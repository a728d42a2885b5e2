// Completion for fish: one line for each thing that can be completed.
import type { CompletionTable, Flag } from './table.ts';

export function fishCompletion({ commands, flags }: CompletionTable): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    ...flags.map((flag) => lineOf(flag, '__keyturn_in none')),
    ...commands.flatMap(({ name, description, flags: own, words }) => [
      `complete -c keyturn -n '__keyturn_in none' -a ${name} -d ${quoted(description)}`,
      ...(words.length > 0 ? [`complete -c keyturn -n '__keyturn_in ${name}' -a ${quoted(words.join(' '))}`] : []),
      ...own.map((flag) => lineOf(flag, `__keyturn_in ${name}`)),
    ]),
  ];
  return `# keyturn's completion for fish; keyturn completion fish >~/.config/fish/completions/keyturn.fish
set -g __keyturn_commands ${names}
function __keyturn_in
    for word in (commandline -opc)[2..]
        if contains -- $word $__keyturn_commands
            test $word = $argv[1]
            return
        end
    end
    test none = $argv[1]
end
complete -c keyturn -f
${lines.join('\n')}
`;
}

function lineOf({ long, short, description, takesValue, values }: Flag, condition: string): string {
  const names = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
  const value = values.length > 0 ? ` -x -a ${quoted(values.join(' '))}` : takesValue ? ' -r -F' : '';
  return `complete -c keyturn -n '${condition}' ${names}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
