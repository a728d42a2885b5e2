// Everything that the vocabulary does not say is refused, naming the state: each row is a small machine that an xstate
// actor would run, and that Amazon States Language could not say, or would understand differently.
import { describe, expect, test } from 'vitest';
import { toAsl } from '../../src/machine/asl.ts';
import { edges, readGraph, VocabularyError } from '../../src/machine/graph.ts';
import { rotation } from '../../src/machine/rotation.ts';
import { begin, decide, end, otherwise, park, run, when, words } from '../../src/machine/vocabulary.ts';

/** A machine of the least that is needed, with other states put in. */
function machine(states: Record<string, unknown>, root: Record<string, unknown> = {}) {
  return words.createMachine({
    id: 'small',
    initial: 'begin',
    context: ({ input }: { input: never }) => input,
    states: {
      begin: begin('claimUser'),
      claimUser: run('claimUser', 'refused', 'stuck'),
      refused: end(),
      stuck: end(),
      ...states,
    },
    ...root,
  } as never);
}

/** The small machine with other words for its one run. */
const running = (changes: Record<string, unknown>) =>
  machine({ claimUser: { ...run('claimUser', 'refused', 'stuck'), ...changes } });

const invoking = (changes: Record<string, unknown>) =>
  running({ invoke: { ...run('claimUser', 'refused', 'stuck').invoke, ...changes } });

/** What xstate itself refuses while the machine is made: only what it would have kept is shown here. */
const written = (changes: Record<string, unknown>) => ({ config: { ...machine({}).config, ...changes } });

const remember = { type: 'remember', params: { as: 'claimUser' } };

const deciding = (...branches: unknown[]) =>
  machine({ claimUser: run('claimUser', 'verdict', 'stuck'), verdict: decide(...branches) });

const yes = when('claimUser.verdict', 'yes', 'refused');

describe('a machine in the vocabulary', () => {
  test('as small as this one is fine', () => {
    expect(Object.keys(toAsl(machine({})).States)).toEqual(['begin', 'claimUser', 'refused', 'stuck']);
    expect(Object.keys(toAsl(deciding(yes, otherwise('stuck'))).States)).toContain('verdict');
  });

  test('has its ways in the order in which they are tried', () => {
    const graph = readGraph(deciding(yes, otherwise('stuck')));

    expect(edges(graph)).toEqual([
      { from: 'begin', to: 'claimUser', kind: 'next', label: '' },
      { from: 'claimUser', to: 'verdict', kind: 'next', label: '' },
      { from: 'claimUser', to: 'stuck', kind: 'failure', label: 'fails' },
      { from: 'verdict', to: 'refused', kind: 'when', label: 'yes' },
      { from: 'verdict', to: 'stuck', kind: 'otherwise', label: 'otherwise' },
    ]);
  });

  test('may decide twice on the same word', () => {
    const chained = machine({
      claimUser: run('claimUser', 'first', 'stuck'),
      first: decide(yes, otherwise('second')),
      second: decide(when('claimUser.reason', 'no', 'refused'), otherwise('stuck')),
    });

    expect(toAsl(chained).States.second).toMatchObject({ Type: 'Choice', Default: 'stuck' });
  });
});

