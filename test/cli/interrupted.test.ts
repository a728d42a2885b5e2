// Ctrl-C at any moment: exit 130, one document, nothing lost, and resume goes on to the same end.
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

const interruption = Object.assign(new Error('interrupted'), { name: 'AbortError' });

describe('keyturn rotate --wait is interrupted', () => {
  // Every fourth request of a whole rotation, and all those that change something.
  test.each([7, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44])('at request %d', async (request) => {
    const desk = await openDesk();
    const interrupt = new AbortController();
    desk.sandbox.onRequest(({ phase }) => {
      if (phase === 'after' && desk.sandbox.requests.length === request) interrupt.abort(interruption);
    });

    const stopped = await desk.run(`rotate --user alice --to ${desk.place} --wait --yes --json`, { interrupt });
    const resumed = await desk.run('resume --wait --json');

    expect(stopped.code).toBe(130);
    expect(stopped.json()).toEqual(rotationShape);
    expect(stopped.json().outcome).toBe('stopped');
    expect(stopped.stderr).toMatch(/error: interrupted at \w+; nothing is lost\nhint: keyturn resume rot-[^\n]+\n$/);
    expect(resumed.code).toBe(0);
    expect(resumed.json()).toMatchObject({ rotation: stopped.json().rotation, outcome: 'rotated' });
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
    expect(desk.changes().filter((operation) => operation === 'CreateAccessKey')).toHaveLength(1);
  });

  test.each([1, 2, 3, 4])('at request %d, before it was begun: nothing is left', async (request) => {
    const desk = await openDesk();
    const interrupt = new AbortController();
    desk.sandbox.onRequest(({ phase }) => {
      if (phase === 'after' && desk.sandbox.requests.length === request) interrupt.abort(interruption);
    });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`, { interrupt });

    expect(code).toBe(130);
    expect(json()).toEqual(errorShape);
    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });
});

test('keyturn resume --all is interrupted: exit 130, and what it came to is there', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  await desk.pass(60);
  const interrupt = new AbortController();
  desk.sandbox.onRequest(({ phase, operation }) => {
    if (phase === 'after' && operation === 'UpdateAccessKey') interrupt.abort(interruption);
  });

  const { code, json, stderr } = await desk.run('resume --all --json', { interrupt });

  expect(code).toBe(130);
  expect(json()).toEqual({ rotations: [rotationShape] });
  expect(json().rotations[0]).toMatchObject({ rotation: id, outcome: 'stopped' });
  expect(stderr).toMatch(/\nerror: interrupted\nhint: keyturn resume --all goes on\n$/);
  expect((await desk.run('resume --wait --json')).json().outcome).toBe('rotated');
});

test('keyturn rollback is interrupted: exit 130, the old key active, and resume goes the same way on', async () => {
  const desk = await openDesk();
  await desk.waiting('awaitGrace');
  const interrupt = new AbortController();
  desk.sandbox.onRequest(({ phase, operation }) => {
    if (phase === 'after' && operation === 'UpdateAccessKey') interrupt.abort(interruption);
  });

  const { code, json } = await desk.run('rollback --json', { interrupt });
  const between = desk.left();
  const resumed = await desk.run('resume --json');

  expect(code).toBe(130);
  expect(json()).toMatchObject({ outcome: 'stopped' });
  expect(between).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'new' });
  expect(resumed.code).toBe(4);
  expect(resumed.json().outcome).toBe('rolledBack');
  expect(desk.left()).toEqual({ keys: ['old Active', 'new Active'], claims: 0, vault: [], locks: [], holds: 'old' });
});
