// Two variables of an env file: which key pair they hold, and the same text with another pair in them, changed in those two
// values and nowhere else. What its readers would not all read alike is refused, by the line's number.
import { KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import { envReaders } from './env-readers.ts';
import type { PairFacts } from './pair-in-file.ts';
import { type Edit, edited, newlineOf, splitLines, type TextLine, utf8 } from './text-lines.ts';

export interface VariableNames {
  id: string;
  secret: string;
}

interface Variable {
  line: TextLine;
  value: string;
  /** Where the value begins in the whole text. */
  at: number;
}

export const defaultNames: VariableNames = { id: 'AWS_ACCESS_KEY_ID', secret: 'AWS_SECRET_ACCESS_KEY' };

/** Throws ConsumerError where the variables cannot be understood without doubt. `file` is how errors name the file. */
export function lookAtVariables(text: string, names: VariableNames, file: string): PairFacts {
  const { id, secret } = findPair(text, names, file);
  refuseToken(text, names, file);

  const holds = id?.value || null;
  const secretValue = secret?.value || null;
  const pair = holds === null || secretValue === null ? null : new KeyPair(holds, secretValue);
  if (pair === null && (holds ?? secretValue) !== null) {
    throw new ConsumerError(`${file} has no ${holds === null ? names.id : names.secret}`, {
      hint: 'put both values there, or none',
    });
  }
  return { holds, pair, notes: [] };
}

/** The text with the pair in those variables; where there are no such lines, they are added at its end. */
export function withVariables(text: string, names: VariableNames, pair: KeyPair, file: string): string {
  const { id, secret } = findPair(text, names, file);
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const [variable, name, value] of [
    [id, names.id, pair.accessKeyId],
    [secret, names.secret, pair.reveal()],
  ] as const) {
    if (variable) edits.push({ at: variable.at, remove: variable.value.length, insert: value });
    else added.push(`${name}=${value}`);
  }
  if (added.length > 0) edits.push(addition(text, added));

  const changed = edited(text, edits);
  if (readsBack(changed, names, pair)) return changed;
  throw new ConsumerError(`the new key pair cannot be written to ${file}: it would read back as another`, {
    hint: added.length > 0 ? 'its last lines swallow what is added to them: correct those' : 'it is as it was',
  });
}

function readsBack(text: string, names: VariableNames, pair: KeyPair): boolean {
  try {
    return lookAtVariables(text, names, '').pair?.sameAs(pair) === true;
  } catch (error) {
    if (error instanceof ConsumerError) return false;
    throw error;
  }
}

/** The names under which any reader finds the key, with the names that their secrets have by custom, where those are there. */
export function namesHolding(text: string, keyId: string): VariableNames[] {
  const pairs = envReaders.flatMap(({ read }) => {
    const variables = read(utf8(text));
    return [...variables]
      .filter(([, value]) => value === keyId)
      .map(([id]) => ({ id, secret: secretNameOf(id, (name) => variables.has(name)) }))
      .filter((one): one is VariableNames => one.secret !== undefined);
  });
  return pairs
    .filter((one, index) => pairs.findIndex(({ id }) => id === one.id) === index)
    .sort((a, b) => text.indexOf(a.id) - text.indexOf(b.id));
}

