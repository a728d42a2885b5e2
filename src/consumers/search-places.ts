// Where an access key is: every place that can be looked through, and everything that could not be.
import { KeyturnError, UsageError } from '../errors.ts';
import type { Consumer, ConsumerDeps, Search, Surroundings } from './contract.ts';
import { deniedAction } from './key-in-text.ts';
import { consumerKinds, type Entry, givesBack, parseSpec, resolveConsumer } from './registry.ts';

export interface SearchDeps {
  surroundings: Surroundings;
  aws: ConsumerDeps['aws'];
  /** Opens one place by its resolved spec, to be asked what it holds. */
  open(spec: string): Promise<Consumer>;
}

/**
 * Looks where the specs say, which may be patterns such as `credentials-file:*@FILE`; without any, in
 * every kind of place that can be looked through unasked. Throws UsageError where a spec makes no sense.
 */
export async function searchPlaces(keyId: string, specs: readonly string[], deps: SearchDeps): Promise<Search> {
  const searches =
    specs.length > 0
      ? await Promise.all(specs.map((spec) => lookIn(spec, keyId, deps)))
      : await Promise.all(consumerKinds.map((entry) => lookThroughKind(entry, keyId, deps)));
  const places = searches.flatMap((search) => search.places);
  return {
    places: places.filter(({ spec }, index) => places.findIndex((other) => other.spec === spec) === index),
    notLookedAt: searches.flatMap((search) => search.notLookedAt),
  };
}

/** What this machine's own files tell, as resolved specs: asks AWS nothing, and passes over what cannot be read. */
export async function nearPlaces(keyId: string, surroundings: Surroundings): Promise<string[]> {
  const near = consumerKinds.map(async (entry) => (await entry.load()).find(keyId, surroundings));
  return (await Promise.all(near)).flat();
}

async function lookThroughKind(entry: Entry, keyId: string, { surroundings, aws }: SearchDeps): Promise<Search> {
  return orNamed(entry.kind, async () => {
    const found = await (await entry.load()).findIn?.(keyId, null, surroundings, aws);
    return found ?? { places: [], notLookedAt: [] };
  });
}

async function lookIn(spec: string, keyId: string, { surroundings, aws, open }: SearchDeps): Promise<Search> {
  const { entry, place } = parseSpec(spec);
  const found = await (await entry.load()).findIn?.(keyId, place, surroundings, aws);
  if (found) return found;
  if (givesBack(spec) === 'nothing') {
    throw new UsageError(`${entry.kind} holds nothing that could be looked at`, { hint: 'name another place' });
  }
  const resolved = await resolveConsumer(spec, surroundings);
  return orNamed(resolved, async () => {
    const holds = await (await open(resolved)).readBack();
    if (holds === undefined) return notSearched(resolved, 'it does not say which key it holds');
    return { places: holds === keyId ? [{ spec: resolved, where: resolved }] : [], notLookedAt: [] };
  });
}

/** A place that fails may hold the key all the same. */
async function orNamed(what: string, look: () => Promise<Search>): Promise<Search> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof KeyturnError) || error instanceof UsageError) throw error;
    return notSearched(what, error.message, deniedAction(error));
  }
}

function notSearched(what: string, why: string, permission: string | null = null): Search {
  return { places: [], notLookedAt: [{ what, why, permission }] };
}
