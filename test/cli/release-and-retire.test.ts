// keyturn release and keyturn retire.
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

const june = { createdAt: '2026-06-01T08:00:00Z' };

describe('keyturn release', () => {
  test('clears the claim of a rotation that is dead; a new one may begin, and this one is over', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const from = desk.sandbox.requests.length;

    const { code, json, stderr } = await desk.run(`release ${id} --yes --json`);
    const changes = desk.changes(from);
    const resumed = await desk.run(`resume ${id} --json`);
    const status = await desk.run('status --json');
    const retired = await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.newKey()} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({
      rotation: id,
      outcome: 'nothingToDo',
      reason: `the claim of rotation ${id} is cleared; no key was changed`,
      consumers: [{ spec: desk.place, state: 'delivered' }],
    });
    expect(stderr).toContain(`rotation ${id} claimed alice at 2026-12-06T10:00:00Z`);
    expect(stderr).toContain('its record is here, at awaitQuiet, and no process on this machine runs it');
    expect(stderr).toContain(`${desk.ids[0]} is Active`);
    expect(changes).toEqual(['UntagUser']);
    expect(resumed.code).toBe(3);
    expect(resumed.json().error.message).toMatch(/is over: its claim was released at 2026-12-06T10:00:03Z$/);
    expect(status.json()).toEqual({ rotations: [] });
    expect(retired.json().outcome).toBe('waiting');
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 1, vault: [], holds: 'new' });
  });

  test('with --user, where there is no record of it here', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    rmSync(desk.stateDir, { recursive: true });

    const { code, json, stderr } = await desk.run('release --user alice --yes --json');

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ rotation: id, oldKey: desk.ids[0], newKey: desk.newKey(), history: [] });
    expect(stderr).toContain('there is no record of it here: it may live on another machine');
    expect(desk.left().claims).toBe(0);
  });

  test('where UntagUser is denied the tag says that it is released', async () => {
    const desk = await openDesk();
    await desk.waiting();
    desk.sandbox.fault({ operation: 'UntagUser', call: 'every', kind: 'accessDenied' });

    const { code } = await desk.run('release --user alice --yes');

    expect(code).toBe(0);
    expect(Object.values(desk.account.tags('alice'))).toEqual([expect.stringMatching(/^released /)]);
  });

  test('a secret that is nowhere else stays in the vault, once, and that is said', async () => {
    const desk = await openDesk();
    for (const call of [5, 6, 7]) desk.sandbox.fault({ operation: 'GetCallerIdentity', call, kind: 'error500' });
    const stuck = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);
    const { rotation } = stuck.json();
    const vault = join(desk.stateDir, 'vault');
    // As after a death right before the temporary file would have gone.
    for (const slot of ['new', 'old'])
      copyFileSync(join(vault, `${rotation}-${slot}.json`), join(vault, `.${rotation}-${slot}.json.keyturn-tmp`));

    const { code, json } = await desk.run(`release ${rotation} --yes --json`);

    expect(stuck.json()).toMatchObject({ outcome: 'stuck', consumers: [{ state: 'pending' }] });
    expect(code).toBe(0);
    expect(readdirSync(vault)).toEqual([`${rotation}-new.json`, `${rotation}-old.json`]);
    expect(json().hint).toContain(`not every place holds ${desk.newKey()}, so its secret stays in the vault`);
    expect(desk.left()).toMatchObject({ claims: 0, vault: ['new.json', 'old.json'] });
  });

  test('what a process that died while it wrote left beside a file goes with it', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const left = join(dirname(desk.credentialsFile), '.credentials.keyturn-tmp');
    copyFileSync(desk.credentialsFile, left);

    const { code } = await desk.run(`release ${id} --yes --json`);

    expect(code).toBe(0);
    expect(existsSync(left)).toBe(false);
  });

  test('and where that cannot be, it is said, and the claim goes all the same', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    rmSync(dirname(desk.credentialsFile), { recursive: true });

    const { code, stderr } = await desk.run(`release ${id} --yes --json`);

    expect(code).toBe(0);
    expect(stderr).toContain(`what an earlier run may have left beside ${desk.place} stays: `);
    expect(desk.account.tags('alice')).not.toHaveProperty(`keyturn:claim:${id}`);
  });

  test('S10 without --yes and without a terminal: exit 2, with what speaks for its death', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const { code, json } = await desk.run(`release ${id} --json`);

    expect(code).toBe(2);
    expect(json().error.message).toContain(`rotation ${id} claimed alice at`);
    expect(json().error.hint).toContain('--yes');
    expect(desk.left().claims).toBe(1);
  });

  test('S10 on a terminal it asks, and no is the answer of a bare Enter', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();

    const no = await desk.run(`release ${id}`, { answers: [['Release its claim?', '\r']] });
    const before = desk.left().claims;
    const yes = await desk.run(`release ${id}`, { answers: [['Release its claim?', 'y\r']] });

    expect([no.code, before]).toEqual([2, 1]);
    expect([yes.code, desk.left().claims]).toEqual([0, 0]);
  });

  test('no claim, an unknown one, an ambiguous id', async () => {
    const desk = await openDesk();
    const none = await desk.run('release --user alice --yes --json');
    const id = await desk.waiting();
    const unknown = await desk.run('release rot-unknown --user alice --yes --json');

    const short = await desk.run(`release ${id.slice(0, 8)} --yes --json`);

    expect(none.code).toBe(3);
    expect(none.json()).toEqual(errorShape);
    expect(unknown.code).toBe(3);
    expect(unknown.json().error.message).toBe('alice carries no claim of rot-unknown');
    expect(short.json().rotation).toBe(id);
  });
});

