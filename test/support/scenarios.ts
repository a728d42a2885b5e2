// Finds, for every edge of a machine, a script of answers that leads a rotation over it and on to an end. The scripts
// come from the graph alone, so a machine that grows an edge is tested on it the same day.
import { type Edge, edges, type Graph, type Node } from '../../src/machine/graph.ts';

export type Answer = { output: unknown } | { failure: string } | 'deadlinePassed';

export interface Scenario {
  name: string;
  /** What each activity answers, in the order of the calls. */
  answers: Answer[];
  /** The steps that both engines have to take, see `step`. */
  way: string[];
}

export function step(from: string, to: string, failed = false): string {
  return failed ? `${from} failed -> ${to}` : `${from} -> ${to}`;
}

export function stepOf({ from, to, kind }: Edge): string {
  return step(from, to, kind === 'failure');
}

/** Answers that no branch was written for: a word of tomorrow, none, nothing at all, and no string. */
const oddAnswers: [string, (word: string) => unknown][] = [
  ['an unknown word', (word) => ({ [word]: 'neverHeardOf' })],
  ['no word', () => ({})],
  ['no output', () => null],
  ['a number', (word) => ({ [word]: 7 })],
];

/** One scenario for each way from the start to an end that enters no state twice. */
export function simplePaths(graph: Graph): Scenario[] {
  const all = edges(graph);
  const found: Scenario[] = [];
  const walk = (state: string, taken: readonly Edge[]) => {
    if (graph.nodes.get(state)?.word === 'end') found.push(plan(graph, taken.flatMap(choiceIn).join('.'), [...taken]));
    for (const edge of all) {
      const isNew = edge.to !== graph.start && !taken.some(({ to }) => to === edge.to);
      if (edge.from === state && isNew) walk(edge.to, [...taken, edge]);
    }
  };
  walk(graph.start, []);
  return found;
}

/** What tells a way from others: each word that was said, and whatever failed. */
function choiceIn({ from, kind, label }: Edge): string[] {
  if (kind === 'next') return [];
  return [kind === 'when' ? label : `${from}-${label}`];
}

/** One scenario for each edge; several where the edge is the otherwise of a decide; and one for each elapsed park. */
export function scenarios(graph: Graph): Scenario[] {
  const all = edges(graph);
  const through = (edge: Edge) => [...way(all, graph.start, edge.from), edge, ...wayToAnEnd(graph, all, edge.to)];
  const overEdges = all.flatMap((edge) => {
    const name = `${stepOf(edge)}${edge.label && edge.kind !== 'failure' ? `, ${edge.label}` : ''}`;
    if (edge.kind !== 'otherwise') return [plan(graph, name, through(edge))];
    return oddAnswers.map(([odd, answer]) => plan(graph, `${name}: ${odd}`, through(edge), { edge, answer }));
  });
  const elapsed = [...graph.nodes].flatMap(([park, node]) => {
    if (node.word !== 'park') return [];
    const after = all.filter(({ from }) => from === node.next);
    const taken = after.find(({ label }) => label === 'elapsed') ?? (after.at(-1) as Edge);
    const parked = all.find(({ from, kind }) => from === park && kind === 'next') as Edge;
    const before = way(all, graph.start, park);
    const scenario = plan(graph, `${park} -> ${node.next}, the deadline passed`, [
      ...before,
      parked,
      taken,
      ...wayToAnEnd(graph, all, taken.to),
    ]);
    const nth = before.filter(({ from }) => isCall(graph.nodes.get(from))).length;
    return [{ ...scenario, answers: scenario.answers.with(nth, 'deadlinePassed' as const) }];
  });
  return [...overEdges, ...elapsed];
}

function plan(
  graph: Graph,
  name: string,
  planned: Edge[],
  odd?: { edge: Edge; answer: (word: string) => unknown },
): Scenario {
  const answers = planned.flatMap((edge, index): Answer[] => {
    if (!isCall(graph.nodes.get(edge.from))) return [];
    if (edge.kind === 'failure') return [{ failure: `step ${index} of ${name}` }];
    const decision = planned[index + 1];
    const node = decision && graph.nodes.get(decision.from);
    const common = { step: index, seconds: 3600 };
    if (node?.word !== 'decide') return [{ output: common }];
    const word = (node.branches[0]?.path ?? '').split('.')[1] as string;
    if (decision === odd?.edge) return [{ output: odd?.answer(word) }];
    return [{ output: { ...common, [word]: decision?.kind === 'when' ? decision.label : 'neverHeardOf' } }];
  });
  return { name, answers, way: planned.map(stepOf) };
}

function wayToAnEnd(graph: Graph, all: Edge[], from: string): Edge[] {
  const ends = [...graph.nodes].filter(([, node]) => node.word === 'end').map(([name]) => name);
  const ways = ends.flatMap((end) => {
    const found = search(all, from, end);
    return found ? [found] : [];
  });
  return ways.reduce((a, b) => (b.length < a.length ? b : a));
}

function way(all: Edge[], from: string, to: string): Edge[] {
  const found = search(all, from, to);
  if (!found) throw new Error(`no way from ${from} to ${to}`);
  return found;
}

/** The shortest way, breadth first. */
function search(all: Edge[], from: string, to: string): Edge[] | undefined {
  const ways = new Map<string, Edge[]>([[from, []]]);
  for (const [state, soFar] of ways) {
    if (state === to) return soFar;
    for (const edge of all) {
      if (edge.from === state && !ways.has(edge.to)) ways.set(edge.to, [...soFar, edge]);
    }
  }
  return undefined;
}

function isCall(node: Node | undefined): boolean {
  return node?.word === 'run' || node?.word === 'park';
}
