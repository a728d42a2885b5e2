// The members of a JSON object in its text, so that one value can change and every other byte stay: numbers that JavaScript
// rounds, the order of the members, the spaces between them.

export interface Member {
  name: string;
  value: unknown;
  /** Where the value's text begins and ends. */
  start: number;
  end: number;
}

/** In their order; null where the text is no JSON object. */
export function membersOf(text: string): Member[] | null {
  if (!isObject(text)) return null;
  const members: Member[] = [];
  let at = afterSpace(text, afterSpace(text, 0) + 1);
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at);
    const start = afterSpace(text, afterSpace(text, nameEnd) + 1);
    const end = endOfValue(text, start);
    const [name, value] = [text.slice(at, nameEnd), text.slice(start, end)].map((part) => JSON.parse(part));
    members.push({ name, value, start, end });
    at = afterSpace(text, afterSpace(text, end) + 1);
  }
  return members;
}

/** The text with this string as the member's value; a member that is missing is added at the end, spaced like the first. */
export function withMember(text: string, name: string, value: string): string {
  const members = membersOf(text) ?? [];
  const known = members.find((member) => member.name === name);
  const written = JSON.stringify(value);
  if (known) return text.slice(0, known.start) + written + text.slice(known.end);
  const open = text.indexOf('{') + 1;
  const [first] = members;
  if (!first) return `${text.slice(0, open)}${JSON.stringify(name)}:${written}${text.slice(open)}`;
  const last = members.at(-1) ?? first;
  const gap = text.slice(open, afterSpace(text, open));
  const between = text.slice(endOfString(text, open + gap.length), first.start);
  return `${text.slice(0, last.end)},${gap}${JSON.stringify(name)}${between}${written}${text.slice(last.end)}`;
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (/[ \t\r\n]/.test(text[at] ?? '')) at += 1;
  return at;
}

/** `from` is at the opening quote. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    const sign = text[at] ?? '';
    if (sign === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (/[[{]/.test(sign)) depth += 1;
    if (/[\]}]/.test(sign)) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    if (depth <= 0 && /[\s,\]}]|^$/.test(sign)) return at;
    at += 1;
  }
}
