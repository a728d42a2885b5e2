// A person makes, deactivates, activates and deletes alice's keys in the console.
import fc from 'fast-check';
import { byHand, nth, type Step, step } from '../step.ts';

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
  two.map((which) =>
    step(
      byHand({
        name: `a person deactivates key ${which}`,
        may: ({ keys }) => keys.size > which,
        take: ({ keys }, { account }) => {
          const id = nth([...keys.keys()], which);
          account.setStatus(id, 'Inactive');
          return id;
        },
      }),
    ),
  ),
  two.map((which) =>
    step(
      byHand({
        name: `a person activates key ${which}`,
        may: ({ keys }) => keys.size > which,
        take: ({ keys }, { account }) => {
          const id = nth([...keys.keys()], which);
          account.setStatus(id, 'Active');
          return id;
        },
      }),
    ),
  ),
  two.map((which) =>
    step(
      byHand({
        name: `a person deletes key ${which}`,
        may: ({ keys }) => keys.size > which,
        take: ({ keys }, { account }) => {
          const id = nth([...keys.keys()], which);
          account.deleteKey(id);
          return id;
        },
      }),
    ),
  ),
);
