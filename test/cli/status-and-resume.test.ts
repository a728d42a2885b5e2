// keyturn status and keyturn resume: how a rotation stands between two runs, and what takes it further.
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

const watched = {
  keys: ['old Active', 'new Active'],
  claims: 1,
  vault: ['new.json', 'old.json'],
  locks: [],
  holds: 'new',
};
const inGrace = { ...watched, keys: ['old Inactive', 'new Active'] };
const rotated = { keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' };

describe('keyturn status', () => {
  test('nothing is open', async () => {
    const desk = await openDesk();

    expect(await desk.run('status')).toMatchObject({ code: 0, stdout: 'no open rotations\n', stderr: '' });
    expect(await desk.run('status --all')).toMatchObject({ code: 0, stdout: 'no rotations\n', stderr: '' });
    expect((await desk.run('status --json')).json()).toEqual({ rotations: [] });
    expect(desk.stateFiles()).toBeNull();
  });

  test('shows what is true in AWS now, not what was', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.pass(1);
    desk.account.use(desk.newKey(), { service: 'dynamodb' });

    const { code, json } = await desk.run('status --json');

    expect(code).toBe(0);
    expect(json()).toEqual({ rotations: [rotationShape] });
    expect(json().rotations[0]).toMatchObject({ rotation: id, outcome: 'waiting', state: 'awaitQuiet' });
    expect(json().rotations[0]?.keys[1]).toMatchObject({ id: desk.newKey(), lastUsedService: 'dynamodb' });
    expect(desk.changes(desk.sandbox.requests.length)).toEqual([]);
  });

  test('by id, by the beginning of an id, by user, and ended ones with --all', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const one = async (command: string) =>
      (await desk.run(`${command} --json`)).json().rotations.map(({ rotation }) => rotation);

    expect(await one(`status ${id}`)).toEqual([id]);
    expect(await one(`status ${id.slice(0, 7)}`)).toEqual([id]);
    expect(await one('status --user alice')).toEqual([id]);
    expect(await one('status --user bob')).toEqual([]);
    await desk.run('rollback');
    expect(await one('status')).toEqual([]);
    expect(await one('status --all')).toEqual([id]);
    expect(await one(`status ${id}`)).toEqual([id]);
  });

  test('changes nothing, neither in AWS nor on disk', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const [before, from] = [desk.record(id), desk.sandbox.requests.length];

    await desk.run('status --all');

    expect(desk.record(id)).toEqual(before);
    expect(desk.changes(from)).toEqual([]);
    expect(desk.left()).toEqual(watched);
  });

  test('without an answer from AWS it shows no keys, for what was is not what is, and says so', async () => {
    const desk = await openDesk();
    await desk.waiting();
    desk.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'accessDenied' });

    const { code, json, stderr } = await desk.run('status --json');

    expect(code).toBe(0);
    expect(json().rotations).toMatchObject([{ outcome: 'waiting', keys: [] }]);
    expect(stderr).toContain('warning: AWS could not be asked how the keys stand now: iam:ListAccessKeys is denied');
  });

  test('S9 with credentials of another account it shows no keys: a user there may have the same name', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const other = await openDesk({ accountId: '210987654321' });
    desk.env.AWS_ENDPOINT_URL = other.sandbox.url;
    desk.env.AWS_ACCESS_KEY_ID = other.env.AWS_ACCESS_KEY_ID;
    desk.env.AWS_SECRET_ACCESS_KEY = other.env.AWS_SECRET_ACCESS_KEY;

    const { code, json, stderr } = await desk.run('status --json');

    expect(code).toBe(0);
    expect(json().rotations).toMatchObject([{ rotation: id, outcome: 'waiting', keys: [] }]);
    expect(stderr).toContain(`these credentials belong to account 210987654321, rotation ${id} to 123456789012`);
  });
});

