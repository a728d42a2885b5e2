// One machine, two engines: whatever the activities answer, the xstate actor and Amazon States Language take the same
// way to the same end, give every activity the same context, and remember the same.
import { describe, expect, test } from 'vitest';
import { type AslDefinition, toAsl } from '../src/machine/asl.ts';
import { edges, readGraph } from '../src/machine/graph.ts';
import { rotation } from '../src/machine/rotation.ts';
import { type Run, runInAsl, runInXstate } from './support/both-engines.ts';
import { scenarios, step, stepOf } from './support/scenarios.ts';

const graph = readGraph(rotation);
const asl = toAsl(rotation);
const all = scenarios(graph);

describe('the same way in both engines', () => {
  test.each(all)('$name', async ({ answers, way }) => {
    const inXstate = await runInXstate(rotation, answers);
    const inAsl = await runInAsl(asl, answers);

    expect(inXstate.way).toEqual(way);
    expect(inXstate.calls).toHaveLength(answers.length);
    expect(inAsl).toEqual(inXstate);
  });

  test('a whole rotation looks like this', async () => {
    const answers = [
      { output: { at: '2026-11-22T10:00:00Z' } },
      { output: { verdict: 'create' } },
      { output: { oldPairKept: true } },
      { output: { removed: null } },
      { output: { newKey: 'AKIANEW' } },
      { output: { verdict: 'accepted' } },
      { output: { verdict: 'delivered' } },
      { output: { verdict: 'busy', seconds: 172_800 } },
      'deadlinePassed' as const,
      { output: { verdict: 'quiet' } },
      { output: { graceUntil: '2026-12-06T10:00:00Z' } },
      { output: { verdict: 'healthy', seconds: 604_800 } },
      { output: { signal: 'elapsed', at: '2026-12-06T10:00:00Z' } },
      { output: { verdict: 'passed' } },
      { output: { deleted: 'AKIAOLD' } },
      { output: { verdict: 'rotated' } },
    ];

    const inXstate = await runInXstate(rotation, answers);
    const inAsl = await runInAsl(asl, answers);

    expect(inAsl).toEqual(inXstate);
    expect(inAsl.end).toBe('rotated');
    expect(inAsl.calls.map(({ activity }) => activity)).toEqual([
      'claimUser',
      'inspectKeys',
      'preflightConsumers',
      'freeSlot',
      'createKey',
      'verifyNewKey',
      'deliverKey',
      'checkOldKeyUse',
      'awaitQuiet',
      'checkOldKeyUse',
      'deactivateKey',
      'checkHealth',
      'awaitGrace',
      'checkHealth',
      'deleteKey',
      'releaseUser',
    ]);
    expect(inAsl.context).toEqual({
      schema: 1,
      rotation: 'r-1',
      intent: 'forward',
      plan: { user: 'alice' },
      interruptions: [],
      execution: {
        id: 'arn:execution',
        name: 'AKIAEXAMPLE-1',
        startTime: '2026-11-22T10:00:00Z',
        input: { schema: 1, rotation: 'r-1', intent: 'forward', plan: { user: 'alice' }, interruptions: [] },
      },
      claimUser: { at: '2026-11-22T10:00:00Z' },
      inspectKeys: { verdict: 'create' },
      preflightConsumers: { oldPairKept: true },
      freeSlot: { removed: null },
      createKey: { newKey: 'AKIANEW' },
      verifyNewKey: { verdict: 'accepted' },
      deliverKey: { verdict: 'delivered' },
      checkOldKeyUse: { verdict: 'quiet' },
      awaitQuiet: { signal: 'elapsed' },
      deactivateKey: { graceUntil: '2026-12-06T10:00:00Z' },
      checkHealth: { verdict: 'passed' },
      awaitGrace: { signal: 'elapsed', at: '2026-12-06T10:00:00Z' },
      deleteKey: { deleted: 'AKIAOLD' },
      releaseUser: { verdict: 'rotated' },
    });
  });

  test('a deadline that passed leaves no error behind', async () => {
    const elapsed = all.filter(({ answers }) => answers.includes('deadlinePassed'));

    const runs = await Promise.all(elapsed.map(({ answers }) => runInAsl(asl, answers)));

    expect(elapsed.map(({ name }) => name)).toEqual([
      'awaitQuiet -> quietSignal, the deadline passed',
      'awaitGrace -> graceSignal, the deadline passed',
      'awaitNextLook -> nextLookSignal, the deadline passed',
    ]);
    expect(JSON.stringify(runs)).not.toContain('States.Timeout');
  });

  test('what Step Functions asks again goes the same way once it is answered', async () => {
    const asked = [
      { failure: 'slow down' },
      { failure: 'slow down' },
      { output: {} },
      { output: { verdict: 'noSlot' } },
    ];
    const rest = [{ output: { verdict: 'refused' } }];

    const inXstate = await runInXstate(rotation, [...asked.slice(2), ...rest]);
    const inAsl = await runInAsl(asl, [...asked, ...rest], { retries: true });

    expect(inAsl.way).toEqual(inXstate.way);
    expect(inAsl.context).toEqual(inXstate.context);
    expect(inAsl.calls.map(({ activity }) => activity)).toEqual([
      'claimUser',
      'claimUser',
      'claimUser',
      'inspectKeys',
      'releaseUser',
    ]);
  });
});

