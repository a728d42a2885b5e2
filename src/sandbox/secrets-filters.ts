// Which secrets a filter picks. All keys but `description` and `all` mind the case, and all but `all` compare beginnings:
// the tag key `owner` finds `owner-mail` too.
import type { StoredSecret } from './secret.ts';
import { invalidParameter } from './secrets-input.ts';
import type { Params } from './service.ts';

interface Filter {
  Key?: string;
  Values?: string[];
}

const fields: Record<string, (secret: StoredSecret) => string[]> = {
  name: ({ name }) => [name],
  description: ({ description }) => (description === null ? [] : [description]),
  'tag-key': ({ tags }) => Object.keys(tags),
  'tag-value': ({ tags }) => Object.values(tags),
  'primary-region': ({ region, replicas }) => (replicas.length > 0 ? [region] : []),
  'owning-service': () => [],
  all: ({ name, description, tags, region }) => [
    name,
    description ?? '',
    region,
    ...Object.keys(tags),
    ...Object.values(tags),
  ],
};

/** Every filter of the request must pick the secret; within a filter one of its values is enough. */
export function matchesFilters(params: Params): (secret: StoredSecret) => boolean {
  const filters = Array.isArray(params.Filters) ? (params.Filters as Filter[]) : [];
  const tests = filters.map(({ Key = '', Values = [] }) => {
    const field = Object.hasOwn(fields, Key) ? fields[Key] : undefined;
    if (!field) throw invalidParameter(`Invalid filter key: ${Key}`);
    if (Values.length < 1) throw invalidParameter(`Invalid filter values for key: ${Key}`);
    return (secret: StoredSecret) => Values.some((value) => matches(Key, field(secret), value));
  });
  return (secret) => tests.every((test) => test(secret));
}

function matches(key: string, texts: readonly string[], value: string): boolean {
  if (value.startsWith('!')) return !matches(key, texts, value.slice(1));
  if (key === 'all') {
    const words = value
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((word) => word !== '');
    return words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));
  }
  if (key === 'description') return texts.some((text) => text.toLowerCase().startsWith(value.toLowerCase()));
  return texts.some((text) => text.startsWith(value));
}