describe('keyturn resume', () => {
  test('before the wait is over it finds the same wait', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const { code, json } = await desk.run('resume --json');

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ rotation: id, outcome: 'waiting', until: '2026-12-08T14:15:03Z' });
    expect(desk.left()).toEqual(watched);
  });

  test('goes on to the next wait, and to the end', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    await desk.pass(60);
    const deactivated = await desk.run(`resume ${id} --json`);
    const there = desk.left();
    await desk.pass(170);
    const deleted = await desk.run(`resume ${id} --json`);

    expect(deactivated.code).toBe(0);
    expect(deactivated.json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
    expect(deactivated.json().hint).toContain(`keyturn proceed ${id} --delete-now goes on now`);
    expect(there).toEqual(inGrace);
    expect(deleted.code).toBe(0);
    expect(deleted.json()).toMatchObject({ outcome: 'rotated', until: null });
    expect(desk.left()).toEqual(rotated);
  });

  test('none is open: exit 3', async () => {
    const desk = await openDesk();

    const { code, json } = await desk.run('resume --json');

    expect(code).toBe(3);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toBe('there is no open rotation here');
  });

  test('one that is over: exit 3', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.run('rollback');

    const { code, json } = await desk.run(`resume ${id} --json`);

    expect(code).toBe(3);
    expect(json().error.message).toBe(`rotation ${id} is over: rolledBack`);
  });

  test('several are open: exit 2 with the list; --all takes those that are due', async () => {
    const desk = await openDesk();
    const first = await desk.waiting();
    const [key] = desk.account.createUser({ name: 'bob', keys: [{ createdAt: '2026-06-01T08:00:00Z' }] }).keys;
    if (!key) throw new Error('bob has no key');
    desk.account.use(key.accessKeyId, { at: '2026-12-06T09:30:00Z' });
    desk.addProfile('bob', key);
    const command = 'rotate --user bob --to credentials-file:bob --quiet-for 20d --yes --json';
    const second = (await desk.run(command)).json().rotation;

    const unclear = await desk.run('resume --json');
    const none = await desk.run('resume --all --json');
    await desk.pass(60);
    const one = await desk.run('resume --all --json');

    expect(unclear.code).toBe(2);
    expect(unclear.json().error).toMatchObject({
      message: '2 rotations are open',
      hint: `which one: ${first} (alice), ${second} (bob)`,
    });
    expect(none).toMatchObject({ code: 0 });
    expect(none.json()).toEqual({ rotations: [] });
    expect(one.code).toBe(0);
    expect(one.json()).toEqual({ rotations: [rotationShape] });
    expect(one.json().rotations[0]).toMatchObject({ rotation: first, state: 'awaitGrace' });
  });

  test('an id that is none, or that begins several: exit 2', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const copy = { ...desk.record(id), rotation: 'rot-other' };
    copy.context.rotation = 'rot-other';
    writeFileSync(join(desk.stateDir, 'rotations/rot-other.json'), JSON.stringify(copy));

    const unknown = await desk.run('resume nonsense --json');
    const ambiguous = await desk.run('resume rot- --json');

    expect(unknown.code).toBe(2);
    expect(unknown.json().error.message).toBe('no rotation has the id nonsense');
    expect(ambiguous.code).toBe(2);
    expect(ambiguous.json().error.message).toBe('2 rotations begin with rot-');
    expect(ambiguous.json().error.hint).toContain(id);
  });

  test('--all for cron: with --quiet nothing is said where nothing is due', async () => {
    const desk = await openDesk();
    await desk.waiting();

    expect(await desk.run('resume --all --quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await desk.run('resume --all')).toMatchObject({ code: 0, stdout: 'no rotation is due\n' });
  });

  test('--all: one that cannot go on does not keep the exit code from saying so', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.pass(60);
    desk.sandbox.fault({ operation: 'UpdateAccessKey', call: 'every', kind: 'accessDenied' });

    const { code, json, stderr } = await desk.run('resume --all --json');

    expect(code).toBe(5);
    expect(json().rotations).toMatchObject([{ rotation: id, outcome: 'stuck' }]);
    expect(stderr).toContain(`error: not every rotation went on: ${id} (stuck)\nhint: `);
  });

  test('what AWS refused is told with the commands that go on: a status is no command to run again', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const allow = desk.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'accessDenied' });
    await desk.run('rollback --json');
    allow();

    expect((await desk.run('status --json')).json().rotations).toMatchObject([
      {
        outcome: 'stuck',
        hint: `allow iam:ListAccessKeys for whoever runs keyturn; keyturn resume ${id} goes on, keyturn rollback ${id} goes back; where nothing mends it, keyturn release ${id} gives it up and changes no key`,
      },
    ]);
  });

  test('silence proves nothing where there was no sound: stuck, until resume --yes decides', async () => {
    const desk = await openDesk({ lastUsed: null });
    const agreed = { answers: [['Go on?', 'y\r']] as const };
    await desk.run(`rotate --user alice --to ${desk.place} --watch-limit 10d`, agreed);
    await desk.pass(24 * 11);

    const stuck = await desk.run('resume --json');
    const again = await desk.run('resume --json');
    const decided = await desk.run('resume --yes --json');

    expect(stuck.code).toBe(5);
    expect(stuck.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('proves nothing') });
    expect(stuck.json().hint).toContain('--yes');
    expect(again.code).toBe(5);
    expect(decided.code).toBe(0);
    expect(decided.json()).toMatchObject({ outcome: 'waiting', state: 'awaitGrace' });
    expect(decided.json().history).toContainEqual({
      at: expect.any(String),
      state: 'stuck',
      event: 'override',
      detail: 'unproven: resume --yes: go on also where silence proves nothing',
    });
  });

  test('in use for longer than the watch may last: stuck, until resume --watch-limit watches on', async () => {
    const desk = await openDesk();
    await desk.run(`rotate --user alice --to ${desk.place} --watch-limit 3d --yes`);
    await desk.pass(60);
    desk.account.use(desk.ids[0] ?? '');
    await desk.pass(24);

    const overdue = await desk.run('resume --json');
    const watching = await desk.run('resume --watch-limit 30d --json');

    expect(overdue.code).toBe(5);
    expect(overdue.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('in use for longer') });
    expect(overdue.json().hint).toContain('--watch-limit');
    expect(watching.code).toBe(0);
    expect(watching.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(desk.left()).toEqual(watched);
  });

  test.each(['resume', 'rollback', 'proceed'])(
    '%s of what is over is refused, and removes a dead lock',
    async (verb) => {
      const desk = await openDesk();
      const id = await desk.waiting('awaitGrace');
      await desk.pass(8 * 24);
      await desk.run(`resume ${id}`);
      const killed = { pid: 2 ** 22 + 1, started: null, host: hostname(), nonce: '0123456789ab' };
      writeFileSync(join(desk.stateDir, 'locks/123456789012-alice.lock'), JSON.stringify(killed));

      const { code, stderr } = await desk.run(`${verb} ${id} --yes`);

      expect(code).toBe(3);
      expect(stderr).toMatch(/is over: rotated|is deleted, so there is no way back/);
      expect(desk.left()).toEqual(rotated);
    },
  );
});
