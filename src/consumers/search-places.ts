// Where an access key is: every place that can be looked through, and everything that could not be.
import { AccessDeniedError, KeyturnError, UsageError } from '../errors.ts';
import type { Consumer, NotLookedAt, Search, Surroundings } from './contract.ts';
import { consumerKinds, type Entry, givesBack, parseSpec, resolveConsumer } from './registry.ts';

export interface SearchDeps {
  surroundings: Surroundings;
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
      : await Promise.all(consumerKinds.map((entry) => lookThroughKind(entry, keyId, deps.surroundings)));
  const places = searches.flatMap((search) => search.places);
  return {
    places: places.filter(({ spec }, index) => places.findIndex((other) => other.spec === spec) === index),
    notLookedAt: searches.flatMap((search) => search.notLookedAt),
  };
}

/** The kinds in AWS that a search without specs passes over. */
export async function kindsPassedOver(): Promise<NotLookedAt[]> {
  const kinds = await Promise.all(consumerKinds.map(({ load }) => load()));
  return kinds
    .filter(({ permissions, findIn }) => permissions && !findIn)
    .map(({ kind, usage }) => ({
      what: kind,
      why: `a place there is looked at only where it is named: --in ${usage.split('  ')[0]}`,
      permission: null,
    }));
}

async function lookThroughKind(entry: Entry, keyId: string, surroundings: Surroundings): Promise<Search> {
  return orNamed(entry.kind, async () => {
    const kind = await entry.load();
    const found = await kind.findIn?.(keyId, null, surroundings);
    if (found) return found;
    const specs = await kind.find(keyId, surroundings);
    return { places: specs.map((spec) => ({ spec, where: spec })), notLookedAt: [] };
  });
}

async function lookIn(spec: string, keyId: string, { surroundings, open }: SearchDeps): Promise<Search> {
  const { entry, place } = parseSpec(spec);
  const found = await (await entry.load()).findIn?.(keyId, place, surroundings);
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
    return notSearched(what, error.message, error instanceof AccessDeniedError ? deniedAction(error) : null);
  }
}

/** Such an error begins with the IAM action that it is about. */
function deniedAction({ message }: AccessDeniedError): string | null {
  return /^[a-z0-9-]+:[A-Za-z]+/.exec(message)?.[0] ?? null;
}

function notSearched(what: string, why: string, permission: string | null = null): Search {
  return { places: [], notLookedAt: [{ what, why, permission }] };
}
