// What the two actions and the one guard do in an xstate actor.
import { describe, expect, test } from 'vitest';
import { createActor, fromPromise, toPromise } from 'xstate';
import type { RotationContext } from '../../src/machine/context.ts';
import { at, begin, decide, end, otherwise, run, when, words } from '../../src/machine/vocabulary.ts';

const small = words.createMachine({
  initial: 'begin',
  context: ({ input }) => input,
  states: {
    begin: begin('inspectKeys'),
    inspectKeys: run('inspectKeys', 'whereToGoOn', 'stuck'),
    whereToGoOn: decide(when('inspectKeys.verdict', 'release', 'rolledBack'), otherwise('rotated')),
    rotated: end(),
    rolledBack: end(),
    stuck: end(),
  },
});

/** Where the small machine ends, with what it carries, where inspecting comes to this. */
async function ended(inspectKeys?: (context: RotationContext) => Promise<unknown>) {
  const machine = inspectKeys
    ? small.provide({
        actors: { inspectKeys: fromPromise<unknown, RotationContext>(({ input }) => inspectKeys(input)) },
      })
    : small;
  const actor = createActor(machine, { input: { rotation: 'r-1' } as RotationContext });
  actor.start();
  await toPromise(actor);
  const { value, context } = actor.getSnapshot();
  return { value, context };
}

describe('an activity', () => {
  test('is given the whole context, and its output is kept under its name', async () => {
    expect(await ended(async (context) => ({ given: { ...context } }))).toEqual({
      value: 'rotated',
      context: { rotation: 'r-1', inspectKeys: { given: { rotation: 'r-1' } } },
    });
  });

  test('that fails leaves its error', async () => {
    expect(await ended(async () => Promise.reject(new RangeError('too far')))).toEqual({
      value: 'stuck',
      context: { rotation: 'r-1', error: { Error: 'RangeError', Cause: 'too far' } },
    });
  });

  test('that nobody provided fails', async () => {
    expect((await ended()).context.error).toEqual({ Error: 'Error', Cause: 'this activity was not provided' });
  });
});

test.each([
  ['the word itself', { verdict: 'release' }, 'rolledBack'],
  ['another word', { verdict: 'create' }, 'rotated'],
  ['no word', {}, 'rotated'],
  ['nothing at all', undefined, 'rotated'],
])('a condition on a word, where there is %s', async (_what, output, end) => {
  expect((await ended(async () => output)).value).toBe(end);
});

test.each([
  ['a.b', { a: { b: 'c' } }, 'c'],
  ['a', { a: 'c' }, 'c'],
  ['a.b', {}, undefined],
  ['a.b.c', { a: {} }, undefined],
])('what is at %s in %j', (path, value, found) => {
  expect(at(path, value)).toBe(found);
});
