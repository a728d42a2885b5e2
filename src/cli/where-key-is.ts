// The search for a key's places as every command makes it.
import type { Search } from '../consumers/contract.ts';
import { searchPlaces } from '../consumers/search-places.ts';
import type { Session } from './session.ts';

/** Without specs, wherever can be looked unasked. */
export function whereKeyIs(
  keyId: string,
  { io, consumer }: Pick<Session, 'io' | 'consumer'>,
  specs: readonly string[] = [],
): Promise<Search> {
  return searchPlaces(keyId, specs, {
    surroundings: { cwd: io.cwd, home: io.home, env: io.env },
    open: (spec) => consumer(spec, { user: '', oldKey: keyId, newKey: null }),
  });
}
