// Text that comes from AWS or from files is shown without characters that a terminal or a reader's eye would obey (S36).

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The text on one screen, tabs and line ends kept: everything else that steers is replaced by `\u{…}`. */
export function shown(text: string): string {
  return text.replace(obeyed, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
