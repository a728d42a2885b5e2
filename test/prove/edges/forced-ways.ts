// Every edge of the machine with a way that leads over it, as what each activity on that way has to say; and whatever makes
// an activity say it. The activities still do their real work: only the word is forced.
import { UnexpectedStateError } from '../../../src/errors.ts';
import type { ActivityName, ParkName, Signal } from '../../../src/machine/context.ts';
import { type Edge, edges, type Graph } from '../../../src/machine/graph.ts';

/** What no branch of any decide is for. */
const otherWord = 'anything else';

export interface Say {
  activity: ActivityName | ParkName;
  /** Member and value to be read by the decide after it; absent where nothing reads it. */
  says?: [member: string, value: string];
  fails?: true;
}

export interface Way {
  /** `createKey-verifyNewKey`, with what has to be said where something has. */
  edge: string;
  script: Say[];
}

/** One shortest way over each edge. */
export function waysOverEveryEdge(graph: Graph): Way[] {
  return edges(graph).map((edge) => ({
    edge: nameOf(edge),
    script: scriptOf(graph, [...shortestTo(graph, edge.from), edge]),
  }));
}

function nameOf({ from, to, label }: Edge): string {
  return [from, to, label].filter(Boolean).join('-');
}

function shortestTo(graph: Graph, state: string): Edge[] {
  const ways = new Map<string, Edge[]>([[graph.start, []]]);
  for (const [at, way] of ways) {
    for (const edge of edges(graph).filter((one) => one.from === at && !isShortCut(one))) {
      if (!ways.has(edge.to)) ways.set(edge.to, [...way, edge]);
    }
  }
  return ways.get(state) ?? [];
}

/** Where an earlier run left something: a new rotation has nothing there to work on. */
function isShortCut({ from, label }: Edge): boolean {
  return from === 'whereToGoOn' && ['verify', 'deliver', 'watch', 'grace', 'rollBack'].includes(label);
}

function scriptOf({ nodes }: Graph, way: Edge[]): Say[] {
  const script: Say[] = [];
  for (const { from, kind, label } of way) {
    const node = nodes.get(from);
    if (node && 'activity' in node)
      script.push({ activity: node.activity, ...(kind === 'failure' ? { fails: true } : {}) });
    if (node?.word !== 'decide') continue;
    const [member = ''] = node.branches.map(({ path }) => path.split('.')[1] ?? '');
    const last = script.at(-1);
    if (last) last.says = [member, kind === 'otherwise' ? otherWord : label];
  }
  return script;
}

/** Makes activities and waits follow the script from the first call on; then they say what they find. */
export function follow(script: readonly Say[], now: () => string) {
  const called: string[] = [];
  const next = (name: string): Say | undefined => {
    const said = script[called.length];
    called.push(name);
    if (called.length > 80) throw new Error('the rotation goes in a circle');
    if (said && said.activity !== name) throw new Error(`${name} was called instead of ${said.activity}`);
    return said;
  };

  return {
    called,
    activity: async (name: string, work: () => Promise<unknown>): Promise<unknown> => {
      const said = next(name);
      if (said?.fails) throw new UnexpectedStateError('forced to fail');
      if (!said?.says) return work();
      const [member, value] = said.says;
      // What would not have got here by itself may find nothing that it could work on.
      const found = await work().catch(() => ({
        at: now(),
        reason: 'forced',
        until: now(),
        seconds: 1,
        counter: 0,
        keys: [],
      }));
      return { ...(found as object), [member]: value };
    },
    /** The signal that ends the wait; null where its time just passes. */
    wait: (name: string): Signal | null => {
      const [, value = 'elapsed'] = next(name)?.says ?? [];
      if (value === 'elapsed') return null;
      return value === otherWord ? 'reactivate' : (value as Signal);
    },
  };
}
