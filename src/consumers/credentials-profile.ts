// One profile of a shared credentials file: which key pair it holds, and the same text with another pair in it, changed
// in those two values and nowhere else. What its readers would not all read alike is refused, by the line's number.
import { KeyPair } from '../access-key.ts';
import { ConsumerError } from '../errors.ts';
import type { PairFacts } from './pair-in-file.ts';
import { type Reading, readAsBotocore, readAsSdk } from './shared-ini.ts';
import {
  byteOrderMark,
  type Edit,
  edited,
  latin1,
  newlineOf,
  splitLines,
  type TextLine,
  trimmed,
  utf8,
} from './text-lines.ts';

export interface ProfileFacts extends PairFacts {
  exists: boolean;
  /** Whether something else gives this profile its credentials: `credential_process`, `role_arn` … */
  otherSource: string | null;
}

interface Line extends TextLine {
  cli: Reading;
  sdk: Reading;
}

const idKey = 'aws_access_key_id';
const secretKey = 'aws_secret_access_key';
const tokenKeys = ['aws_session_token', 'aws_security_token'];
const otherSources = [
  'credential_process',
  'role_arn',
  'source_profile',
  'credential_source',
  'web_identity_token_file',
  'sso_session',
  'sso_start_url',
  'login_session',
];

/** Throws ConsumerError where the profile cannot be understood without doubt. `file` is how errors name the file. */
export function lookAtProfile(text: string, profile: string, file: string): ProfileFacts {
  const lines = readLines(text);
  const own = linesOf(lines, profile, file);
  const [id, secret] = [findProperty(own, idKey, file), findProperty(own, secretKey, file)];
  refuseToken(lines, own, profile, file);
  refuseDefaults(lines, [id, secret], file);

  const holds = id?.cli.value || null;
  const secretValue = secret?.cli.value || null;
  const pair = holds === null || secretValue === null ? null : new KeyPair(holds, secretValue);
  if (pair === null && (holds ?? secretValue) !== null) {
    throw new ConsumerError(`profile ${profile} of ${file} has no ${holds === null ? idKey : secretKey}`, {
      hint: 'put both values there, or none',
    });
  }
  const notes: string[] = [];
  if ([id, secret].some((line) => line && line.sdk.role === 'nothing')) {
    notes.push(
      `${file} writes a key of ${profile} with a colon, which the AWS CLI reads and the SDK for JavaScript does not`,
    );
  }
  if (text.startsWith(byteOrderMark)) {
    notes.push(`${file} begins with a byte order mark, with which the AWS CLI cannot read it`);
  }
  const written = utf8(own[0]?.cli.section ?? latin1(profile));
  if (written !== profile) {
    notes.push(`${file} writes [${written}]: to the AWS CLI its spaces belong to the name`);
  }
  const elsewhere = lines.filter((line) => line.cli.role === 'malformed' && !own.includes(line));
  if (elsewhere.length > 0) {
    const numbers = elsewhere.map(({ number }) => number).join(', ');
    notes.push(`line ${numbers} of ${file} is malformed and left as it is; the AWS CLI cannot read the file with it`);
  }
  return {
    exists: own.length > 0,
    holds,
    pair,
    otherSource: own.map((line) => line.cli.key ?? '').find((key) => otherSources.includes(key)) ?? null,
    notes,
  };
}

/** The text with the pair in that profile; where there are no such lines or no such section, they are added. */
export function withPair(text: string, profile: string, pair: KeyPair, file: string): string {
  const own = linesOf(readLines(text), profile, file);
  const values: [string, string][] = [
    [idKey, pair.accessKeyId],
    [secretKey, pair.reveal()],
  ];
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const [key, value] of values) {
    const line = findProperty(own, key, file);
    if (line) edits.push({ at: line.start + valueOffset(line), remove: line.cli.value?.length ?? 0, insert: value });
    else added.push(`${key} = ${value}`);
  }
  if (added.length > 0) edits.push(addition(text, own, own.length > 0 ? added : [`[${latin1(profile)}]`, ...added]));

  const changed = edited(text, edits);
  if (lookAtProfile(changed, profile, file).pair?.sameAs(pair)) return changed;
  throw new ConsumerError(`the new key pair cannot be written to a credentials file: it would read back as another`, {
    hint: `profile ${profile} of ${file} is as it was`,
  });
}

/** Every profile that holds the key, for any reader of the file. */
export function profilesHolding(text: string, keyId: string): string[] {
  const names = readLines(text).flatMap(({ cli, sdk }) =>
    [cli, sdk]
      .filter(({ key, value }) => key === idKey && value === keyId)
      .map(({ section }) => utf8(trimmed(section ?? ''))),
  );
  return [...new Set(names)];
}

