// A person makes, deactivates, activates and deletes alice's keys in the console.
import fc from 'fast-check';
import { byHand, nth, type Step, step } from '../step.ts';
import type { Town } from '../town.ts';

const two = fc.nat(1);

export const keysByHand: fc.Arbitrary<Step> = fc.oneof(
  fc.constant(null).map(() =>
    step(
      byHand({
        name: 'a person makes a key',
        may: ({ keys }) => keys.size < 2,
        take: (_, town) => town.createKey().accessKeyId,
      }),
    ),
  ),
  toKey('deactivates', ({ account }, id) => account.setStatus(id, 'Inactive')),
  toKey('activates', ({ account }, id) => account.setStatus(id, 'Active')),
  toKey('deletes', ({ account }, id) => account.deleteKey(id)),
);

/** With the first or the second key of the list. */
function toKey(does: string, change: (town: Town, id: string) => void): fc.Arbitrary<Step> {
  return two.map((which) =>
    step(
      byHand({
        name: `a person ${does} key ${which}`,
        may: ({ keys }) => keys.size > which,
        take: ({ keys }, town) => {
          const id = nth([...keys.keys()], which);
          change(town, id);
          return id;
        },
      }),
    ),
  );
}
