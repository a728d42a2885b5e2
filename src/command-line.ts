// A command line without a shell: words, quotes and backslashes, and nothing else. What only a shell would understand is
// refused, so that nobody believes that a pipe was run.
import { UsageError } from './errors.ts';

const shellOperators = new Set(['|', '||', '&', '&&', ';', '<', '>', '>>', '2>', '2>&1']);

/**
 * The words of a command line: separated by blanks, kept together by 'single' or "double" quotes, a backslash takes the
 * next character as it is (between double quotes only `"` and `\`; between single quotes none). Throws UsageError.
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let plain = true;
  let quote: string | null = null;

  const finish = () => {
    if (!begun) return;
    if (plain && shellOperators.has(word)) {
      throw new UsageError(`there is no shell to understand "${word}"`, {
        hint: "ask for a shell by name, like exec:sh -c 'first | second', or quote it",
      });
    }
    words.push(word);
    word = '';
    begun = false;
    plain = true;
  };

  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === quote) {
      quote = null;
    } else if (quote === "'" || (quote && !(char === '\\' && (next === '"' || next === '\\')))) {
      word += char;
    } else if (!quote && /\s/.test(char)) {
      finish();
    } else {
      begun = true;
      if (char === '\\') {
        if (next === '') throw new UsageError('the command ends in a backslash');
        word += next;
        plain = false;
        at++;
      } else if (char === "'" || char === '"') {
        quote = char;
        plain = false;
      } else {
        word += char;
      }
    }
  }
  if (quote) throw new UsageError(`the command has a quote ${quote} that is not closed`);
  finish();
  return words;
}

/** A command line that `splitCommand` takes apart into exactly these words. */
export function joinCommand(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}
