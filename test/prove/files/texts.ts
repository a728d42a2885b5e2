// Random files as people and programs leave them: credentials and .env files with the old pair somewhere in them, between lines of
// every kind, down to bytes that are no text. Files are handled as latin1, one character a byte.
import fc from 'fast-check';

export const oldPair = { id: 'AKIAOLDOLDOLDOLDOLD1', secret: 'old/oldOLDold+oldOLDold/oldOLDold+oldOLD' };

const newline = often(['\n', '\r\n'], ['\r']);
const blanks = often(['', ' '], ['  ', '\t']);
const indent = often([''], [' ', '  ', '\t']);
const word = fc.stringMatching(/^[\w.-]{1,12}$/);
/** Any bytes but those that would end the line. */
const noise = fc.uint8Array({ maxLength: 24 }).map((bytes) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[\r\n]/g, ' '),
);
const printable = fc.string({ maxLength: 24 }).map((text) => Buffer.from(text).toString('latin1'));
const mark = often([''], ['\xef\xbb\xbf']);

/** Mostly one of the first, so that most files are not refused. */
function often<T>(usual: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

/** The lines of the pair, written as the file's kind writes them, the id first or the secret. */
function pairOf(line: fc.Arbitrary<(name: string, value: string) => string>, names: { id: string; secret: string }) {
  return fc
    .tuple(line, line, fc.boolean(), fc.array(fc.constantFrom('', '# mine', '; mine'), { maxLength: 1 }))
    .map(([first, second, swapped, between]) => {
      const [id, secret] = [first(names.id, oldPair.id), second(names.secret, oldPair.secret)];
      return swapped ? [secret, ...between, id] : [id, ...between, secret];
    });
}

function joined(parts: fc.Arbitrary<string[]>[], ends: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(mark, fc.tuple(...parts), ends, fc.boolean())
    .map(([start, lines, end, isClosed]) => start + lines.flat().join(end) + (isClosed ? end : ''));
}

const property = fc
  .tuple(indent, word, blanks, blanks, fc.oneof({ weight: 4, arbitrary: word }, printable, noise))
  .map(([start, name, before, after, value]) => `${start}${name}${before}=${after}${value}`);
const otherIniLine = fc.oneof(
  { weight: 8, arbitrary: property },
  { weight: 8, arbitrary: fc.constantFrom('', '# a comment', '; another', 'region = eu-west-1', 'output=json') },
  { weight: 1, arbitrary: fc.constantFrom('s3 =', '  max_concurrent_requests = 20', '[other', 'no setting', ' [odd]') },
  { weight: 1, arbitrary: noise },
);
const otherProfile = fc
  .tuple(word, blanks, fc.array(otherIniLine, { maxLength: 3 }))
  .map(([name, blank, lines]) => [`[${name}]${blank}`, ...lines]);
const iniLine = fc.tuple(indent, blanks, blanks, often(['', ' '], [' # mine', ' ; mine'])).map(
  ([start, before, after, tail]) =>
    (name: string, value: string) =>
      `${start}${name}${before}=${after}${value}${tail}`,
);

/** A shared credentials file in which `default` holds the old pair. */
export const credentialsText = joined(
  [
    fc.oneof(fc.constant<string[]>([]), otherProfile),
    often([['[default]']], [['[ default ]'], ['[default] # mine']]),
    fc.array(otherIniLine, { maxLength: 1 }),
    pairOf(iniLine, { id: 'aws_access_key_id', secret: 'aws_secret_access_key' }),
    fc.array(otherIniLine, { maxLength: 2 }),
    fc.oneof(fc.constant<string[]>([]), otherProfile),
  ],
  newline,
);

const quoted = (value: fc.Arbitrary<string>) =>
  fc.tuple(fc.constantFrom('', '"', "'", '`'), value).map(([quote, text]) => `${quote}${text}${quote}`);
const otherEnvLine = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(often(['', 'export '], ['  ']), word, often(['='], [' = ', ': ']), quoted(word))
      .map((parts) => parts.join('')),
  },
  {
    weight: 8,
    arbitrary: fc.constantFrom('', '# a comment', 'EMPTY=', 'A="1\n2 # none\n3"', "B='x\ny'", '#AWS_REGION=x'),
  },
  { weight: 1, arbitrary: fc.constantFrom('OPEN="never closed', "it's", 'no setting', 'C=$HOME/$(pwd)') },
  { weight: 1, arbitrary: fc.tuple(word, quoted(printable)).map(([name, value]) => `${name}=${value}`) },
  { weight: 1, arbitrary: noise },
);
const envLine = fc
  .tuple(
    often(['', 'export '], ['  ']),
    often(['='], [' = ', ': ']),
    fc.constantFrom('', '"', "'", '`'),
    often(['', ' # mine'], [' ', '#mine']),
  )
  .map(
    ([before, equals, quote, tail]) =>
      (name: string, value: string) =>
        `${before}${name}${equals}${quote}${value}${quote}${tail}`,
  );

/** A .env file with the old pair under its usual names. */
export const envText = joined(
  [
    fc.array(otherEnvLine, { maxLength: 3 }),
    pairOf(envLine, { id: 'AWS_ACCESS_KEY_ID', secret: 'AWS_SECRET_ACCESS_KEY' }),
    fc.array(otherEnvLine, { maxLength: 3 }),
  ],
  newline,
);

/** Nothing but bytes around the pair's halves: mostly refused. */
export const anyBytes = fc
  .tuple(noise, fc.constantFrom('\n', '=', ' '), noise, noise)
  .map(([a, end, b, c]) => `${a}${end}${oldPair.id}${end}${b}${end}${oldPair.secret}${end}${c}`);

/** Forty characters as AWS makes them, with every one of its sixty-four now and then. */
export const newSecret = fc.stringMatching(/^[A-Za-z0-9+/]{40}$/);
