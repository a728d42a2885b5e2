// Time passes, and the application works with what its place holds; or somebody else uses a key.
import fc from 'fast-check';
import { placeWorks } from '../model.ts';
import { nth, type Step, step } from '../step.ts';

const minutes = [7, 65, 7 * 60, 25 * 60, 53 * 60, 5 * 24 * 60, 12 * 24 * 60, 33 * 24 * 60];

export const timePasses: fc.Arbitrary<Step> = fc
  .record({ long: fc.constantFrom(...minutes), works: fc.boolean() })
  .map(({ long, works }) =>
    step({
      name: `${long} minutes pass${works ? ', and the application works' : ''}`,
      take: async (model, town) => {
        await town.pass(long / 60);
        const id = model.holds?.accessKeyId ?? '';
        const key = model.keys.get(id);
        if (!works || !key || !placeWorks(model)) return;
        town.account.use(id);
        key.usedAt = town.now();
        return;
      },
    }),
  );

export const strangerUses: fc.Arbitrary<Step> = fc
  .record({ which: fc.nat(1), service: fc.constantFrom('s3', 'sts', 'sqs') })
  .map(({ which, service }) =>
    step({
      name: `a stranger uses key ${which} for ${service}`,
      may: ({ keys }) => keys.size > which,
      take: ({ keys }, town) => {
        const id = nth([...keys.keys()], which);
        if (town.orphans.has(id)) return 'nobody has its secret';
        if (!town.account.use(id, { service })) return `${id} is refused`;
        const key = keys.get(id);
        if (key) key.usedAt = town.now();
        return id;
      },
    }),
  );
