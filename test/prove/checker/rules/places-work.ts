// No outage: a place that has worked holds a pair that AWS accepts, or a key that keyturn deactivated and that one command
// brings back.
import type { Inspection } from '../../../../src/sandbox/index.ts';
import type { Broken, Holding, Memory, Moment, Pair } from '../contract.ts';

type Standing = ReturnType<Inspection['standing']>;

const rule = 'no outage';

export function placesWork(moment: Moment): Broken[] {
  return moment.now.holdings
    .filter(({ place }) => moment.memory.working.has(place.name))
    .flatMap((holding) => complaints(holding, moment).map((what) => ({ rule, subject: holding.place.name, what })));
}

/** Whether every pair in it is accepted now; a place without any does not work. */
export function worksNow({ pairs }: Holding, { watched: { sandbox } }: Pick<Moment, 'watched'>): boolean {
  return pairs.length > 0 && pairs.every((pair) => sandbox.inspection.standing(pair) === 'Active');
}

function complaints({ place, pairs, unreadable }: Holding, { watched, memory }: Moment): string[] {
  if (unreadable !== null) return [`${place.name} cannot be read: ${unreadable}`];
  if (pairs.length === 0) return [`${place.name} holds no pair`];
  return pairs.flatMap((pair) => {
    const why = complaint(pair, watched.sandbox.inspection.standing(pair), memory);
    return why === null ? [] : [`${place.name} holds ${pair.accessKeyId || 'a secret without an id'}${why}`];
  });
}

function complaint({ accessKeyId }: Pair, standing: Standing, memory: Memory): string | null {
  switch (standing) {
    case 'Active':
      return null;
    case 'gone':
      return ', which does not exist';
    case 'another secret':
      return ' with a secret that is not its own';
    case 'Inactive':
      return memory.deactivated.get(accessKeyId)?.mends
        ? null
        : ', which is inactive, and not because keyturn deactivated it';
  }
}