function readLines(text: string): Line[] {
  const lines = splitLines(text);
  const [cli, sdk] = [readAsBotocore(lines), readAsSdk(lines)];
  return lines.map((line, index) => ({ ...line, cli: cli[index] as Reading, sdk: sdk[index] as Reading }));
}

/** The lines of the one section of that name, its header first; none where there is no such section. */
function linesOf(lines: Line[], profile: string, file: string): Line[] {
  const name = latin1(profile);
  const isOf = ({ section }: Reading) => section !== null && trimmed(section) === name;
  const own = lines.filter(({ cli, sdk }) => isOf(cli) || isOf(sdk));
  const headers = own.filter(({ cli, sdk }) => cli.role === 'section' || sdk.role === 'section');
  const seen = new Map<string, Line>();
  for (const line of own) {
    const { cli, sdk } = line;
    if (cli.role === 'malformed') throw malformed(line, file, 'it is neither a comment nor a setting');
    if (isOf(cli) !== isOf(sdk)) throw malformed(line, file, 'the AWS CLI and the SDKs see another section there');
    const [first, second] = headers;
    if (line === second) {
      throw new ConsumerError(`profile ${profile} is twice in ${file}: lines ${first?.number} and ${line.number}`, {
        hint: 'join the two sections',
      });
    }
    if (cli.role !== 'property') continue;
    const before = seen.get(cli.key as string);
    if (before) {
      throw new ConsumerError(
        `profile ${profile} of ${file} has one setting twice: lines ${before.number} and ${line.number}`,
        {
          hint: 'remove one of them',
        },
      );
    }
    seen.set(cli.key as string, line);
  }
  return own;
}

function findProperty(own: Line[], key: string, file: string): Line | undefined {
  const isIt = ({ key: read }: Reading) => read === key;
  const [line, another] = own.filter(({ cli, sdk }) => isIt(cli) || isIt(sdk));
  if (!line) return undefined;
  if (another) throw malformed(another, file, `line ${line.number} says ${key} already`);
  if (!isIt(line.cli) || line.sdk.role === 'continuation') {
    throw malformed(line, file, 'it is indented, and the AWS CLI and the SDKs take that differently');
  }
  if (line.sdk.role === 'property' && line.sdk.value !== line.cli.value) {
    throw malformed(line, file, 'to the AWS CLI a comment behind a value is a part of it');
  }
  const more = own.find(({ cli }) => cli.of === line.number);
  if (more) throw malformed(more, file, `to the AWS CLI it is a part of the value in line ${line.number}`);
  return line;
}

function refuseToken(lines: Line[], own: Line[], profile: string, file: string): void {
  const line = [...own, ...lines.filter(isDefault)].find(({ cli, sdk }) =>
    tokenKeys.includes(cli.key ?? sdk.key ?? ''),
  );
  if (!line) return;
  throw new ConsumerError(`profile ${profile} of ${file} has a session token, in line ${line.number}`, {
    hint: 'a long-term key does not work with it: remove that line, or name another profile',
  });
}

function refuseDefaults(lines: Line[], found: (Line | undefined)[], file: string): void {
  const missing = [idKey, secretKey].filter((_, index) => !found[index]);
  const line = lines.filter(isDefault).find(({ cli }) => missing.includes(cli.key ?? ''));
  if (line) throw malformed(line, file, 'the AWS CLI takes what stands under [DEFAULT] for a part of every profile');
}

/** Written so, in capitals. */
function isDefault({ cli }: Line): boolean {
  return cli.section === 'DEFAULT';
}

function malformed({ number }: Line, file: string, why: string): ConsumerError {
  return new ConsumerError(`line ${number} of ${file} is malformed: ${why}`, { hint: 'correct that line' });
}

function valueOffset({ text }: Line): number {
  return /[^=:]*[=:][ \t\v\f\r]*/.exec(text)?.[0].length ?? text.length;
}

/** New lines go behind the last setting of the section, or with their header to the end of the text. */
function addition(text: string, own: Line[], added: string[]): Edit {
  const last = own.findLast(({ cli }) => cli.role !== 'nothing');
  const newline = last?.end || newlineOf(text);
  if (last) {
    const at = last.start + last.text.length + last.end.length;
    return {
      at,
      remove: 0,
      insert: last.end ? `${added.join(newline)}${newline}` : `${newline}${added.join(newline)}`,
    };
  }
  const gap =
    text === '' || text === byteOrderMark
      ? ''
      : /\n\r?\n$/.test(text)
        ? ''
        : text.endsWith('\n')
          ? newline
          : newline + newline;
  return { at: text.length, remove: 0, insert: `${gap}${added.join(newline)}${newline}` };
}
