// A policy file that was read and found good. Plain data: whoever needs one reading only needs no parser.
import { keyPath } from './key-path.ts';
import type { PolicyContent } from './schema.ts';

export interface Policy {
  /** The file as messages name it. */
  file: string;
  content: PolicyContent;
  /** The line of each key and list item, by its path (`rules[1].quietFor`). */
  lines: Readonly<Record<string, number>>;
}

/** The line of what stands at the path, or of what it stands in. */
export function lineOf({ lines }: Pick<Policy, 'lines'>, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines[keyPath(path.slice(0, length))];
    if (line !== undefined) return line;
  }
  return 1;
}
