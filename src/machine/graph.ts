// Reads a machine into plain nodes and edges, and refuses whatever the closed vocabulary does not say. What passes here
// means exactly the same to the xstate actor and in Amazon States Language; asl.ts and mermaid.ts only write it down.
import { type ActivityName, activityNames, type Outputs, type ParkName, parkNames } from './context.ts';

export interface Branch {
  path: string;
  value: string;
  target: string;
}

export type Node =
  | { word: 'begin'; next: string }
  | { word: 'run'; activity: ActivityName; next: string; onError: string }
  | { word: 'park'; activity: ParkName; deadline: ActivityName; next: string; onError: string }
  | { word: 'decide'; branches: Branch[]; otherwise: string }
  | { word: 'end' };

export interface Graph {
  start: string;
  /** By state, in the order in which the machine names them. */
  nodes: ReadonlyMap<string, Node>;
}

export interface Edge {
  from: string;
  to: string;
  kind: 'next' | 'failure' | 'when' | 'otherwise';
  /** What has to be said for this way to be taken; empty where nothing has to. */
  label: string;
}

/** A machine as xstate keeps it: `config` is what was written, untouched. */
export interface Written {
  readonly config: unknown;
}

/** The machine says something that one of the two engines would understand differently. Nothing was generated. */
export class VocabularyError extends Error {
  override readonly name = 'VocabularyError';

  constructor(state: string, what: string) {
    super(`${state}: ${what}`);
  }
}

const endNames: readonly string[] = [
  'rotated',
  'nothingToDo',
  'refused',
  'rolledBack',
  'stuck',
] satisfies Outputs['releaseUser']['verdict'][];

/** The machine as a graph. Throws VocabularyError, naming the state, on everything that ASL could not say exactly. */
export function readGraph(machine: Written): Graph {
  const root = plain('the machine', machine.config, ['id', 'initial', 'context', 'states']);
  const states = plain('the machine', root.states);
  const start = String(root.initial);
  const nodes = new Map(Object.entries(states).map(([name, state]) => [name, readNode(name, state)]));
  const graph = { start, nodes };

  if (!passesOn(root.context, 'input'))
    throw new VocabularyError('the machine', 'its context must be the input as it is');
  if (nodes.get(start)?.word !== 'begin') throw new VocabularyError(start, 'the first state must be the begin');
  for (const [name, node] of nodes) {
    if (node.word === 'begin' && name !== start) throw new VocabularyError(name, 'only the first state is a begin');
  }
  for (const { from, to } of edges(graph)) {
    if (!nodes.has(to)) throw new VocabularyError(from, `leads to ${to}, which does not exist`);
    if (to === start) throw new VocabularyError(from, 'leads back to the begin');
  }
  checkWhatRanBefore(graph);
  return graph;
}

/** Every way out of every state, in the machine's order; a decide's branches in the order in which they are tried. */
export function edges(graph: Graph): Edge[] {
  return [...graph.nodes].flatMap(([name, node]) => edgesFrom(name, node));
}

function edgesFrom(from: string, node: Node): Edge[] {
  switch (node.word) {
    case 'begin':
      return [{ from, to: node.next, kind: 'next', label: '' }];
    case 'run':
    case 'park':
      return [
        { from, to: node.next, kind: 'next', label: '' },
        { from, to: node.onError, kind: 'failure', label: 'fails' },
      ];
    case 'decide':
      return [
        ...node.branches.map(({ value, target }) => ({ from, to: target, kind: 'when' as const, label: value })),
        { from, to: node.otherwise, kind: 'otherwise', label: 'otherwise' },
      ];
    case 'end':
      return [];
  }
}

function readNode(name: string, written: unknown): Node {
  if (!/^[A-Za-z]\w{0,70}$/.test(name)) throw new VocabularyError(name, 'a state is named by one plain word');
  const { tags, ...state } = plain(name, written);
  switch (tags) {
    case 'begin': {
      const { always } = plain(name, state, ['always']);
      return { word: 'begin', next: target(name, plain(name, always, ['target'])) };
    }
    case 'run': {
      const { invoke } = plain(name, state, ['invoke']);
      return { word: 'run', ...readInvoke(name, invoke, activityNames) };
    }
    case 'park': {
      const { invoke, meta } = plain(name, state, ['invoke', 'meta']);
      const { deadline } = plain(name, meta, ['deadline']);
      if (!isOneOf(activityNames, deadline))
        throw new VocabularyError(name, `no activity gives the deadline ${deadline}`);
      return { word: 'park', deadline, ...readInvoke(name, invoke, parkNames) };
    }
    case 'decide': {
      const { always } = plain(name, state, ['always']);
      return { word: 'decide', ...readBranches(name, always) };
    }
    case 'end': {
      const { type } = plain(name, state, ['type']);
      if (type !== 'final') throw new VocabularyError(name, 'an end is a final state');
      if (!endNames.includes(name)) throw new VocabularyError(name, `an end is one of ${endNames.join(', ')}`);
      return { word: 'end' };
    }
    default:
      throw new VocabularyError(name, 'is none of begin, run, park, decide, end');
  }
}