describe('keyturn retire', () => {
  const twoKeys = async () => {
    const desk = await openDesk({ keys: [june, june] });
    desk.account.use(desk.ids[0] ?? '', { at: '2026-12-06T09:00:00Z' });
    const names = `--user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]}`;
    return { desk, names };
  };

  test('watches, deactivates, waits and deletes; nothing is created or delivered', async () => {
    const { desk, names } = await twoKeys();

    const waiting = await desk.run(`retire ${names} --yes --json`);
    const { code, json } = await desk.run('resume --wait --json');

    expect(waiting.code).toBe(0);
    expect(waiting.json()).toEqual(rotationShape);
    expect(waiting.json()).toMatchObject({
      outcome: 'waiting',
      state: 'awaitQuiet',
      oldKey: desk.ids[0],
      newKey: desk.ids[1],
      consumers: [],
    });
    expect(code).toBe(0);
    expect(json().outcome).toBe('rotated');
    expect(desk.left()).toEqual({ keys: ['other Active'], claims: 0, vault: [], locks: [], holds: 'old' });
    expect(desk.changes()).not.toContain('CreateAccessKey');
  });

  test("takes rotate's times and probes", async () => {
    const { desk, names } = await twoKeys();

    const { json } = await desk.run(
      `retire ${names} --quiet-for 3d --grace 2d --watch-limit 5d --probe exec:true --probe-every 2h --yes --json`,
    );

    expect(desk.record(json().rotation ?? '').context.plan).toMatchObject({
      quietFor: 259_200,
      grace: 172_800,
      watchLimit: 432_000,
      probeEvery: 7_200,
      probes: [expect.stringMatching(/^exec:/)],
    });
  });

  test('refused unless both are active keys of that user: exit 3', async () => {
    const desk = await openDesk({ keys: [june, { ...june, status: 'Inactive' }] });
    const [active, inactive] = desk.ids;
    const other = 'AKIAIOSFODNN7EXAMPLE';

    for (const [key, newKey, message] of [
      [active, inactive, /^the new key AKIA…\w{4} is inactive$/],
      [inactive, active, /^the old key AKIA…\w{4} is inactive$/],
      [active, other, /^the new key AKIA…MPLE is not a key of alice$/],
      [other, active, /^the old key AKIA…MPLE is not a key of alice$/],
    ] as const) {
      const { code, json } = await desk.run(`retire --user alice --key ${key} --new-key ${newKey} --yes --json`);
      expect(code).toBe(3);
      expect(json().error.message).toMatch(message);
    }

    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });
});

test('a way back to a place that is gone for good ends with release, which the hint names', async () => {
  const desk = await openDesk();
  const name = 'app/alice';
  const { accessKeyId, secretAccessKey } = desk.keys[0] ?? {};
  desk.sandbox.secrets.create({ name, value: JSON.stringify({ accessKeyId, secretAccessKey }), region: 'eu-west-1' });
  const { rotation } = (await desk.run(`rotate --user alice --to secretsmanager:${name} --yes --json`)).json();
  desk.sandbox.secrets.delete(name, 'eu-west-1');

  const back = await desk.run('rollback --json');
  const released = await desk.run(`release ${rotation} --yes --json`);

  expect(back.json()).toMatchObject({
    outcome: 'stuck',
    hint: expect.stringContaining(`keyturn release ${rotation} gives it up`),
  });
  expect(released.code).toBe(0);
  expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0 });
});
