// All edges of the machine, and all ways through it, taken by both engines.
import { deepStrictEqual } from 'node:assert/strict';
import { toAsl } from '../../src/machine/asl.ts';
import { readGraph } from '../../src/machine/graph.ts';
import { rotation } from '../../src/machine/rotation.ts';
import { runInAsl, runInXstate } from '../support/both-engines.ts';
import { simplePaths } from '../support/scenarios.ts';
import { overTheEdge } from './edges/both-engines.ts';
import { waysOverEveryEdge } from './edges/forced-ways.ts';
import { lane } from './lane.ts';

const graph = readGraph(rotation);

lane(
  {
    name: 'edges',
    what: 'every edge of the machine with real activities: both engines leave the same behind',
    sample: { test: 16, prove: 'all' },
  },
  () => waysOverEveryEdge(graph).map((way) => ({ name: way.edge, run: (ending) => overTheEdge(way, ending) })),
);

lane(
  {
    name: 'paths',
    what: 'every way through the machine that enters no state twice: the same end and context in both engines',
    sample: { test: 200, prove: 'all' },
  },
  () => {
    const asl = toAsl(rotation);
    return simplePaths(graph).map(({ name, answers, way }) => ({
      name,
      run: async () => {
        const inXstate = await runInXstate(rotation, answers);
        const inAsl = await runInAsl(asl, answers);
        deepStrictEqual(inXstate.way, way);
        deepStrictEqual(inAsl, inXstate);
        return way.length;
      },
    }));
  },
);