describe('nothing is left out', () => {
  test("the graph has every transition of xstate's own reading of the machine", () => {
    const states = Object.values(rotation.root.states);

    const transitions = states.flatMap((state) => [...(state.always ?? []), ...[...state.transitions.values()].flat()]);

    expect(edges(graph)).toHaveLength(transitions.length);
    expect([...graph.nodes.keys()]).toEqual(Object.keys(rotation.root.states));
  });

  test('every edge is taken by both engines', async () => {
    const inXstate = new Set<string>();
    const inAsl = new Set<string>();

    for (const { answers } of all) {
      for (const taken of (await runInXstate(rotation, answers)).way) inXstate.add(taken);
      for (const taken of (await runInAsl(asl, answers)).way) inAsl.add(taken);
    }

    const expected = [...new Set(edges(graph).map(stepOf))].sort();
    expect([...inXstate].sort()).toEqual(expected);
    expect([...inAsl].sort()).toEqual(expected);
  });

  test('every activity fails once, and every decide meets an unknown word, no word, nothing and a number', () => {
    const names = all.map(({ name }) => name).join('\n');

    for (const [name, node] of graph.nodes) {
      if ('onError' in node) expect(names).toContain(step(name, node.onError, true));
      if (node.word !== 'decide') continue;
      for (const odd of ['an unknown word', 'no word', 'no output', 'a number']) {
        expect(names).toContain(`${step(name, node.otherwise)}, otherwise: ${odd}`);
      }
    }
  });
});

describe('a difference is noticed', () => {
  const xstateRuns = new Map<string, Promise<Run>>(
    all.map(({ name, answers }) => [name, runInXstate(rotation, answers)]),
  );

  /** The name of the first scenario in which the changed definition differs from xstate. */
  async function noticedBy(changed: AslDefinition, state: string): Promise<string | undefined> {
    const passing = all.filter(({ way }) => way.some((taken) => new RegExp(`\\b${state}\\b`).test(taken)));
    for (const { name, answers } of passing) {
      const inXstate = JSON.stringify(await xstateRuns.get(name));
      if (JSON.stringify(await runInAsl(changed, answers)) !== inXstate) return name;
    }
    return undefined;
  }

  test('a changed target is noticed, wherever it is', async () => {
    const unnoticed: string[] = [];

    for (const [state, path] of places(asl, ['Next', 'Default'])) {
      const changed = change(asl, path, (target) => (target === 'nothingToDo' ? 'refused' : 'nothingToDo'));
      if (!(await noticedBy(changed, state))) unnoticed.push(path.join('.'));
    }

    expect(unnoticed).toEqual([]);
  });

  test('a changed word, or an output put elsewhere, is noticed wherever it is', async () => {
    const unnoticed: string[] = [];

    for (const [state, path] of places(asl, ['StringEquals', 'ResultPath'])) {
      // Whatever is put where `elapsed` replaces it is meant to be lost.
      if (path.at(-1) === 'ResultPath' && isTimeoutCatcher(asl, path)) continue;
      if (
        !(await noticedBy(
          change(asl, path, (said) => `${said}X`),
          state,
        ))
      )
        unnoticed.push(path.join('.'));
    }

    expect(unnoticed).toEqual([]);
  });
});

type Path = (string | number)[];

/** Where a definition says one of these words: the state (a park's, for what belongs to it) and the path to it. */
function places(definition: AslDefinition, words: string[]): [state: string, path: Path][] {
  const found: Path[] = [];
  const walk = (value: unknown, path: Path) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (words.includes(key)) found.push([...path, key]);
      walk(inner, [...path, key]);
    }
  };
  walk(definition.States, ['States']);
  return found.map((path) => [String(path[1]).replace(/Elapsed$/, ''), path]);
}

function change(definition: AslDefinition, path: Path, to: (said: string) => string): AslDefinition {
  const copy = structuredClone(definition);
  const holder = path.slice(0, -1).reduce<never>((inner, key) => inner[key as never], copy as never) as Record<
    string,
    string
  >;
  const last = String(path.at(-1));
  holder[last] = to(holder[last] as string);
  return copy;
}

function isTimeoutCatcher(definition: AslDefinition, path: Path): boolean {
  const holder = path.slice(0, -1).reduce<never>((inner, key) => inner[key as never], definition as never) as {
    ErrorEquals?: string[];
  };
  return holder.ErrorEquals?.includes('States.Timeout') ?? false;
}
