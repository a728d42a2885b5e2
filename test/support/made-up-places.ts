// Places that a test makes up where it matters what they say and are asked, not how they do it.
import type { ActivityDeps } from '../../src/activities/contract.ts';
import type { Preflight } from '../../src/consumers/contract.ts';

export interface MadeUpPlace {
  /** The key id it holds; null for none, undefined where it does not say. A write changes it. */
  holds?: string | null | undefined;
  /** Default true. */
  readable?: boolean;
  /** What it says of itself, or throws. */
  preflight?: Partial<Preflight> | Error;
  /** What a write does instead: it throws this, or nothing at all. */
  write?: Error | 'nothing';
}

export function madeUpPlaces(places: Record<string, MadeUpPlace>): {
  consumer: ActivityDeps['consumer'];
  /** What was asked of which, in this order; of a pair its id. */
  calls: unknown[][];
} {
  const calls: unknown[][] = [];
  const consumer: ActivityDeps['consumer'] = async (spec, replacement) => {
    const place = places[spec];
    if (!place) throw new Error(`no place is arranged for ${spec}`);
    calls.push(['open', spec, replacement]);
    return {
      spec,
      readable: place.readable ?? true,
      preflight: async (request) => {
        calls.push(['preflight', spec, request]);
        if (place.preflight instanceof Error) throw place.preflight;
        return { holds: place.holds ?? null, pair: null, notes: [], ...place.preflight };
      },
      write: async (pair, expected) => {
        calls.push(['write', spec, pair.accessKeyId, expected]);
        if (place.write instanceof Error) throw place.write;
        if (place.write !== 'nothing' && place.holds !== undefined) place.holds = pair.accessKeyId;
      },
      readBack: async (...given) => {
        calls.push(['readBack', spec, ...given.map((pair) => pair?.accessKeyId)]);
        return place.holds;
      },
      restore: async () => 'left',
    };
  };
  return { consumer, calls };
}
