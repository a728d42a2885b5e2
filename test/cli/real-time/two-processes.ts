// The built command as real processes, on real time: one waits, another one speaks to it; and one is ended at a bad moment,
// and another one goes on.
import { describe, expect, test } from 'vitest';
import { runCli, startCli } from '../../support/built-cli.ts';
import { type Desk, type Ending, openDesk } from '../../support/cli.ts';
import { errorShape, rotationShape } from '../../support/shape.ts';

const rotated = { keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' };
const long = '--quiet-for 1h --grace 1h';

/** A process that waits, with both keys active. */
async function waitingProcess(desk: Desk, ending: Ending, times = long) {
  const running = await startCli(desk, ending, `rotate --user alice --to ${desk.place} ${times} --wait --yes --json`);
  await running.says('watching until');
  return running;
}

describe.concurrent('one waits, and another one speaks to it', () => {
  test('proceed ends the wait in the other process, once; a second rotation is refused by its id', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const running = await waitingProcess(desk, context);

    const second = await runCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`);
    const due = await runCli(desk, context, 'resume --all --json');
    const released = await runCli(desk, context, 'release --user alice --yes --json');
    const both = await Promise.all([1, 2].map(() => runCli(desk, context, 'proceed --yes --json')));
    await running.says('the old key is inactive');
    const consent = await runCli(desk, context, 'proceed --yes --json');
    const deletion = await runCli(desk, context, 'proceed --delete-now --yes --json');
    const ended = await running.ended;

    const id = ended.json().rotation;
    expect(second.code).toBe(3);
    expect(second.json().error.message).toBe(`rotation ${id} of alice is open already`);
    expect(due.code).toBe(0);
    expect(due.json()).toEqual({ rotations: [] });
    expect(released.code).toBe(3);
    expect(released.json().error).toMatchObject({
      name: 'LockedError',
      message: expect.stringContaining(`${running.pid}`),
    });
    expect(both.map(({ code }) => code).sort()).toEqual([0, 3]);
    expect(both.find(({ code }) => code === 0)?.json()).toEqual(rotationShape);
    expect(both.find(({ code }) => code === 3)?.json()).toEqual(errorShape);
    expect(consent.code).toBe(2);
    expect(deletion.code).toBe(0);
    expect(deletion.stderr).toContain('the process that waits for it was told');
    expect(ended.code).toBe(0);
    expect(ended.json()).toEqual(rotationShape);
    expect(ended.json().outcome).toBe('rotated');
    expect(desk.left()).toEqual(rotated);
  });

  test('rollback reactivates by itself, and the other process gives the places back', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const running = await waitingProcess(desk, context);
    await runCli(desk, context, 'proceed --yes');
    await running.says('the old key is inactive');

    const back = await runCli(desk, context, 'rollback --json');
    const ended = await running.ended;

    expect(back.code).toBe(0);
    expect(back.json()).toEqual(rotationShape);
    expect(back.json().outcome).toBe('rolledBack');
    expect(back.stderr).toContain('the process that runs it was told to go back');
    expect(ended.code).toBe(4);
    expect(ended.json().outcome).toBe('rolledBack');
    expect(desk.left()).toEqual({ keys: ['old Active', 'new Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  test('rollback --only-reactivate sends the other process back to watching at once', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const running = await waitingProcess(desk, context);
    await runCli(desk, context, 'proceed --yes');
    await running.says('the old key is inactive');

    const back = await runCli(desk, context, 'rollback --only-reactivate --json');
    await running.says('→ reactivate');
    await running.says('AKIA');
    running.kill('SIGINT');
    const ended = await running.ended;

    expect(back.code).toBe(0);
    expect(ended.code).toBe(130);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 1, holds: 'new' });
  });
});

describe.concurrent('Ctrl-C', () => {
  test('at a wait: exit 130, outcome stopped, and the rest goes on in another process', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const running = await waitingProcess(desk, context, '--quiet-for 1h --grace 1s');
    running.kill('SIGINT');
    const stopped = await running.ended;
    const { rotation } = stopped.json();

    const status = await runCli(desk, context, 'status --json');
    const ended = await runCli(desk, context, 'proceed --yes --wait --json');

    expect(stopped.code).toBe(130);
    expect(stopped.json()).toEqual(rotationShape);
    expect(stopped.json()).toMatchObject({ outcome: 'stopped', state: 'awaitQuiet' });
    expect(stopped.stderr).toMatch(
      new RegExp(`error: interrupted at awaitQuiet; nothing is lost\nhint: keyturn resume ${rotation} goes on; .*\n$`),
    );
    expect(status.json().rotations).toMatchObject([{ rotation, outcome: 'waiting' }]);
    expect(ended.code).toBe(0);
    expect(ended.json().outcome).toBe('rotated');
    expect(desk.left()).toEqual(rotated);
  });

  test('in the middle of createKey: the step is ended, exit 130, and resume goes on to the end', async (context) => {
    const desk = await openDesk({ real: true }, context);
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'CreateAccessKey') running.kill('SIGINT');
    });
    const command = `rotate --user alice --to ${desk.place} --quiet-for 1s --grace 1s --wait --yes --json`;
    const running = await startCli(desk, context, command);
    const stopped = await running.ended;
    const between = desk.left();

    const ended = await runCli(desk, context, 'resume --wait --json');

    expect(stopped.code).toBe(130);
    expect(stopped.json()).toMatchObject({ outcome: 'stopped', state: 'createKey' });
    expect(between).toMatchObject({
      keys: ['old Active', 'new Active'],
      vault: ['new.json', 'old.json'],
      holds: 'old',
    });
    expect(ended.code).toBe(0);
    expect(ended.json().outcome).toBe('rotated');
    expect(desk.left()).toEqual(rotated);
  });

  test('before anything was begun: exit 130 without waiting for an answer', async (context) => {
    const desk = await openDesk({ real: true }, context);
    desk.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'noAnswer' });
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'before' && operation === 'ListAccessKeys') running.kill('SIGINT');
    });
    const running = await startCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`);

    const { code, json, stderr } = await running.ended;

    expect(code).toBe(130);
    expect(json()).toEqual(errorShape);
    expect(stderr).toBe('error: interrupted\nhint: nothing was begun; keyturn status shows what is open\n');
    expect(desk.stateFiles()).toBeNull();
  });

  test('a second one ends at once, in whatever step; stdout is one document all the same', async (context) => {
    const desk = await openDesk({ real: true }, context);
    desk.sandbox.fault({ operation: 'TagUser', call: 1, kind: 'noAnswer' });
    const asked = new Promise<void>((resolve) => {
      desk.sandbox.onRequest(({ operation }) => {
        if (operation === 'TagUser') resolve();
      });
    });
    const running = await startCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`);
    await asked;

    const status = await runCli(desk, context, 'status --json');
    running.kill('SIGINT');
    setTimeout(() => running.kill('SIGINT'), 200);
    const stopped = await running.ended;
    const dead = await runCli(desk, context, 'status --json');
    const resumed = await runCli(desk, context, 'resume --json');

    expect(status.json().rotations).toMatchObject([
      { outcome: 'waiting', reason: 'another process is at claimUser', hint: expect.stringContaining('by itself') },
    ]);
    expect(stopped.code).toBe(130);
    expect(stopped.json()).toEqual(errorShape);
    expect(stopped.stderr).toContain('hint: keyturn status shows how it stands; keyturn resume goes on\n');
    expect(dead.json().rotations).toMatchObject([
      { outcome: 'stopped', reason: expect.stringContaining('interrupted') },
    ]);
    expect(resumed.code).toBe(0);
    expect(resumed.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
  });
});

describe.concurrent('killed when CreateAccessKey was applied, before its answer', () => {
  const killed = async (desk: Desk, ending: Ending) => {
    desk.sandbox.fault({ operation: 'CreateAccessKey', call: 1, kind: 'noAnswer' });
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'CreateAccessKey') running.kill('SIGKILL');
    });
    const running = await startCli(desk, ending, `rotate --user alice --to ${desk.place} ${long} --yes --json`);
    const { signal } = await running.ended;
    return { signal, left: desk.left() };
  };

  test('S21 resume removes the key whose secret nobody has, makes another, and goes on', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const { signal, left } = await killed(desk, context);

    const { code, json } = await runCli(desk, context, 'resume --json');

    expect(signal).toBe('SIGKILL');
    expect(left).toMatchObject({ keys: ['old Active', 'new Active'], claims: 1, vault: ['old.json'], holds: 'old' });
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(desk.left()).toEqual({
      keys: ['old Active', 'another new Active'],
      claims: 1,
      vault: ['new.json', 'old.json'],
      locks: [],
      holds: 'another new',
    });
  });

  test('S21 rollback removes it, and everything is as it was', async (context) => {
    const desk = await openDesk({ real: true }, context);
    await killed(desk, context);

    const { code, json } = await runCli(desk, context, 'rollback --json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack', hint: null });
    expect(desk.left()).toEqual({ keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });
});
