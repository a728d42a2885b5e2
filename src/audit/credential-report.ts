// The account's credential report, asked for and read row by row, each column by its name: more columns may come, none of
// these may go. It has no key ids, and it may be four hours old, so nothing is ever decided by it alone.
import type { Aws } from '../aws/contract.ts';
import { type Clock, instant } from '../clock.ts';
import { AnswerUnknownError } from '../errors.ts';

export const permissions = ['iam:GenerateCredentialReport', 'iam:GetCredentialReport'];

/** One of the first two keys of a user, by ascending id: the first slot is not the older key. */
export interface ReportedKey {
  /** Null where AWS does not support the answer. */
  active: boolean | null;
  /** When the key was made, or its status changed since; null where there is no key. */
  lastRotated: string | null;
  lastUsedAt: string | null;
  lastUsedRegion: string | null;
  lastUsedService: string | null;
}

/** A row; times are instants, and null stands for whatever AWS does not know, support or have. */
export interface ReportRow {
  /** `<root_account>` for root. */
  user: string;
  arn: string;
  isRoot: boolean;
  createdAt: string | null;
  passwordEnabled: boolean | null;
  passwordLastUsed: string | null;
  passwordLastChanged: string | null;
  mfa: boolean | null;
  keys: [ReportedKey, ReportedKey];
  /** What AWS says of keys beyond two. */
  additional: string | null;
  /** Every column, word for word. */
  raw(): Record<string, string>;
}

export interface CredentialReport {
  generatedAt: string;
  rows(): Iterable<ReportRow>;
}

const firstPause = 2_000;
const longestPause = 20_000;
/** Of a function's five minutes. */
const patience = 200_000;

/** Throws AnswerUnknownError where AWS has no report ready in time. */
export async function credentialReport(
  { aws, clock }: { aws: Aws; clock: Clock },
  signal?: AbortSignal,
): Promise<CredentialReport> {
  for (let waited = 0, pause = firstPause; ; waited += pause, pause = Math.min(pause * 2, longestPause)) {
    const report = await aws.credentialReport();
    if (report) return { generatedAt: report.generatedAt, rows: () => rowsOf(report.text) };
    if (waited >= patience) {
      throw new AnswerUnknownError('AWS is still writing the credential report', {
        hint: 'nothing was changed; try again in a few minutes',
      });
    }
    await clock.sleep(pause, signal);
  }
}

/** Throws AnswerUnknownError on what is no credential report. One row at a time is in memory besides the text. */
export function* rowsOf(text: string): Generator<ReportRow> {
  const lines = fieldsOf(text);
  const header = lines.next();
  const names = header.done ? [] : header.value.map((name) => name.trim().toLowerCase());
  const places = new Map(names.map((name, index) => [name, index]));
  const missing = columns.find((name) => !places.has(name));
  if (missing) throw unreadable(`has no column ${missing}`);
  for (const fields of lines) {
    if (fields.length !== names.length)
      throw unreadable(`has a row of ${fields.length} fields, and ${names.length} columns`);
    const field = (name: string) => fields[places.get(name) ?? -1] ?? '';
    yield { ...rowOf(field), raw: () => Object.fromEntries(names.map((name) => [name, field(name)])) };
  }
}

const keyColumns = ['active', 'last_rotated', 'last_used_date', 'last_used_region', 'last_used_service'];
const columns = [
  'user',
  'arn',
  'user_creation_time',
  'password_enabled',
  'password_last_used',
  'password_last_changed',
  'mfa_active',
  ...['1', '2'].flatMap((slot) => keyColumns.map((column) => `access_key_${slot}_${column}`)),
];

function rowOf(field: (name: string) => string): Omit<ReportRow, 'raw'> {
  const key = (slot: string): ReportedKey => ({
    active: flag(field(`access_key_${slot}_active`)),
    lastRotated: time(field(`access_key_${slot}_last_rotated`)),
    lastUsedAt: time(field(`access_key_${slot}_last_used_date`)),
    lastUsedRegion: known(field(`access_key_${slot}_last_used_region`)),
    lastUsedService: known(field(`access_key_${slot}_last_used_service`)),
  });
  return {
    user: field('user'),
    arn: field('arn'),
    isRoot: field('user') === '<root_account>',
    createdAt: time(field('user_creation_time')),
    passwordEnabled: flag(field('password_enabled')),
    passwordLastUsed: time(field('password_last_used')),
    passwordLastChanged: time(field('password_last_changed')),
    mfa: flag(field('mfa_active')),
    keys: [key('1'), key('2')],
    additional: known(field('additional_credentials_info')),
  };
}

/** What stands where there is nothing to say. */
const nothing = new Set(['n/a', 'no_information', 'not_supported', '']);

function known(text: string): string | null {
  return nothing.has(text.toLowerCase()) ? null : text;
}

function flag(text: string): boolean | null {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  if (nothing.has(word)) return null;
  throw unreadable('has neither true nor false where one of them belongs');
}

function time(text: string): string | null {
  if (nothing.has(text.toLowerCase())) return null;
  const at = /^\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw unreadable('has something else where a time belongs');
  // As AWS writes it, it is an instant already.
  return text.length === 20 && text.endsWith('Z') ? text : instant(at);
}

/** The fields of each line (RFC 4180): a user's name may hold a comma, and stands in quotes then, which few lines have. */
function* fieldsOf(text: string): Generator<string[]> {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end);
    const quoted = line.includes('"') ? quotedFields(text, at) : null;
    yield quoted?.fields ?? line.split(',');
    at = quoted?.end ?? end + 1;
  }
}

function quotedFields(text: string, at: number): { fields: string[]; end: number } {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  field.lastIndex = at;
  const fields: string[] = [];
  for (;;) {
    const found = field.exec(text);
    if (!found) throw unreadable('has a quote in the wrong place');
    const [, quoted, plain = '', end] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') return { fields, end: field.lastIndex };
  }
}

function unreadable(what: string): AnswerUnknownError {
  return new AnswerUnknownError(`the credential report ${what}`, {
    hint: 'nothing was changed; AWS may have changed its form',
  });
}
