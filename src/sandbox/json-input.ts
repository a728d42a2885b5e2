// What the services with JSON read alike from their input: tags, and where a page begins and ends.
import { optionalText } from './iam-input.ts';
import type { Call, Params } from './service.ts';
import { constraintError, type ServiceError } from './service-error.ts';

const tagsPerResource = 50;

export function textsIn(params: Params, name: string): string[] {
  const given = params[name];
  return Array.isArray(given) ? given.map(String) : [];
}

/** The request's `Tags`; unlike IAM's, keys that differ in case are different keys. */
export function tagsIn(params: Params): Record<string, string> {
  const given = Array.isArray(params.Tags) ? (params.Tags as { Key?: string; Value?: string }[]) : [];
  return Object.fromEntries(
    given.map(({ Key = '', Value = '' }, index) => {
      const member = `tags.${index + 1}.member`;
      if (Key.length < 1) throw constraintError(Key, `${member}.key`, 'have length greater than or equal to 1');
      if (Key.length > 128) throw constraintError(Key, `${member}.key`, 'have length less than or equal to 128');
      if (Value.length > 256) throw constraintError(Value, `${member}.value`, 'have length less than or equal to 256');
      if (Key.toLowerCase().startsWith('aws:')) {
        throw constraintError(Key, `${member}.key`, 'satisfy regular expression pattern: ^(?!aws:).*$');
      }
      return [Key, Value];
    }),
  );
}

/** The tags with those of the request; throws what `tooMany` makes of more than 50. */
export function mergedTags(
  tags: Readonly<Record<string, string>>,
  added: Readonly<Record<string, string>>,
  tooMany: (limit: number) => ServiceError,
): Record<string, string> {
  const merged = { ...tags, ...added };
  if (Object.keys(merged).length > tagsPerResource) throw tooMany(tagsPerResource);
  return merged;
}

export function withoutTags(tags: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !keys.includes(key)));
}

export function shownTags(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export interface Paging<T> {
  /** The most that `MaxResults` may be, and what it is by default. */
  most: number;
  preset?: number;
  idOf(item: T): string;
  /** The refusal of a `NextToken` that is none. */
  badToken(): ServiceError;
}

/** One page of a list in the order given; it goes on behind the item that the page before ended with. */
export function page<T>(
  { params, world }: Call,
  items: readonly T[],
  { most, preset = most, idOf, badToken }: Paging<T>,
): { items: readonly T[]; NextToken?: string } {
  const wanted = params.MaxResults ?? preset;
  if (typeof wanted !== 'number' || wanted < 1) {
    throw constraintError(String(wanted), 'maxResults', 'have value greater than or equal to 1');
  }
  if (wanted > most) throw constraintError(String(wanted), 'maxResults', `have value less than or equal to ${most}`);
  const token = optionalText(params, 'NextToken');
  const start = token === undefined ? 0 : startAfter(token, items.map(idOf), badToken);
  const shown = items.slice(start, start + Math.min(wanted, world.settings.pageSize));
  const last = shown.at(-1);
  if (last === undefined || start + shown.length >= items.length) return { items: shown };
  return { items: shown, NextToken: Buffer.from(`${start + shown.length} ${idOf(last)}`).toString('base64url') };
}

function startAfter(token: string, ids: readonly string[], badToken: () => ServiceError): number {
  const [, offset, id] = /^(\d+) (.+)$/s.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (offset === undefined || id === undefined) throw badToken();
  const index = ids.indexOf(id);
  // Where the item is gone, what came behind it has moved up to its place.
  return index < 0 ? Number(offset) - 1 : index + 1;
}
