// What a person at a terminal sees and types: the wizard and the demo, on a real pseudo-terminal.
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/built-cli.ts';
import { openDesk } from '../../support/cli.ts';
import { ctrlC, enter, openTerminal } from '../../support/terminal.ts';

const watched = {
  keys: ['old Active', 'new Active'],
  claims: 1,
  vault: ['new.json', 'old.json'],
  locks: [],
  holds: 'new',
};

describe.concurrent('keyturn demo on a terminal', () => {
  test('Enter at every question leads to the end', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const terminal = await openTerminal(desk, context, 'demo');

    const { code, screen } = await terminal.enterToTheEnd();

    expect(code).toBe(0);
    expect(screen).toContain('Where shall the new one go?');
    expect(screen).toMatch(/rot-\w+ {2}shop in 123456789012 {2}rotated/);
    expect(desk.stateFiles()).toBeNull();
    expect(desk.sandbox.requests).toEqual([]);
  });
});

describe.concurrent('keyturn without a command', () => {
  test('leads to the first wait, says how to go on, and goes on the next time', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const first = await openTerminal(desk, context, '');
    await first.answer('Whose access key?', `alice${enter}`);
    await first.shows(`◉ ${desk.place}`);
    await first.answer('These hold the old key. Where shall the new one go?', enter);
    await first.shows('at the earliest: deactivate');
    const planned = desk.changes();
    await first.answer('Go on?', enter);
    await first.answer('Nothing to do for', enter);
    const begun = await first.ended;
    const [rotation] = /rot-\w{10}/.exec(begun.screen) ?? [];

    const second = await openTerminal(desk, context, '');
    await second.shows(`go on with ${rotation} (alice, awaitQuiet)`);
    await second.answer('A rotation is open.', enter);
    await second.answer('Nothing to do for', enter);
    const again = await second.ended;

    expect(planned).toEqual([]);
    expect(begun.code).toBe(0);
    expect(begun.screen).toContain(`keyturn resume ${rotation}`);
    expect(begun.screen).toContain('0 * * * *  keyturn resume --all --quiet');
    expect(again.code).toBe(0);
    expect(again.screen).toContain(`${rotation}  alice in 123456789012  waiting`);
    expect(desk.left()).toEqual(watched);
  });

  test('goes back from the wait', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const terminal = await openTerminal(desk, context, '');
    await terminal.answer('Whose access key?', `alice${enter}`);
    await terminal.answer('These hold the old key.', enter);
    await terminal.answer('Go on?', enter);
    await terminal.choose('Nothing to do for', 'go back');

    const { code, screen } = await terminal.ended;

    expect(code).toBe(4);
    expect(screen).toMatch(/alice in 123456789012 {2}rolled back/);
    expect(desk.left()).toEqual({ keys: ['old Active', 'new Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  test('stays at the wait until Ctrl-C', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const terminal = await openTerminal(desk, context, '');
    await terminal.answer('Whose access key?', `alice${enter}`);
    await terminal.answer('These hold the old key.', enter);
    await terminal.answer('Go on?', enter);
    await terminal.choose('Nothing to do for', 'stay');
    await terminal.shows('waiting; Ctrl-C leaves');
    const locks = desk.left().locks.length;
    terminal.type(ctrlC);

    const { code, screen } = await terminal.ended;

    expect(locks).toBe(1);
    expect(code).toBe(130);
    expect(screen).toContain('error: interrupted at awaitQuiet; nothing is lost\nhint: keyturn resume');
    expect(desk.left()).toEqual(watched);
  });

  test('Ctrl-C at a question before anything was begun: exit 130, and nothing is changed', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const terminal = await openTerminal(desk, context, '--json');
    await terminal.answer('Whose access key?', `alice${enter}`);
    await terminal.answer('These hold the old key.', enter);
    await terminal.answer('Go on?', ctrlC);

    const { code, screen } = await terminal.ended;

    expect(code).toBe(130);
    expect(screen).toContain('error: interrupted\nhint: nothing was begun; keyturn status shows what is open\n');
    expect(screen).toContain('"name": "Interrupted"');
    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('Ctrl-C at the wait: exit 130, nothing is lost, and how to go on is said', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const terminal = await openTerminal(desk, context, '');
    await terminal.answer('Whose access key?', `alice${enter}`);
    await terminal.answer('These hold the old key.', enter);
    await terminal.answer('Go on?', enter);
    await terminal.answer('Nothing to do for', ctrlC);
    const { code, screen } = await terminal.ended;
    const [rotation] = /rot-\w{10}/.exec(screen) ?? [];

    const resumed = await runCli(desk, context, 'resume --json');

    expect(code).toBe(130);
    expect(screen).toContain(
      `error: interrupted at awaitQuiet; nothing is lost\nhint: keyturn resume ${rotation} goes on`,
    );
    expect(screen).not.toContain('nothing was begun');
    expect(resumed.code).toBe(0);
    expect(resumed.json()).toMatchObject({ rotation, outcome: 'waiting' });
    expect(desk.left()).toEqual(watched);
  });

  test('two active keys: asks which one was replaced, and retires it', async (context) => {
    const desk = await openDesk({ real: true, keys: [{ createdAt: '2026-06-01T08:00:00Z' }, {}] }, context);
    const terminal = await openTerminal(desk, context, '');
    await terminal.answer('Whose access key?', `alice${enter}`);
    await terminal.answer('Two active keys leave no room for a third.', enter);
    await terminal.answer('Go on?', enter);
    await terminal.answer('Nothing to do for', enter);

    const { code } = await terminal.ended;

    expect(code).toBe(0);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'other Active'], claims: 1, holds: 'old' });
  });

  test('an inactive key in the second place is left alone unless it is given away', async (context) => {
    const keys = [{}, { status: 'Inactive' as const, createdAt: '2020-01-01T00:00:00Z' }];
    const desk = await openDesk({ real: true, keys }, context);
    const stopping = await openTerminal(desk, context, '');
    await stopping.answer('Whose access key?', `alice${enter}`);
    await stopping.answer('An inactive key takes the second place. Remove it?', enter);
    const stopped = await stopping.ended;
    const before = desk.changes();

    const giving = await openTerminal(desk, context, '');
    await giving.answer('Whose access key?', `alice${enter}`);
    await giving.choose('An inactive key takes the second place. Remove it?', 'remove');
    await giving.answer('These hold the old key.', enter);
    await giving.answer('Go on?', enter);
    await giving.answer('Nothing to do for', enter);
    const begun = await giving.ended;

    expect(stopped.code).toBe(2);
    expect(before).toEqual([]);
    expect(begun.code).toBe(0);
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });
});
