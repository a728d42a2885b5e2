// Twenty processes at once on one user, terminals alone or with the unattended engine among them: at most one of them delivers,
// and with fresh reads exactly one ends rotated. The losers are refused, and leave no key, claim or vault entry.
import { raceOf } from './concurrency/race.ts';
import { lane } from './lane.ts';
import { settings } from './settings.ts';

const seeds = 100;

const kinds = [
  { kind: 'fresh', reads: 'fresh', keys: 1, engines: 'terminals' },
  { kind: 'stale', reads: 'stale', keys: 1, engines: 'terminals' },
  { kind: 'first-key', reads: 'fresh', keys: 0, engines: 'terminals' },
  { kind: 'stale-first-key', reads: 'stale', keys: 0, engines: 'terminals' },
  { kind: 'mixed', reads: 'fresh', keys: 1, engines: 'mixed' },
  { kind: 'stale-mixed', reads: 'stale', keys: 1, engines: 'mixed' },
] as const;

lane({ name: 'concurrency', what: 'processes at once on one user', sample: { test: 2, prove: 24 } }, (wanted) => {
  const [, asked] = /^[a-z-]+\/(\d+)/.exec(wanted ?? '') ?? [];
  const processes = asked ? Number(asked) : settings().scale === 'test' ? 6 : 20;
  return kinds.flatMap(({ kind, ...race }) =>
    Array.from({ length: seeds }, (_, n) => ({
      name: `${kind}/${processes}/seed-${n + 1}`,
      run: async (ending) => {
        await raceOf({ ...race, processes, seed: n + 1 }, ending);
        return processes;
      },
    })),
  );
});
