// A run that begins while the old key is inactive, and cannot look: nobody knows whether all is well, and that may not last.
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { createWorld } from '../support/world.ts';

const operations = [['GetUser'], ['ListAccessKeys'], ['GetAccessKeyLastUsed']];

describe('S2 resumed in the grace', () => {
  test.each(operations)(
    'where %s fails: that counts as a look without data, until the old key comes back',
    async (operation) => {
      const world = await createWorld();
      await world.start({}, { killIn: 'checkHealth' });
      world.sandbox.fault({ operation, call: 'every', kind: 'accessDenied' });

      const { ended, record } = await world.resume();

      const stamps = ['noteMissedLook', 'reactivateToStop'].map(
        (state) => record.history.find((one) => one.state === state)?.at,
      );
      expect(ended).toBe('stuck');
      expect(record.history.at(-2)).toMatchObject({ state: 'reactivateToStop', event: 'done' });
      expect(Date.parse(stamps[1] ?? '') - Date.parse(stamps[0] ?? '')).toBe(7_200_000);
      expect(world.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: ['keyturn:claim:r-1'] });
    },
  );

  test.each(operations)('where %s fails for a while: the grace goes on as if nothing had been', async (operation) => {
    const world = await createWorld();
    await world.start({}, { killIn: 'checkHealth' });
    const mend = world.sandbox.fault({ operation, call: 'every', kind: 'accessDenied' });

    const first = await world.resume({ wait: false });
    mend();
    const second = await world.resume();

    expect([first.ended, first.record.park?.state]).toEqual(['waiting', 'awaitNextLook']);
    expect(second.ended).toBe('rotated');
    expect(world.left()).toEqual({ keys: ['new Active'], claims: [], vault: [], places: { default: 'new' } });
  });

  test('after the deletion a look that fails ends it: there is nothing to come back', async () => {
    const world = await createWorld();
    await world.start({}, { killIn: 'releaseUser' });
    const mend = world.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'accessDenied' });

    const first = await world.resume();
    mend();
    const second = await world.resume();

    expect([first.ended, second.ended]).toEqual(['stuck', 'rotated']);
  });

  test('cron comes back to it, and the old key is said to be inactive, with the line that brings it back', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    const mend = desk.sandbox.fault({ operation: 'GetUser', call: 'every', kind: 'accessDenied' });
    const undo = `aws iam update-access-key --user-name alice --access-key-id ${desk.ids[0]} --status Active`;
    await desk.pass(24 * 30);

    const blind = (await desk.run('resume --all --json')).json().rotations[0];
    mend();
    await desk.pass(1);
    const seeing = (await desk.run('resume --all --json')).json().rotations[0];

    expect(blind).toMatchObject({ rotation: id, outcome: 'waiting', state: 'awaitNextLook' });
    expect(blind?.hint).toContain(`; the old key is inactive, and this brings it back: ${undo}`);
    expect(seeing?.outcome).toBe('rotated');
  });

  test('a deletion that fails says so too', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    desk.sandbox.fault({ operation: 'DeleteAccessKey', call: 'every', kind: 'accessDenied' });
    await desk.pass(24 * 30);

    const { code, json } = await desk.run('resume --json');

    expect(code).toBe(5);
    expect(json().hint).toContain('the old key is inactive, and this brings it back: aws iam update-access-key');
  });
});
