// How two readers that differ take a whole env file: Node's own `parseEnv`, and the npm package dotenv, whose grammar most
// others copied. What both do not read alike must not be touched.
import { parseEnv } from 'node:util';

export interface EnvReader {
  name: string;
  read(text: string): ReadonlyMap<string, string>;
}

export const envReaders: readonly EnvReader[] = [
  { name: 'node', read: (text) => new Map(Object.entries(parseEnv(text) as Record<string, string>)) },
  { name: 'dotenv', read: readAsDotenv },
];

const name = String.raw`^\s*(?:export\s+)?([\w.-]+)`;
const separator = String.raw`(?:\s*=\s*?|:\s+?)`;
const quoted = ["'", '"', '`'].map((quote) => String.raw`\s*${quote}(?:\\${quote}|[^${quote}])*${quote}`);
const value = `(${quoted.join('|')}|[^#\\r\\n]+)?`;
const comment = String.raw`\s*(?:#.*)?$`;

/** The last of several counts; only double quotes know `\n` and `\r`. */
function readAsDotenv(text: string): ReadonlyMap<string, string> {
  const found = text.replace(/\r\n?/g, '\n').matchAll(new RegExp(name + separator + value + comment, 'gm'));
  return new Map(
    [...found].map(([, key, raw = '']): [string, string] => {
      const whole = raw.trim();
      const inner = whole.replace(/^(['"`])([\s\S]*)\1$/gm, '$2');
      return [key as string, whole.startsWith('"') ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner];
    }),
  );
}
