// keyturn rollback from every state, with and without a record.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allBut, openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

const june = { createdAt: '2026-06-01T08:00:00Z' };
const back = { keys: ['old Active', 'new Active'], claims: 0, vault: [], locks: [], holds: 'old' };
const again = {
  keys: ['old Active', 'new Active'],
  claims: 1,
  vault: ['new.json', 'old.json'],
  locks: [],
  holds: 'new',
};

describe('the whole way back', () => {
  test('from the watch: every place has the old pair again, the new key is left, and its retire command named', async () => {
    const desk = await openDesk();
    const before = readFileSync(desk.credentialsFile, 'utf8');
    const id = await desk.waiting();

    const { code, json, stderr } = await desk.run(`rollback ${id} --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ outcome: 'rolledBack', consumers: [{ spec: desk.place, state: 'restored' }] });
    expect(json().hint).toContain(`keyturn retire --user alice --key ${desk.newKey()} --new-key ${desk.ids[0]}`);
    expect(stderr).not.toContain('error:');
    expect(readFileSync(desk.credentialsFile, 'utf8')).toBe(before);
    expect(desk.left()).toEqual(back);
  });

  test('S1 from the grace: the reactivation is the very first change', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    const from = desk.sandbox.requests.length;

    const { code, json } = await desk.run('rollback --json');

    expect(code).toBe(0);
    expect(json().outcome).toBe('rolledBack');
    expect(desk.changes(from)[0]).toBe('UpdateAccessKey');
    expect(desk.left()).toEqual(back);
  });

  test('from stuck', async () => {
    const desk = await openDesk({ policies: allBut('iam:UpdateAccessKey') });
    const stuck = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`);

    const { code, json } = await desk.run('rollback --json');

    expect(stuck.code).toBe(5);
    expect(code).toBe(0);
    expect(json().outcome).toBe('rolledBack');
    expect(desk.left()).toEqual(back);
  });

  test('S23 before any place was offered the new key it is removed', async () => {
    const desk = await openDesk({ policies: allBut('sts:Nothing') });
    desk.sandbox.fault({ operation: 'GetCallerIdentity', call: 5, kind: 'error500' });
    desk.sandbox.fault({ operation: 'GetCallerIdentity', call: 6, kind: 'error500' });
    desk.sandbox.fault({ operation: 'GetCallerIdentity', call: 7, kind: 'error500' });
    const stuck = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    const { code, json } = await desk.run('rollback --json');

    expect(stuck.json()).toMatchObject({ outcome: 'stuck', consumers: [{ state: 'pending' }] });
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack', hint: null });
    expect(desk.left()).toEqual({ keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  test('of a retire: the old key is active again, and nothing else is touched', async () => {
    const desk = await openDesk({ keys: [june, june] });
    desk.account.use(desk.ids[0] ?? '', { at: '2026-12-06T09:00:00Z' });
    await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]} --yes`);
    await desk.run('proceed --yes');
    const inactive = desk.left().keys;
    const from = desk.sandbox.requests.length;

    const { code, json } = await desk.run('rollback --json');

    expect(inactive).toEqual(['old Inactive', 'other Active']);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rolledBack', hint: null, consumers: [] });
    expect(desk.changes(from)).toEqual(['UpdateAccessKey', 'TagUser', 'UntagUser']);
    expect(desk.left()).toEqual({
      keys: ['old Active', 'other Active'],
      claims: 0,
      vault: [],
      locks: [],
      holds: 'old',
    });
  });

  test('after the deletion there is no way back: exit 3', async () => {
    const desk = await openDesk();
    const { rotation } = (await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`)).json();
    const from = desk.sandbox.requests.length;

    const none = await desk.run('rollback --json');
    const named = await desk.run(`rollback ${rotation} --json`);
    const reactivation = await desk.run(`rollback ${rotation} --only-reactivate --json`);

    expect([none.code, named.code, reactivation.code]).toEqual([3, 3, 3]);
    expect(named.json()).toEqual(errorShape);
    expect(named.json().error.message).toMatch(/^the old key AKIA…\w{4} is deleted, so there is no way back to it$/);
    expect(desk.changes(from)).toEqual([]);
  });

  test('and where only the claim is left to be taken away, the hint names no way back', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    const callOff = desk.sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'error500' });

    const { code, json } = await desk.run('proceed --delete-now --yes --json');
    callOff();
    const finished = await desk.run(`resume ${id} --json`);

    expect(code).toBe(5);
    expect(json().hint).toBe(
      `whether the call was applied is not known; keyturn resume ${id} finishes; where nothing mends it, keyturn release ${id} gives it up and changes no key`,
    );
    expect(finished.json().outcome).toBe('rotated');
  });

  test('of a first key, which is over: exit 3', async () => {
    const desk = await openDesk({ keys: [] });
    const { rotation } = (await desk.run(`rotate --user alice --to ${desk.place} --yes --json`)).json();

    const { code, json } = await desk.run(`rollback ${rotation} --json`);

    expect(code).toBe(3);
    expect(json().error.message).toBe(`rotation ${rotation} is over: rotated`);
  });

  test('a second time: exit 3', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.run('rollback');

    const { code, json } = await desk.run(`rollback ${id} --json`);

    expect(code).toBe(3);
    expect(json().error.message).toBe(`rotation ${id} is over: rolledBack`);
    expect(desk.left()).toEqual(back);
  });

  test('the places cannot take the old pair: stuck, exit 5, the old key active; again once they can', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    const content = readFileSync(desk.credentialsFile, 'utf8');
    writeFileSync(desk.credentialsFile, `${content}aws_secret_access_key\n`);

    const stuck = await desk.run('rollback --json');
    const there = desk.left();
    writeFileSync(desk.credentialsFile, content);
    const { code, json } = await desk.run(`rollback ${id} --json`);

    expect(stuck.code).toBe(5);
    expect(stuck.json()).toMatchObject({ outcome: 'stuck', consumers: [{ state: 'failed' }] });
    expect(stuck.stderr).toMatch(/\nerror: [^\n]+\nhint: [^\n]+\n$/);
    expect(there).toEqual(again);
    expect(code).toBe(0);
    expect(json().outcome).toBe('rolledBack');
    expect(desk.left()).toEqual(back);
  });

  test('S1 a vault that cannot be read does not stand before the reactivation', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    for (const slot of ['new', 'old']) writeFileSync(join(desk.stateDir, `vault/${id}-${slot}.json`), '{"damaged');

    const { code, json } = await desk.run('rollback --json');
    for (const slot of ['new', 'old']) rmSync(join(desk.stateDir, `vault/${id}-${slot}.json`));

    expect(code).toBe(5);
    expect(json().outcome).toBe('stuck');
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('S1 a policy file in this folder does not stand before it either', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    writeFileSync(join(desk.cwd, 'keyturn.yaml'), 'broken: [');

    const { code } = await desk.run('rollback');

    expect(code).toBe(0);
    expect(desk.left()).toEqual(back);
  });

  test('S1 nor does it matter that the keys cannot be listed', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    desk.sandbox.fault({ operation: 'ListAccessKeys', call: 'every', kind: 'accessDenied' });

    const { code } = await desk.run('rollback --json');

    expect(code).toBe(5);
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });
});

