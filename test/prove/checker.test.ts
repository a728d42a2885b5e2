// Right rotations, by the real keyturn and by a tool that knows nothing of it: nothing is broken at any moment.
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Desk, type DeskOptions, openDesk } from '../support/cli.ts';
import { type CloudOptions, createCloud, secret, user } from '../support/cloud.ts';
import { openNaiveTool, upTo } from './checker/naive-tool.ts';
import { type Checker, createChecker, credentialsFilePlace, secretPlace } from './checker.ts';

const june = { createdAt: '2026-06-01T08:00:00Z' };

async function openWatched(options: DeskOptions = {}) {
  const desk = await openDesk(options);
  const checker = createChecker({
    sandbox: desk.sandbox,
    user: 'alice',
    places: [credentialsFilePlace(desk.credentialsFile)],
    stateFolders: [desk.stateDir],
  });
  return { desk, checker };
}

describe('keyturn in a terminal', () => {
  const ways: [string, DeskOptions, (desk: Desk, checker: Checker) => Promise<unknown>][] = [
    ['rotate', {}, (desk) => desk.run(`rotate --user alice --to ${desk.place} --yes --wait`)],
    [
      'rotate with everything late and stale',
      { settings: { newKeyDelay: 8_000, statusDelay: 20_000, readDelay: 1_500 } },
      async (desk) => {
        await desk.pass(1);
        return desk.run(`rotate --user alice --to ${desk.place} --yes --wait`);
      },
    ],
    [
      'rotate, its key once made without an answer',
      {},
      (desk) => {
        desk.sandbox.fault({ operation: 'CreateAccessKey', kind: 'lostAnswer', call: 1 });
        return desk.run(`rotate --user alice --to ${desk.place} --yes --wait`);
      },
    ],
    [
      'rotate, proceed and delete now, as a person agreed',
      {},
      async (desk, checker) => {
        const id = await desk.waiting('awaitGrace');
        checker.agreed(desk.ids[0] ?? '');
        return desk.run(`proceed ${id} --delete-now --yes`);
      },
    ],
    [
      'rotate in the place of another key, as a person agreed',
      { keys: [june, { ...june, status: 'Inactive' }] },
      (desk, checker) => {
        checker.agreed(desk.ids[1] ?? '');
        return desk.run(`rotate --user alice --to ${desk.place} --yes --free-slot ${desk.ids[1]} --wait`);
      },
    ],
    [
      'rollback from the watch',
      {},
      async (desk) => {
        await desk.waiting();
        return desk.run('rollback');
      },
    ],
    [
      'rollback from the grace',
      {},
      async (desk) => {
        await desk.waiting('awaitGrace');
        return desk.run('rollback');
      },
    ],
    [
      'retire of one of two keys',
      { keys: [june, june] },
      async (desk) => {
        desk.account.use(desk.ids[1] ?? '', { at: '2026-12-06T09:00:00Z' });
        const done = await desk.run(`retire --user alice --key ${desk.ids[1]} --new-key ${desk.ids[0]} --yes --wait`);
        expect(desk.left().keys).toEqual(['old Active']);
        return done;
      },
    ],
  ];

  test.each(ways)('%s', async (_, options, way) => {
    const { desk, checker } = await openWatched(options);

    const done = await way(desk, checker);

    expect(done).toMatchObject({ code: 0 });
    checker.atEnd({ over: true });
    expect(checker.violations).toEqual([]);
  });

  test('a rotation that waits may keep its vault and its claim', async () => {
    const { desk, checker } = await openWatched();

    await desk.waiting('awaitGrace');

    expect(checker.atEnd({ over: false })).toEqual([]);
    expect(checker.atEnd({ over: true }).map((one) => one.replace(/: (?:\/.*\/|keyturn:claim).*/, ''))).toEqual([
      'nothing left',
      'nothing left',
      'nothing left',
    ]);
  });
});

describe('keyturn unattended', () => {
  const ways: [string, CloudOptions, string, unknown?][] = [
    ['rotates', {}, 'rotated'],
    ['rolls back from the grace', { answers: { awaitGrace: ['rollBack'] } }, 'rolledBack'],
    ['reactivates and watches again', { answers: { awaitGrace: ['reactivate'] } }, 'rotated'],
  ];

  test.each(ways)('%s', async (_, options, outcome) => {
    const cloud = await createCloud(options);
    const checker = createChecker({
      sandbox: cloud.sandbox,
      user,
      places: [secretPlace(cloud.sandbox, secret)],
      stateFolders: [],
    });

    const { ended } = await cloud.run();

    expect(ended).toBe(outcome);
    checker.atEnd({ over: true });
    expect(checker.violations).toEqual([]);
  });
});

test('a right rotation need not be like keyturn', async () => {
  const tool = await openNaiveTool({}, { onTestFinished });
  const { run, both } = await upTo('deactivated', tool);
  await tool.pass(24);
  await run.raise('delete', ...both);
  await run.remove(tool.old);
  await run.release();
  tool.erase('rot-1-vault.json');

  tool.checker.atEnd({ over: true });

  expect(tool.said()).toEqual([]);
});

describe('what a person does is not held against keyturn', () => {
  test('keys made, deactivated and deleted, and files edited, by hand', async () => {
    const tool = await openNaiveTool({}, { onTestFinished });
    const { run, pair, both } = await upTo('delivered', tool);
    const byHand = tool.checker.byHand();
    const person = tool.process('', { agent: [] });
    await person.setStatus(pair, 'Inactive');
    await person.remove(pair);
    const another = await person.create();
    tool.hold(tool.old);
    byHand();

    await run.raise('deactivate', ...both);
    await run.setStatus(tool.old, 'Inactive');
    await run.setStatus(tool.old, 'Active');
    tool.hold({ accessKeyId: 'AKIANOBODYS', secretAccessKey: 'x' });
    await run.raise('roll back', another.accessKeyId);

    expect(tool.said()).toEqual(['no outage: PLACE holds SOME, which does not exist, before TagUser']);
  });

  test('a key that a person activated again is not deactivated by keyturn any more', async () => {
    const tool = await openNaiveTool({}, { onTestFinished });
    const { run } = await upTo('deactivated', tool);
    const byHand = tool.checker.byHand();
    tool.sandbox.account.setStatus(tool.old.accessKeyId, 'Active');
    byHand();
    const again = tool.checker.byHand();
    tool.sandbox.account.setStatus(tool.old.accessKeyId, 'Inactive');
    again();
    await tool.pass(24);

    await run.remove(tool.old);

    expect(tool.said()).toEqual(['delete only: deletes OLD, which keyturn did not deactivate, after DeleteAccessKey']);
  });
});
