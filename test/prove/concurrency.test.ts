// Twenty processes at once on one user: at most one of them delivers, and with fresh reads exactly one ends rotated. The
// losers are refused, and leave no key, claim or vault entry.
import { race } from './concurrency/race.ts';
import { lane } from './lane.ts';
import { settings } from './settings.ts';

const seeds = 100;

lane({ name: 'concurrency', what: 'processes at once on one user', sample: { test: 2, prove: 20 } }, (wanted) => {
  const [, asked] = /^(?:fresh|stale)\/(\d+)/.exec(wanted ?? '') ?? [];
  const processes = asked ? Number(asked) : settings().scale === 'test' ? 6 : 20;
  return (['fresh', 'stale'] as const).flatMap((reads) =>
    Array.from({ length: seeds }, (_, n) => ({
      name: `${reads}/${processes}/seed-${n + 1}`,
      run: async (ending) => {
        await race({ processes, seed: n + 1, reads }, ending);
        return processes;
      },
    })),
  );
});
