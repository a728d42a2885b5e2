// A person edits the place meanwhile: beside the pair, the pair itself, or so that nobody can read it any more.
import fc from 'fast-check';
import type { Model } from '../model.ts';
import { byHand, nth, type Plain, type Step, step } from '../step.ts';
import type { Town } from '../town.ts';

/** A key that no rotation takes away without looking at the place. */
function anotherPair({ keys, retiring, holds }: Model, { secrets }: Town, n: number) {
  // What lies in the vault alone is in nobody's hands.
  const isKnown = (id: string) => secrets.has(id) && (keys.get(id)?.offered || !keys.get(id)?.ofKeyturn);
  const ids = [...keys.keys()].filter((id) => id !== retiring && id !== holds?.accessKeyId && isKnown(id));
  if (ids.length === 0) return { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) };
  const accessKeyId = nth(ids, n);
  return { accessKeyId, secretAccessKey: secrets.get(accessKeyId) as string };
}

const edits: ((n: number) => Plain)[] = [
  (n) => ({
    name: `a person writes a note into the place`,
    take: (_, { place }) => void place.annotate(n),
  }),
  (n) => ({
    name: 'a person writes another pair into the place',
    take: (model, town) => {
      const pair = anotherPair(model, town, n);
      if (!town.place.replace(pair)) return 'not possible';
      model.placeByHand = true;
      return pair.accessKeyId;
    },
  }),
  () => ({
    name: 'a person takes the place away',
    take: (model, { place }) => {
      place.remove();
      model.placeByHand = true;
      return undefined;
    },
  }),
  () => ({
    name: 'a person makes the place unreadable',
    take: (model, { place }) => {
      place.spoil();
      model.placeByHand = true;
      return undefined;
    },
  }),
];

const mended: Plain = {
  name: 'a person mends the place',
  may: ({ rest, holds }) => rest === null || holds === null,
  take: (model, town) => {
    town.place.mend();
    if (town.place.text() !== null) return 'it is as it was';
    const pair = anotherPair(model, town, 0);
    town.place.restore(pair);
    return pair.accessKeyId;
  },
};

export const placeByHand: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.nat(9).map((n) => step(byHand((edits[0] as (n: number) => Plain)(n)))) },
  ...edits.slice(1).map((edit) => ({ weight: 1, arbitrary: fc.nat(9).map((n) => step(byHand(edit(n)))) })),
  { weight: 4, arbitrary: fc.constant(null).map(() => step(byHand(mended))) },
);
