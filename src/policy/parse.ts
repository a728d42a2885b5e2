// A policy file's text, validated as a whole, with the line of every key. Fails closed: whatever cannot be read or is not
// known makes the whole file a UsageError that names file, line and key, so nothing is permitted or exempted by half a file.
import { type Document, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { UsageError } from '../errors.ts';
import { complaintsAbout } from './complaints.ts';
import { keyPath } from './key-path.ts';
import { lineOf, type Policy } from './policy.ts';
import { policySchema } from './schema.ts';

/** Throws UsageError. An empty file is a policy that says nothing. */
export function parsePolicy(text: string, file: string): Policy {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake) {
    const { line } = lineCounter.linePos(mistake.pos[0]);
    throw new UsageError(`${file}:${line}: ${inOurWords(mistake.code, mistake.message)}`, { hint: notRead });
  }

  const lines: Record<string, number> = {};
  const note = (path: readonly (string | number)[], node: unknown) => {
    const start = (node as Node | null)?.range?.[0];
    if (start !== undefined) lines[keyPath(path)] = lineCounter.linePos(start).line;
  };
  walk(document.contents, [], note);

  const written = toPlain(document, file, lineCounter);
  const { data, error } = policySchema.safeParse(written ?? {});
  if (data) return { file, content: data, lines };

  const complaints = complaintsAbout(error, written).map((one) => ({ ...one, line: lineOf({ lines }, one.path) }));
  const [first, ...more] = complaints.sort((a, b) => Number(a.missing) - Number(b.missing) || a.line - b.line);
  if (!first) throw error;
  const where = first.path.length > 0 ? `${keyPath(first.path)}: ` : '';
  const others = more.length > 0 ? `; also wrong: line ${[...new Set(more.map((one) => one.line))].join(', ')}` : '';
  throw new UsageError(`${file}:${first.line}: ${where}${first.message}`, { hint: `${first.hint}${others}` });
}

const notRead = 'nothing of the file is taken, and nothing was done; mend it';

function walk(
  node: unknown,
  path: (string | number)[],
  note: (path: (string | number)[], node: unknown) => void,
): void {
  if (isMap(node)) {
    for (const item of node.items) {
      if (!isPair(item) || !isScalar(item.key)) continue;
      const here = [...path, String(item.key.value)];
      note(here, item.key);
      walk(item.value, here, note);
    }
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      note([...path, index], item);
      walk(item, [...path, index], note);
    }
  }
}

function toPlain(document: Document.Parsed, file: string, lines: LineCounter): unknown {
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      const { line } = lines.linePos(alias.range?.[0] ?? 0);
      throw new UsageError(`${file}:${line}: the alias *${alias.source} stands for nothing`, { hint: notRead });
    },
  });
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw new UsageError(`${file}:1: the aliases in it stand for too much`, { hint: notRead });
  }
}

/** The parser's messages may quote what stands there, which may be a URL with a password. */
function inOurWords(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'the same key twice';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags like !env are not known here';
  if (code === 'TAB_AS_INDENT') return 'a tab stands where blanks must';
  const words = /^[A-Z][A-Za-z ,]{10,80}/.exec(message)?.[0].trim();
  return `this is not YAML${words ? `: ${words.charAt(0).toLowerCase()}${words.slice(1)}` : ''}`;
}
