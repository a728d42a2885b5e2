// Finds a secret in a text, whole or any twelve consecutive characters of it: as it is, reversed, in hex and in base64, and
// wherever JSON, a URL or HTML has escaped some of its characters.

const enough = 12;
/** Fewer different characters in twelve are no part of a secret, but of an arranged one that is all alike. */
const variety = 5;

/** In which spellings parts of any of the secrets are in the text; nothing where none is. */
export function leaksIn(text: string, secrets: Iterable<string>): string[] {
  const parts = partsOf(secrets);
  const found = new Set<string>();
  for (const reading of readings(text)) {
    for (const [word] of reading.matchAll(/\S{12,}/g)) {
      for (let at = 0; at + enough <= word.length; at++) {
        const spelling = parts.get(word.slice(at, at + enough));
        if (spelling) found.add(spelling);
      }
    }
  }
  return [...found];
}

/** The text with every part of a secret taken out, so that a report of a leak is none itself. */
export function withoutLeaks(text: string, secrets: Iterable<string>): string {
  const parts = partsOf(secrets);
  return [...text.matchAll(/\S{12,}/g)].reduce((shown, [word]) => {
    const leaks = Array.from(word, (_, at) => word.slice(at, at + enough)).some((part) => parts.has(part));
    return leaks ? shown.replaceAll(word, '<the secret>') : shown;
  }, text);
}

/** Every twelve consecutive characters of every spelling. */
function partsOf(secrets: Iterable<string>): Map<string, string> {
  const parts = new Map<string, string>();
  for (const secret of secrets) {
    for (const [spelling, text] of spellings(secret)) {
      for (let at = 0; at + enough <= text.length; at++) {
        const part = text.slice(at, at + enough);
        if (new Set(part).size >= variety && !parts.has(part)) parts.set(part, spelling);
      }
    }
  }
  return parts;
}

function spellings(secret: string): [name: string, text: string][] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    // What its neighbours have a share in is not its own.
    return text.slice(Math.ceil((offset * 4) / 3) + 1, -4);
  });
  const hex = Buffer.from(secret).toString('hex');
  return [
    ['as it is', secret],
    ['reversed', [...secret].reverse().join('')],
    ['in hex', hex],
    ['in hex', hex.toUpperCase()],
    ...base64.flatMap((text): [string, string][] => [
      ['in base64', text],
      ['in base64 for URLs', text.replaceAll('+', '-').replaceAll('/', '_')],
    ]),
  ];
}

/** The text as it is, and as whoever takes the escapes out of it reads it. */
function readings(text: string): string[] {
  const read = text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+\//g, '/')
    .replace(/%(?:25)*([2-7][0-9a-f])/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#x([0-9a-f]{2});/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d{2,3});/g, (_, code) => String.fromCharCode(Number(code)));
  return read === text ? [text] : [text, read];
}
