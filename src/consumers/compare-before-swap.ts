// Places that hold whole pairs are all changed alike (S24): looked at, compared, and swapped only where the pair is there that
// is expected there.
import type { KeyPair } from '../access-key.ts';
import type { Consumer } from './contract.ts';
import { type Held, mustHold } from './held-key.ts';

export interface SwappablePlace<Found extends Held> {
  /** The place as errors name it. */
  where: string;
  /** What the place holds now; these ids may be expected there. */
  look(...ids: (string | null | undefined)[]): Promise<Found>;
  swap(found: Found, pair: KeyPair, expected: string | null): Promise<void>;
  /** Where the pair is there already: what a swap that was cut off left to do. */
  finish?(found: Found, expected: string | null): Promise<void>;
  /** There where a look may be behind what others wrote: whether it had to wait until none is any more. */
  outwait?(): Promise<boolean>;
  /** There where one half changes after the other: an id may stand beside another secret than its own. */
  inHalves?: true;
  /** Goes around every look, so that errors are the place's own. */
  reading<T>(work: () => Promise<T>): Promise<T>;
  /** The same around a look and the change after it; by default `reading`. */
  writing?<T>(work: () => Promise<T>): Promise<T>;
}

export function compareBeforeSwap<Found extends Held>(
  place: SwappablePlace<Found>,
): Pick<Consumer, 'write' | 'readBack' | 'restore'> {
  const { where, look, swap, finish, outwait, inHalves, reading, writing = reading } = place;

  return {
    write: (pair, expected) =>
      writing(async () => {
        const found = await look(pair.accessKeyId, expected);
        if (found.pair?.sameAs(pair)) return finish?.(found, expected);
        mustHold(`${where} holds`, found.holds, expected);
        await swap(found, pair, expected);
      }),

    readBack: (pair) =>
      reading(async () => {
        const found = await look(pair?.accessKeyId);
        const isAnothersSecret = pair && found.pair?.accessKeyId === pair.accessKeyId && !found.pair.sameAs(pair);
        return isAnothersSecret ? null : found.holds;
      }),

    restore: (pair, expected) =>
      writing(async () => {
        let found = await look(pair.accessKeyId, expected);
        // The only look may be one from before the delivery, and nobody would take the new pair out any more; and two halves
        // may have been looked at as they were at two times.
        if ((inHalves || found.pair?.sameAs(pair)) && (await outwait?.()))
          found = await look(pair.accessKeyId, expected);
        if (found.pair?.sameAs(pair)) await finish?.(found, expected);
        // What a delivery that was cut off leaves: only its own secret makes the old id work again.
        else if (found.holds === expected || (inHalves && found.holds === pair.accessKeyId))
          await swap(found, pair, expected);
        else return 'left';
        return 'restored';
      }),
  };
}
