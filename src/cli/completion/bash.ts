// Completion for bash, also the old one of macOS. Bash takes = and : for ends of words, so a flag may stand two words back.
import { type CompletionTable, type Flag, spellings, valuedFlags } from './table.ts';

export function bashCompletion(table: CompletionTable): string {
  const valued = valuedFlags(table);
  const withValues = valued.filter(({ values }) => values.length > 0);
  const free = valued.filter(({ values }) => values.length === 0);
  const wordsOf = (flags: Flag[]) => flags.flatMap(spellings).join(' ');

  return `# keyturn's completion for bash; in ~/.bashrc: eval "$(keyturn completion bash)"
_keyturn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' i
  COMPREPLY=()
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  elif [[ $cur == ':' || $prev == ':' ]]; then return
  fi
  case $prev in
${withValues.map((flag) => `    ${spellings(flag).join('|')}) words='${flag.values.join(' ')}' ;;`).join('\n')}
    ${free.flatMap(spellings).join('|')}) return ;;
  esac
  if [[ -z $words ]]; then
    for ((i = 1; i < COMP_CWORD; i++)); do
      case \${COMP_WORDS[i]} in
        ${valued.flatMap(spellings).join('|')}) [[ \${COMP_WORDS[i+1]} == '=' ]] && ((i++)); ((i++)) ;;
        ${table.commands.map(({ name }) => name).join('|')}) command=\${COMP_WORDS[i]}; break ;;
      esac
    done
    case $command in
      '') words='${table.commands.map(({ name }) => name).join(' ')}'
        [[ $cur == -* ]] && words='${wordsOf(table.flags)}' ;;
${table.commands
  .map(
    ({ name, flags, words }) => `      ${name}) words='${words.join(' ')}'
        [[ $cur == -* ]] && words='${wordsOf(flags)}' ;;`,
  )
  .join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ \${COMPREPLY[0]} == *: ]]; then compopt -o nospace 2>/dev/null || true; fi
}
complete -o default -F _keyturn keyturn
`;
}
