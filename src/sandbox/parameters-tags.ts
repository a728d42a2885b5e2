// Parameter Store's tags.
import type { Params } from './service.ts';
import { ServiceError } from './service-error.ts';

const tagsPerParameter = 50;

/** The request's `Tags`; keys differ by case. */
export function tagsIn(params: Params): Record<string, string> {
  const given = Array.isArray(params.Tags) ? (params.Tags as { Key?: string; Value?: string }[]) : [];
  if (given.length > tagsPerParameter) throw new ServiceError('TooManyTagsError', 400, '');
  return Object.fromEntries(given.map(({ Key = '', Value = '' }) => [Key, Value]));
}
