// The crash matrix: the command line as a child process, killed with SIGKILL at every request to AWS and at every change of
// a file; then a second process goes on, or goes back, and the checker looks at every moment in between.

import { crashesOf, killedOnce, killedTwice, nameOf, pointsAfter, type Recorded } from './crash/cases.ts';
import { commands } from './crash/commands.ts';
import { type PlaceKind, placeKinds } from './crash/places.ts';
import { type Case, type Lane, lane, type MakeCases } from './lane.ts';
import { drawnBy, inTurn } from './sample.ts';
import { settings } from './settings.ts';

type Run = readonly [command: string, kind: PlaceKind];

const everywhere: Run[] = commands.flatMap(({ name }) =>
  (['file', 'secret'] as const).map((kind) => [name, kind] as const),
);
const elsewhere: Run[] = placeKinds
  .filter((kind) => kind !== 'file' && kind !== 'secret')
  .flatMap((kind) => ['rotate', 'rollback', 'rollback-in-grace'].map((command) => [command, kind] as const));

const recordings = new Map<string, Promise<Recorded[]>>();

/** Of these runs every crash; in `npm test`, of a few. A case that is named asks for its own run alone. */
async function crashesOfAll(runs: readonly Run[], wanted: string | null, inTest: number): Promise<Recorded[]> {
  const asked = runs.filter((run) => wanted === null || concerns(run.join('/'), wanted));
  const chosen =
    wanted === null && settings().scale === 'test' ? drawnBy(asked, inTest, settings().seed, String) : asked;
  const recorded = await inTurn(chosen, 4, ([command, kind]) => {
    const key = `${command}/${kind}`;
    const known = recordings.get(key) ?? crashesOf(command, kind);
    recordings.set(key, known);
    return known;
  });
  return recorded.flat();
}

function concerns(name: string, wanted: string): boolean {
  return wanted.startsWith(`${name}/`) || `${name}/`.startsWith(`${wanted}/`);
}

const isRequest = ({ point }: Recorded) => point.includes('.');

crashes({ name: 'crash-request', what: 'killed at a request to AWS', sample: { test: 4, prove: 80 } }, async (wanted) =>
  (await crashesOfAll(everywhere, wanted, 2)).filter(isRequest).map(killedOnce),
);

crashes({ name: 'crash-file', what: 'killed at a change of a file', sample: { test: 4, prove: 80 } }, async (wanted) =>
  (await crashesOfAll(everywhere, wanted, 2)).filter((crash) => !isRequest(crash)).map(killedOnce),
);

crashes(
  { name: 'crash-place', what: 'killed while other places are written', sample: { test: 2, prove: 30 } },
  async (wanted) =>
    (await crashesOfAll(elsewhere, wanted, 1))
      .filter(({ step }) => step === 'deliverKey' || step === 'restoreConsumers')
      .map(killedOnce),
);

crashes(
  { name: 'crash-twice', what: 'killed again in the recovery', sample: { test: 'all', prove: 'all' } },
  async (wanted) => {
    const all = await crashesOfAll(everywhere, wanted, 2);
    const { scale, seed } = settings();
    const firsts = { test: 1, prove: 20, full: 400 }[scale];
    const chosen =
      wanted === null ? drawnBy(all, firsts, seed, nameOf) : all.filter((crash) => concerns(nameOf(crash), wanted));
    const cases = await inTurn(chosen, 4, async (crash): Promise<Case[]> => {
      const points = await pointsAfter(crash);
      const seconds = wanted === null ? drawnBy(points, 2, seed, (point) => `${nameOf(crash)} ${point}`) : points;
      return seconds.map((point) => killedTwice(crash, point));
    });
    return cases.flat();
  },
);

function crashes(about: Omit<Lane, 'atOnce'>, cases: MakeCases): void {
  lane({ ...about, atOnce: 4 }, cases);
}
