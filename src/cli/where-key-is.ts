// The search for a key's places as every command makes it.
import type { Search } from '../consumers/contract.ts';
import { searchPlaces } from '../consumers/search-places.ts';
import type { Session } from './session.ts';
import { surroundingsOf } from './surroundings.ts';

/** Without specs, wherever can be looked unasked. */
export async function whereKeyIs(
  keyId: string,
  { io, flags, aws, consumer }: Pick<Session, 'io' | 'flags' | 'aws' | 'consumer'>,
  specs: readonly string[] = [],
): Promise<Search> {
  return searchPlaces(keyId, specs, {
    surroundings: await surroundingsOf(flags, io),
    aws,
    open: (spec) => consumer(spec, { user: '', oldKey: keyId, newKey: null }),
  });
}