describe.each(['lostAnswer', 'garbage'] as const)('S1 where no reactivation is answered (%s)', (kind) => {
  test.each(['rollback', 'rollback --only-reactivate', 'rollback --only-reactivate --user alice --key OLD'])(
    '%s goes on, since the keys show that it was done',
    async (line) => {
      const desk = await openDesk();
      await desk.waiting('awaitGrace');
      desk.sandbox.fault({ operation: 'UpdateAccessKey', call: 'every', kind });

      const { code } = await desk.run(`${line.replace('OLD', `${desk.ids[0]}`)} --json`);

      expect(code).toBe(0);
      expect(desk.left().keys).toEqual(['old Active', 'new Active']);
    },
  );
});

test('where no reactivation is answered, and the keys do not show that it was done, the way back fails', async () => {
  const desk = await openDesk();
  await desk.waiting('awaitGrace');
  desk.sandbox.fault({ operation: 'UpdateAccessKey', call: 'every', kind: 'reset' });

  const { code, json } = await desk.run('rollback --json');

  expect(code).toBe(3);
  expect(json().error.message).toContain('no usable answer to iam:UpdateAccessKey');
  expect(desk.left().keys).toEqual(['old Inactive', 'new Active']);
});

describe('--only-reactivate', () => {
  test.each(['garbage', 'lostAnswer', 'reset'] as const)(
    'goes back to watching although the answer to the raised claim is lost: %s',
    async (kind) => {
      const desk = await openDesk();
      const id = await desk.waiting('awaitGrace');
      const callOff = desk.sandbox.fault({ operation: 'TagUser', call: (call) => call <= 3, kind });

      const { code, json } = await desk.run(`rollback ${id} --only-reactivate --json`);
      callOff();
      const resumed = await desk.run(`resume ${id} --json`);

      expect(code).toBe(0);
      expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
      expect(resumed.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
      expect(desk.left()).toEqual(again);
    },
  );

  test('of a rotation: the old key is active, and the watch begins anew', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');

    const { code, json } = await desk.run('rollback --only-reactivate --json');

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ rotation: id, outcome: 'waiting', state: 'awaitQuiet' });
    expect(desk.left()).toEqual(again);
    await desk.pass(60);
    expect((await desk.run('resume --wait --json')).json().outcome).toBe('rotated');
  });

  test('where nothing was deactivated nothing is changed', async () => {
    const desk = await openDesk();
    await desk.waiting();
    const from = desk.sandbox.requests.length;

    const { code, json } = await desk.run('rollback --only-reactivate --json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(desk.changes(from)).toEqual([]);
  });

  test('S1 without any record: state, claim and config may be missing or broken', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    rmSync(desk.stateDir, { recursive: true });
    writeFileSync(desk.stateDir, 'a file where the folder should be');
    writeFileSync(join(desk.cwd, 'keyturn.yaml'), 'broken: [');
    desk.account.setTags('alice', {});
    const from = desk.sandbox.requests.length;

    const { code, json, stderr } = await desk.run(
      `rollback --only-reactivate --user alice --key ${desk.ids[0]} --json`,
    );
    rmSync(desk.stateDir);

    expect(code).toBe(0);
    expect(json()).toEqual({ ...rotationShape, rotation: null });
    expect(json()).toMatchObject({ outcome: 'waiting', oldKey: desk.ids[0], consumers: [], history: [] });
    expect(json().keys[0]).toMatchObject({ id: desk.ids[0], status: 'Active' });
    expect(stderr).toBe('');
    expect(desk.changes(from)).toEqual(['UpdateAccessKey']);
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });

  test('S1 nothing else needs to be allowed or to answer', async () => {
    const desk = await openDesk({
      keys: [{ ...june, status: 'Inactive' }],
      policies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'iam:UpdateAccessKey', Resource: '*' }],
        },
      ],
    });
    desk.sandbox.fault({ operation: 'GetCallerIdentity', call: 'every', kind: 'error500' });

    const { code, json, stderr } = await desk.run(
      `rollback --only-reactivate --user alice --key ${desk.ids[0]} --json`,
    );

    expect(code).toBe(0);
    expect(json()).toMatchObject({ account: 'unknown', outcome: 'waiting', keys: [] });
    expect(stderr).toContain('warning: ');
    expect(desk.left().keys).toEqual(['old Active']);
  });

  test('S1 of a rotation whose folder cannot be written: active, with a warning', async () => {
    const desk = await openDesk();
    await desk.waiting('awaitGrace');
    rmSync(join(desk.stateDir, 'locks'), { recursive: true });
    writeFileSync(join(desk.stateDir, 'locks'), 'a file where the folder should be');

    const { code, json, stderr } = await desk.run('rollback --only-reactivate --json');
    rmSync(join(desk.stateDir, 'locks'));

    expect(code).toBe(0);
    expect(json().keys[0]).toMatchObject({ id: desk.ids[0], status: 'Active' });
    expect(stderr).toContain('warning: the record was not brought up to date');
  });

  test('a record that cannot be read: exit 2, and the way that needs none is named', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    writeFileSync(join(desk.stateDir, `rotations/${id}.json`), '{"damaged');

    for (const command of [`rollback ${id}`, 'rollback', `rollback ${id} --only-reactivate`]) {
      const { code, json } = await desk.run(`${command} --json`);
      expect(code).toBe(2);
      expect(json().error).toMatchObject({
        name: 'RecordError',
        hint: expect.stringContaining('keyturn rollback --only-reactivate --user NAME --key AKIA…'),
      });
    }
  });

  test("a key that is not this user's: exit 3", async () => {
    const desk = await openDesk();

    const { code, json } = await desk.run('rollback --only-reactivate --user alice --key AKIAIOSFODNN7EXAMPLE --json');

    expect(code).toBe(3);
    expect(json().error).toMatchObject({
      name: 'RefusedError',
      message: 'alice has no access key AKIAIOSFODNN7EXAMPLE to make active, or there is no such user',
      hint: expect.stringContaining('nothing was changed; aws iam list-access-keys --user-name alice'),
    });
  });
});