function readInvoke<Name extends string>(name: string, written: unknown, known: readonly Name[]) {
  if (Array.isArray(written)) throw new VocabularyError(name, 'invokes a list; a state invokes one activity');
  const { src, input, onDone, onError } = plain(name, written, ['src', 'input', 'onDone', 'onError']);
  if (!isOneOf(known, src))
    throw new VocabularyError(name, `cannot invoke ${String(src)}: it is none of ${known.join(', ')}`);
  if (!passesOn(input, 'context')) throw new VocabularyError(name, 'an activity is given the whole context, as it is');

  const done = plain(name, onDone, ['target', 'actions']);
  const { type, params } = plain(name, done.actions, ['type', 'params']);
  if (type !== 'remember' || plain(name, params, ['as']).as !== src) {
    throw new VocabularyError(name, `must remember the output of ${src} as ${src}, and do nothing else`);
  }
  if (onError === undefined) throw new VocabularyError(name, 'does not say where a failure leads');
  const failed = plain(name, onError, ['target', 'actions']);
  if (failed.actions !== 'blame') throw new VocabularyError(name, 'must blame the error, and do nothing else');
  return { activity: src, next: target(name, done), onError: target(name, failed) };
}

function readBranches(name: string, always: unknown): { branches: Branch[]; otherwise: string } {
  if (!Array.isArray(always) || always.length < 2) throw new VocabularyError(name, 'a decide has two branches or more');
  const last = plain(name, always.at(-1));
  if ('guard' in last) throw new VocabularyError(name, "a decide's last branch has no condition");
  const branches = always.slice(0, -1).map((branch: unknown) => {
    const written = plain(name, branch, ['guard', 'target']);
    const { type, params } = plain(name, written.guard, ['type', 'params']);
    if (type !== 'is') throw new VocabularyError(name, `the guard ${String(type)} is not \`is\``);
    const { path, value } = plain(name, params, ['path', 'value']);
    if (typeof path !== 'string' || !/^[A-Za-z]\w*\.[A-Za-z]\w*$/.test(path)) {
      throw new VocabularyError(name, `cannot read ${String(path)}: a path is an activity, a dot and one word`);
    }
    if (typeof value !== 'string')
      throw new VocabularyError(name, `compares with ${String(value)}, which is no string`);
    return { path, value, target: target(name, written) };
  });
  return { branches, otherwise: target(name, plain(name, last, ['target'])) };
}

/**
 * Walks every way through the machine and checks that whatever a decide or a park reads was given out by the activity
 * right before it. A stale output of an earlier round would be there too, so neither engine would notice by itself.
 */
function checkWhatRanBefore({ start, nodes }: Graph): void {
  const seen = new Map<string, Set<string>>();

  const visit = (name: string, before: string, decides: string[]) => {
    const node = nodes.get(name) as Node;
    if (decides.includes(name)) throw new VocabularyError(name, 'decides in a circle');
    const arrivals = seen.get(name) ?? new Set();
    if (arrivals.has(before)) return;
    seen.set(name, arrivals.add(before));

    if (node.word === 'park' && node.deadline !== before) {
      throw new VocabularyError(
        name,
        `parks until the deadline of ${node.deadline}, but right before it comes ${before}`,
      );
    }
    if (node.word === 'decide') {
      const other = node.branches.find(({ path }) => !path.startsWith(`${before}.`));
      if (other) throw new VocabularyError(name, `reads ${other.path}, but right before it comes ${before}`);
    }
    for (const { to, kind } of edgesFrom(name, node)) {
      if (node.word === 'decide') visit(to, before, [...decides, name]);
      else if (kind === 'failure' && 'activity' in node) visit(to, `a failure of ${node.activity}`, []);
      else visit(to, 'activity' in node ? node.activity : 'the begin', []);
    }
  };
  visit(start, 'nothing', []);

  const unreached = [...nodes.keys()].find((name) => !seen.has(name));
  if (unreached !== undefined) throw new VocabularyError(unreached, 'no way leads to it');
}

/** The value as an object that has none but the allowed members. */
function plain(name: string, value: unknown, allowed?: string[]): Record<string, unknown> {
  const isPlain = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isPlain) throw new VocabularyError(name, `needs ${allowed?.join(' and ') ?? 'plain data'}, written out as data`);
  const said = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
  const odd = allowed && Object.keys(said).find((key) => !allowed.includes(key));
  if (odd) throw new VocabularyError(name, `says \`${odd}\`, which the vocabulary does not know here`);
  return said;
}

function target(name: string, transition: Record<string, unknown>): string {
  if (typeof transition.target !== 'string') throw new VocabularyError(name, 'leads nowhere');
  return transition.target;
}

/** Whether a function hands on that member of its argument itself. */
function passesOn(written: unknown, member: string): boolean {
  const probe = {};
  return typeof written === 'function' && written({ [member]: probe }) === probe;
}

function isOneOf<Name extends string>(known: readonly Name[], value: unknown): value is Name {
  return (known as readonly unknown[]).includes(value);
}
