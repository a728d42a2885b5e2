// Completion for zsh: as a file _keyturn in a folder of fpath, or evaluated after compinit.
import { type CompletionTable, type Flag, spellings, valuedFlags } from './table.ts';

export function zshCompletion(table: CompletionTable): string {
  const valued = valuedFlags(table);
  const withValues = valued.filter(({ values }) => values.length > 0);
  const free = valued.filter(({ values }) => values.length === 0);

  return `#compdef keyturn
# keyturn's completion for zsh; in ~/.zshrc, after compinit: eval "$(keyturn completion zsh)"
_keyturn() {
  local command='' i
  local -a found
  case $words[CURRENT-1] in
${withValues.map(casesOf).join('\n')}
    ${free.flatMap(spellings).join('|')}) _files; return ;;
  esac
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      ${valued.flatMap(spellings).join('|')}) ((i++)) ;;
      ${table.commands.map(({ name }) => name).join('|')}) command=$words[i]; break ;;
    esac
  done
  case $command in
    '') if [[ $PREFIX == -* ]]; then found=(${described(table.flags)})
      else found=(${table.commands.map(({ name, description }) => entry(name, description)).join(' ')}); fi ;;
${table.commands
  .map(
    ({ name, flags, words }) => `    ${name}) if [[ $PREFIX == -* ]]; then found=(${described(flags)})
      else found=(${words.join(' ')}); fi ;;`,
  )
  .join('\n')}
  esac
  if (( $#found )); then _describe 'keyturn' found; else _default; fi
}
if [[ $funcstack[1] == _keyturn ]]; then _keyturn "$@"; else compdef _keyturn keyturn; fi
`;
}

/** What ends in a colon goes on: no blank is put behind it. */
function casesOf(flag: Flag): string {
  const isBeginning = flag.values.some((value) => value.endsWith(':'));
  return `    ${spellings(flag).join('|')}) compadd ${isBeginning ? "-S '' " : ''}-- ${flag.values.join(' ')}; return ;;`;
}

function described(flags: Flag[]): string {
  return flags.flatMap((flag) => spellings(flag).map((word) => entry(word, flag.description))).join(' ');
}

function entry(word: string, description: string): string {
  return `'${word}:${description.replaceAll("'", "'\\''")}'`;
}