const refusals: [what: string, machine: () => { config: unknown }, message: string | RegExp][] = [
  ['a delay', () => running({ after: { 1000: 'stuck' } }), 'claimUser: says `after`'],
  ['an event from the side', () => running({ on: { STOP: 'stuck' } }), 'claimUser: says `on`'],
  ['an entry action', () => running({ entry: 'blame' }), 'claimUser: says `entry`'],
  ['an exit action', () => running({ exit: 'blame' }), 'claimUser: says `exit`'],
  [
    'nested states',
    () => running({ initial: 'inner', states: { inner: {} } }),
    /^claimUser: says `(initial|states)`, which the vocabulary does not know here$/,
  ],
  ['a parallel state', () => machine({ refused: { type: 'parallel', tags: 'run' } }), 'refused: says `type`'],
  ['a history state', () => machine({ refused: { type: 'history' } }), 'refused: is none of begin, run'],
  ['a state of no word', () => machine({ refused: { type: 'final' } }), 'refused: is none of begin, run, park'],
  ['events for the whole machine', () => machine({}, { on: { STOP: '.stuck' } }), 'the machine: says `on`'],
  ['a context of its own', () => machine({}, { context: {} }), 'the machine: its context must be the input'],
  [
    'two activities in one state',
    () => running({ invoke: [{ src: 'claimUser' }, { src: 'inspectKeys' }] }),
    'claimUser: invokes a list',
  ],
  [
    'an activity that nobody wrote',
    () => machine({ claimUser: run('fly', 'refused', 'stuck') }),
    'claimUser: cannot invoke fly: it is none of claimUser, inspectKeys, preflightConsumers, ',
  ],
  [
    'a run of a park',
    () => machine({ claimUser: run('awaitGrace', 'refused', 'stuck') }),
    'claimUser: cannot invoke awaitGrace',
  ],
  [
    'an activity that is given a part',
    () => invoking({ input: () => ({}) }),
    'claimUser: an activity is given the whole',
  ],
  ['a run without onError', () => invoking({ onError: undefined }), 'claimUser: does not say where a failure leads'],
  ['an error that is not kept', () => invoking({ onError: { target: 'stuck' } }), 'claimUser: must blame the error'],
  [
    'another action on failure',
    () => invoking({ onError: { target: 'stuck', actions: () => {} } }),
    'claimUser: must blame the error',
  ],
  ['an output that is not kept', () => invoking({ onDone: { target: 'refused' } }), 'claimUser: needs type and params'],
  [
    'an output kept under another name',
    () => invoking({ onDone: { target: 'refused', actions: { ...remember, params: { as: 'plan' } } } }),
    'claimUser: must remember the output of claimUser as claimUser',
  ],
  [
    'another action on success',
    () => invoking({ onDone: { target: 'refused', actions: { ...remember, type: 'blame' } } }),
    'claimUser: must remember the output of claimUser as claimUser',
  ],
  [
    'a second action on success',
    () => invoking({ onDone: { target: 'refused', actions: [remember, 'blame'] } }),
    'claimUser: needs type and params',
  ],
  [
    'a guard on success',
    () => invoking({ onDone: { target: 'refused', actions: remember, guard: yes.guard } }),
    'claimUser: says `guard`',
  ],
  ['a transition to nowhere', () => invoking({ onDone: { actions: remember } }), 'claimUser: leads nowhere'],
  [
    'another guard',
    () => deciding({ guard: 'isOld', target: 'refused' }, otherwise('stuck')),
    'verdict: needs type and params',
  ],
  [
    'a guard of another kind',
    () => deciding({ guard: { type: 'exceeds', params: yes.guard.params }, target: 'refused' }, otherwise('stuck')),
    'verdict: the guard exceeds is not `is`',
  ],
  [
    'a guard on a number',
    () => deciding(when('claimUser.counter', 3 as never, 'refused'), otherwise('stuck')),
    'verdict: compares with 3, which is no string',
  ],
  [
    'a guard on more than a word',
    () => deciding(when('claimUser.keys[0].id', 'x', 'refused'), otherwise('stuck')),
    'verdict: cannot read claimUser.keys[0].id',
  ],
  [
    'a guard on a word further in',
    () => deciding(when('claimUser.keys.id', 'x', 'refused'), otherwise('stuck')),
    'verdict: cannot read claimUser.keys.id',
  ],
  [
    'a guard on several words',
    () => deciding(when(['claimUser.verdict'] as never, 'x', 'refused'), otherwise('stuck')),
    'verdict: cannot read claimUser.verdict: a path is an activity, a dot and one word',
  ],
  [
    'a guard whose word is worked out later',
    () => deciding({ guard: { type: 'is', params: () => ({}) }, target: 'refused' }, otherwise('stuck')),
    'verdict: needs path and value',
  ],
  [
    'an action in a decide',
    () => deciding({ ...yes, actions: 'blame' }, otherwise('stuck')),
    'verdict: says `actions`',
  ],
  ['a decide without an otherwise', () => deciding(yes, yes), "verdict: a decide's last branch has no condition"],
  ['a decide without a choice', () => deciding(otherwise('stuck')), 'verdict: a decide has two branches or more'],
  [
    'an otherwise before the last branch',
    () => deciding(otherwise('refused'), otherwise('stuck')),
    'verdict: needs type and params',
  ],
  [
    'a decide that reads an earlier activity',
    () =>
      machine({
        claimUser: run('claimUser', 'inspectKeys', 'stuck'),
        inspectKeys: run('inspectKeys', 'verdict', 'stuck'),
        verdict: decide(yes, otherwise('stuck')),
      }),
    'verdict: reads claimUser.verdict, but right before it comes inspectKeys',
  ],
  [
    'a decide that is reached past its activity on one way alone',
    () =>
      machine({
        claimUser: run('claimUser', 'verdict', 'stuck'),
        verdict: decide(yes, when('claimUser.verdict', 'no', 'inspectKeys'), otherwise('stuck')),
        inspectKeys: run('inspectKeys', 'verdict', 'stuck'),
      }),
    'verdict: reads claimUser.verdict, but right before it comes inspectKeys',
  ],
  [
    'a decide after a failure',
    () => machine({ claimUser: run('claimUser', 'refused', 'verdict'), verdict: decide(yes, otherwise('stuck')) }),
    'verdict: reads claimUser.verdict, but right before it comes a failure of claimUser',
  ],
  [
    'a decide right after the begin',
    () =>
      machine({
        begin: begin('verdict'),
        verdict: decide(yes, otherwise('claimUser')),
      }),
    'verdict: reads claimUser.verdict, but right before it comes the begin',
  ],
  [
    'a second decide that reads something else',
    () =>
      machine({
        claimUser: run('claimUser', 'first', 'stuck'),
        first: decide(yes, otherwise('second')),
        second: decide(when('inspectKeys.verdict', 'no', 'refused'), otherwise('stuck')),
      }),
    'second: reads inspectKeys.verdict, but right before it comes claimUser',
  ],
  [
    'decides in a circle',
    () =>
      machine({
        claimUser: run('claimUser', 'first', 'stuck'),
        first: decide(yes, otherwise('second')),
        second: decide(yes, otherwise('first')),
      }),
    'first: decides in a circle',
  ],
  [
    'a park right after the begin',
    () => machine({ begin: begin('claimUser'), claimUser: park('awaitGrace', 'checkHealth', 'refused', 'stuck') }),
    'claimUser: parks until the deadline of checkHealth, but right before it comes the begin',
  ],
  [
    'a park without a deadline',
    () =>
      machine({
        claimUser: run('claimUser', 'parked', 'stuck'),
        parked: { ...park('awaitGrace', 'claimUser', 'refused', 'stuck'), meta: undefined },
      }),
    'parked: needs deadline',
  ],
  [
    'a park until the deadline of an earlier activity',
    () =>
      machine({
        claimUser: run('claimUser', 'checkHealth', 'stuck'),
        checkHealth: run('checkHealth', 'inspectKeys', 'stuck'),
        inspectKeys: run('inspectKeys', 'parked', 'stuck'),
        parked: park('awaitGrace', 'checkHealth', 'refused', 'stuck'),
      }),
    'parked: parks until the deadline of checkHealth, but right before it comes inspectKeys',
  ],
  [
    'a park after the failure of what gives its deadline',
    () =>
      machine({
        claimUser: run('claimUser', 'checkHealth', 'stuck'),
        checkHealth: run('checkHealth', 'refused', 'parked'),
        parked: park('awaitGrace', 'checkHealth', 'refused', 'stuck'),
      }),
    'parked: parks until the deadline of checkHealth, but right before it comes a failure of checkHealth',
  ],
  [
    'a park until the deadline of a park',
    () =>
      machine({
        claimUser: run('claimUser', 'parked', 'stuck'),
        parked: park('awaitGrace', 'awaitGrace', 'refused', 'stuck'),
      }),
    'parked: no activity gives the deadline awaitGrace',
  ],
  [
    "a state that has the name of a park's elapsed time",
    () =>
      machine({
        claimUser: run('claimUser', 'parked', 'stuck'),
        parked: park('awaitGrace', 'claimUser', 'parkedElapsed', 'stuck'),
        parkedElapsed: run('inspectKeys', 'refused', 'stuck'),
      }),
    'parkedElapsed: is also the name of the state that a park makes',
  ],
  ['a state that no way leads to', () => machine({ rotated: end() }), 'rotated: no way leads to it'],
  [
    'a first state that is no begin',
    () => machine({}, { initial: 'claimUser' }),
    'claimUser: the first state must be the begin',
  ],
  ['a second begin', () => machine({ again: begin('claimUser') }), 'again: only the first state is a begin'],
  [
    'a way back to the begin',
    () => machine({ claimUser: run('claimUser', 'begin', 'stuck') }),
    'claimUser: leads back to the begin',
  ],
  [
    'an end of another name',
    () => machine({ claimUser: run('claimUser', 'done', 'stuck'), done: end() }),
    'done: an end is one of rotated, nothingToDo, refused, rolledBack, stuck',
  ],
  ['an end that is not final', () => machine({ refused: { tags: 'end' } }), 'refused: an end is a final state'],
  [
    'a target that does not exist',
    () => written({ states: { ...machine({}).config.states, begin: begin('nowhere') } }),
    'begin: leads to nowhere, which does not exist',
  ],
  ['no states', () => written({ states: undefined }), 'the machine: needs plain data, written out as data'],
  [
    'a state that is nothing',
    () => written({ states: { begin: null } }),
    'begin: needs plain data, written out as data',
  ],
  [
    'a first state that does not exist',
    () => written({ initial: 'nowhere' }),
    'nowhere: the first state must be the begin',
  ],
  ['a state with a name that is no word', () => machine({ 'a b': end() }), 'a b: a state is named by one plain word'],
];

describe('a machine outside of the vocabulary is refused:', () => {
  test.each(refusals)('%s', (_what, bad, message) => {
    const machineAtHand = bad();

    expect(() => toAsl(machineAtHand)).toThrow(VocabularyError);
    expect(() => toAsl(machineAtHand)).toThrow(expect.objectContaining({ name: 'VocabularyError' }));
    expect(() => toAsl(machineAtHand)).toThrow(message);
  });

  test('the rotation itself is not', () => {
    expect(readGraph(rotation).nodes.size).toBeGreaterThan(30);
  });
});
