// keyturn proceed: ends the wait it is meant for, and no other.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { rotationShape } from '../support/shape.ts';

const watched = {
  keys: ['old Active', 'new Active'],
  claims: 1,
  vault: ['new.json', 'old.json'],
  locks: [],
  holds: 'new',
};
const inGrace = { ...watched, keys: ['old Inactive', 'new Active'] };
const rotated = { keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' };

describe('keyturn proceed', () => {
  test('ends the watch now', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const { code, json } = await desk.run(`proceed ${id} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
    expect(desk.left()).toEqual(inGrace);
    expect(desk.record(id).context.plan.overrides).toContainEqual(
      expect.objectContaining({ what: 'proceed', why: 'keyturn proceed at awaitQuiet' }),
    );
  });

  test('S4 ending the grace deletes the old key, and needs --delete-now: without it exit 2, and nothing is done', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    const [before, from] = [desk.record(id), desk.sandbox.requests.length];

    const { code, json } = await desk.run(`proceed ${id} --yes --json`);

    expect(code).toBe(2);
    expect(json().error).toEqual({
      name: 'UsageError',
      message: 'ending the grace deletes the old key',
      hint: 'say so with --delete-now; nothing was changed',
    });
    expect(desk.left()).toEqual(inGrace);
    expect(desk.record(id)).toEqual(before);
    expect(desk.changes(from)).toEqual([]);
  });

  test('with --delete-now it does', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');

    const { code, json } = await desk.run(`proceed ${id} --delete-now --yes --json`);

    expect(code).toBe(0);
    expect(json().outcome).toBe('rotated');
    expect(desk.left()).toEqual(rotated);
    expect(desk.record(id).context.plan.overrides).toContainEqual(expect.objectContaining({ what: 'deleteNow' }));
  });

  test('S4 at other waits --delete-now changes nothing: the grace is still waited for', async () => {
    const desk = await openDesk();
    await desk.waiting();

    const { code, json } = await desk.run('proceed --delete-now --yes --json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
    expect(desk.left()).toEqual(inGrace);
  });

  test('S4 the same word for the same wait is refused the second time', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.run(`proceed ${id} --yes --json`);
    const record = desk.record(id);
    writeFileSync(
      join(desk.stateDir, `rotations/${id}.json`),
      JSON.stringify({ ...record, park: { ...record.park, state: 'awaitQuiet', entry: 1 } }),
    );

    const { code, json } = await desk.run(`proceed ${id} --yes --json`);

    expect(code).toBe(3);
    expect(json().error.message).toBe(`that wait of rotation ${id} was ended already`);
    expect(desk.left()).toEqual(inGrace);
  });

  test('without --yes and without a terminal: exit 2', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const { code, json } = await desk.run(`proceed ${id} --json`);

    expect(code).toBe(2);
    expect(json().error.hint).toContain('--yes');
    expect(desk.left()).toEqual(watched);
  });

  test.each([
    ['y\r', 0, inGrace],
    ['n\r', 2, watched],
    ['\r', 2, watched],
  ])('on a terminal it asks, and %j means exit %d', async (typed, code, left) => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const run = await desk.run(`proceed ${id}`, { answers: [['Go on?', typed]] });

    expect(run.code).toBe(code);
    expect(desk.left()).toEqual(left);
  });

  test('not waiting: exit 3', async () => {
    const desk = await openDesk();
    const none = await desk.run('proceed --yes --json');
    const id = await desk.waiting();
    await desk.run('rollback');

    const over = await desk.run(`proceed ${id} --yes --json`);

    expect([none.code, over.code]).toEqual([3, 3]);
    expect(over.json().error.message).toBe(`rotation ${id} is over: rolledBack`);
  });

  test('stuck is not waiting: exit 3', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.pass(60);
    desk.sandbox.fault({ operation: 'UpdateAccessKey', call: 'every', kind: 'accessDenied' });
    await desk.run('resume');

    const { code, json } = await desk.run('proceed --yes --json');

    expect(code).toBe(3);
    expect(json().error.message).toBe(`rotation ${id} is not waiting`);
  });

  test('S9 with credentials of another account nothing is done: exit 3', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const other = await openDesk({ accountId: '210987654321' });
    desk.env.AWS_ENDPOINT_URL = other.sandbox.url;
    desk.env.AWS_ACCESS_KEY_ID = other.env.AWS_ACCESS_KEY_ID;
    desk.env.AWS_SECRET_ACCESS_KEY = other.env.AWS_SECRET_ACCESS_KEY;

    for (const command of ['proceed --yes', 'resume', 'rollback', 'rollback --only-reactivate']) {
      const { code } = await desk.run(`${command} --json`);
      expect({ command, code }).toEqual({ command, code: 3 });
    }

    expect(desk.record(id).state).toBe('awaitQuiet');
    expect(desk.left()).toEqual(watched);
    expect(other.changes()).toEqual([]);
  });
});
