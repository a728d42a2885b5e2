// Text files as lines and edits. Text is latin1, one character a byte, so that bytes of any encoding survive.

export interface TextLine {
  number: number;
  /** Where the line begins in the whole text. */
  start: number;
  text: string;
  /** What ends it: `\n`, `\r\n`, or nothing. */
  end: string;
}

export interface Edit {
  at: number;
  remove: number;
  insert: string;
}

/** The bytes EF BB BF. */
export const byteOrderMark = '\u00ef\u00bb\u00bf';

/** A byte order mark is no part of a line. */
export function splitLines(text: string): TextLine[] {
  const mark = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  const lines: TextLine[] = [];
  for (const match of text.slice(mark).matchAll(/([^\n]*?)(\r?\n|$)/g)) {
    if (match[0] === '') break;
    lines.push({
      number: lines.length + 1,
      start: mark + match.index,
      text: match[1] as string,
      end: match[2] as string,
    });
  }
  return lines;
}

/** What ends the lines of a text: what ends the first that is ended. */
export function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Without white space at the ends. ASCII's only: in latin1 a byte of a longer character can look like a space. */
export function trimmed(text: string): string {
  return text.replace(/^[ \t\v\f\r]+|[ \t\v\f\r]+$/g, '');
}

/** The text with all the edits made; their places are those of the text as it was. */
export function edited(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((a, b) => b.at - a.at)
    .reduce((before, { at, remove, insert }) => before.slice(0, at) + insert + before.slice(at + remove), text);
}

export function latin1(text: string): string {
  return Buffer.from(text).toString('latin1');
}

export function utf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
