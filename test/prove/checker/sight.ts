// One look at everything: the user's keys, what is written down, and what the places hold.
import type { Holding, Place, Sight, Watched } from './contract.ts';
import { createNotes, rotationOf } from './notes.ts';

export function createSight(watched: Watched): () => Sight {
  const notesAt = createNotes(watched);
  const { inspection } = watched.sandbox;
  let look = 0;

  return () => {
    look += 1;
    const notes = notesAt(look);
    return {
      look,
      at: inspection.now(),
      keys: new Map(inspection.keys(watched.user).map((key) => [key.id, key])),
      claims: new Map(notes.filter(({ kind }) => kind === 'claim').map((note) => [rotationOf(note), note])),
      notes,
      holdings: watched.places.map(holdingOf),
    };
  };
}

export function sameHolding(a: Holding | undefined, b: Holding): boolean {
  return (
    a !== undefined &&
    a.unreadable === b.unreadable &&
    a.pairs.length === b.pairs.length &&
    a.pairs.every(
      (pair, n) => pair.accessKeyId === b.pairs[n]?.accessKeyId && pair.secretAccessKey === b.pairs[n]?.secretAccessKey,
    )
  );
}

function holdingOf(place: Place): Holding {
  try {
    return { place, pairs: place.read(), unreadable: null };
  } catch (error) {
    return { place, pairs: [], unreadable: (error as NodeJS.ErrnoException).code ?? 'it cannot be understood' };
  }
}