/** The numbers of the lines that name the key, but for comments and the variable itself. */
export function otherLinesNaming(text: string, keyId: string, names: VariableNames): number[] {
  return splitLines(text)
    .filter((line) => line.text.includes(keyId) && !/^\s*#/.test(line.text) && !assigns(names.id).test(line.text))
    .map(({ number }) => number);
}

function findPair(text: string, names: VariableNames, file: string) {
  return { id: findVariable(text, names.id, file), secret: findVariable(text, names.secret, file) };
}

/** The one line that sets the variable, for every reader; undefined where there is none for any. */
function findVariable(text: string, name: string, file: string): Variable | undefined {
  const [line, another] = splitLines(text).filter((one) => assigns(name).test(one.text));
  if (line && another) {
    throw new ConsumerError(`${name} is twice in ${file}: lines ${line.number} and ${another.number}`, {
      hint: 'which of them counts differs between readers: remove one',
    });
  }
  const variable = line && readVariable(line, name, file);
  for (const reader of envReaders) {
    const read = reader.read(utf8(text)).get(name);
    if (read === variable?.value) continue;
    if (line) throw malformed(line, file, `${reader.name} reads another value there than stands in it`);
    throw new ConsumerError(`${reader.name} finds ${name} in ${file}, but no line there begins with it`, {
      hint: 'put it on a line of its own',
    });
  }
  return variable;
}

/** A colon instead of the equals sign is taken by some readers. */
function assigns(name: string): RegExp {
  return new RegExp(`^[ \\t]*(?:export[ \\t]+)?${name.replaceAll('.', '\\.')}[ \\t]*(?:=|:(?:[ \\t]|$))`);
}

function readVariable(line: TextLine, name: string, file: string): Variable {
  const before = assigns(name).exec(line.text)?.[0] ?? '';
  const rest = line.text.slice(before.length);
  const [, gap = '', quote = '', quoted = '', plain = '', behind = ''] =
    /([ \t]*)(?:(['"`])(.*?)\2|([^ \t\r#'"`][^ \t\r#]*)?)(.*)/s.exec(rest) ?? [];
  const value = quote ? quoted : plain;

  if (/^['"`]/.test(behind) || (quote === '' && /['"`]/.test(value))) {
    throw malformed(line, file, 'a quote in it is not closed, or not opened at the beginning');
  }
  if (value.includes('$'))
    throw malformed(line, file, 'its value refers to another variable', 'put the value itself there');
  if (value.includes('\\')) throw malformed(line, file, 'its readers take the backslash differently');
  const isEmpty = value === '' && quote === '';
  if (!/^[ \t]*$|^[ \t]+#/.test(isEmpty ? gap + behind : behind)) {
    throw malformed(line, file, 'behind the value there may be a blank and a comment, and nothing else');
  }
  // A comment keeps the blank before it.
  const at = line.start + before.length + (isEmpty ? 0 : gap.length + quote.length);
  return { line, value, at };
}

/** By custom the token of `X_ACCESS_KEY_ID` is `X_SESSION_TOKEN`. */
function refuseToken(text: string, { id }: VariableNames, file: string): void {
  const name = id.replace(/ACCESS_KEY_ID$/, 'SESSION_TOKEN');
  if (name === id) return;
  const line = splitLines(text).find((one) => {
    const before = assigns(name).exec(one.text)?.[0];
    return before !== undefined && !/^[ \t]*(?:''|""|``)?[ \t]*(?:#.*)?$/.test(one.text.slice(before.length));
  });
  const isRead = envReaders.some(({ read }) => read(utf8(text)).get(name));
  if (!line && !isRead) return;
  throw new ConsumerError(`${file} has a session token${line ? `, in line ${line.number}` : ` (${name})`}`, {
    hint: 'a long-term key does not work with it: remove it, or name another file',
  });
}

const secretSuffixes = [
  ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY'],
  ['ACCESS_KEY', 'SECRET_KEY'],
  ['KEY_ID', 'SECRET_KEY'],
  ['_ID', '_SECRET'],
] as const;

function secretNameOf(id: string, isThere: (name: string) => boolean): string | undefined {
  return secretSuffixes
    .flatMap(([ending, instead]) => [
      [ending, instead],
      [ending.toLowerCase(), instead.toLowerCase()],
    ])
    .filter(([ending = '']) => id.endsWith(ending))
    .map(([ending = '', instead = '']) => id.slice(0, -ending.length) + instead)
    .find(isThere);
}

function malformed({ number }: TextLine, file: string, why: string, hint = 'correct that line'): ConsumerError {
  return new ConsumerError(`line ${number} of ${file} is malformed: ${why}`, { hint });
}

function addition(text: string, added: string[]): Edit {
  const newline = newlineOf(text);
  const lines = added.join(newline);
  const isOpen = text !== '' && !text.endsWith('\n');
  return { at: text.length, remove: 0, insert: isOpen ? newline + lines : lines + newline };
}
