// The built command in surroundings that are not kind: no room on the disk, nobody who reads, a machine with nothing on it.
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../support/built-cli.ts';
import { allBut, openDesk } from '../../support/cli.ts';
import { errorShape, rotationShape } from '../../support/shape.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe.concurrent('a disk that is full', () => {
  test('from the start: exit 2, and nothing is changed', async (context) => {
    const desk = await openDesk({ real: true }, context);

    const { code, json, stderr } = await runCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`, {
      shell: 'ulimit -f 0; exec "$@"',
    });

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(stderr).toMatch(/^error: cannot write [^\n]+\nhint: nothing was changed in AWS; [^\n]+\n$/);
    expect(desk.changes()).toEqual([]);
    expect(desk.left()).toEqual({ keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  // Blocks of 512 bytes: the record grows with each step, so each limit is met somewhere else.
  test.for([4, 6, 7, 9])(
    'at a record of %d blocks: exit 5, nothing is lost, and resume goes on',
    async (blocks, context) => {
      const desk = await openDesk({ real: true }, context);
      const command = `rotate --user alice --to ${desk.place} --yes --json`;

      const full = await runCli(desk, context, command, { shell: `ulimit -f ${blocks}; exec "$@"` });
      const resumed = await runCli(desk, context, 'resume --json');

      expect(full.code).toBe(5);
      expect(full.json()).toEqual(rotationShape);
      expect(full.json()).toMatchObject({
        outcome: 'stuck',
        reason: expect.stringContaining('cannot write'),
        hint: expect.stringMatching(/; the file is as it was; then keyturn resume rot-\w+ goes on$/),
      });
      expect(resumed.code).toBe(0);
      expect(resumed.json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
      expect(desk.left()).toEqual({
        keys: ['old Active', 'new Active'],
        claims: 1,
        vault: ['new.json', 'old.json'],
        locks: [],
        holds: 'new',
      });
    },
  );
});

describe.concurrent('a state folder that may not be written', () => {
  test('exit 2, nothing is changed, and who may is shown', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const folder = temporaryFolder(context);
    chmodSync(folder, 0o555);

    const { code, json, stderr } = await runCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`, {
      env: { KEYTURN_STATE_DIR: folder },
      cwd: '/',
      // Root may write everywhere.
      ...(process.getuid?.() === 0 ? { uid: 54_321 } : {}),
    });

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(stderr).toBe(
      `error: not allowed to write ${folder}/locks\nhint: nothing was changed in AWS; see who may: ls -ld '${folder}' '${folder}/locks'; the file is as it was\n`,
    );
    expect(desk.changes()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.concurrent('nobody who reads', () => {
  test.for(['status --json', '--help', 'demo'])(
    'keyturn %s into a closed pipe ends quietly',
    async (command, context) => {
      const desk = await openDesk({ real: true }, context);

      const { stderr } = await runCli(desk, context, command, { shell: '{ "$@"; echo "exit $?" >&2; } | true' });

      expect(stderr).toMatch(/exit 0\n$/);
      expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
    },
  );

  test('head takes what it wants', async (context) => {
    const desk = await openDesk({ real: true }, context);

    const { stdout, stderr } = await runCli(desk, context, 'status --json', {
      shell: '{ "$@"; echo "exit $?" >&2; } | head -c1',
    });

    expect(stdout).toBe('{');
    expect(stderr).toBe('exit 0\n');
  });
});

describe.concurrent('a bare machine', () => {
  test('S1 rollback --only-reactivate needs no home, no name, no config and no state', async (context) => {
    const desk = await openDesk({ real: true, keys: [{ status: 'Inactive' }], lastUsed: null }, context);
    const nothing = { HOME: null, KEYTURN_STATE_DIR: null, AWS_REGION: null, AWS_SHARED_CREDENTIALS_FILE: null };

    const { code, json, stderr } = await runCli(
      desk,
      context,
      `rollback --only-reactivate --user alice --key ${desk.ids[0]} --json`,
      // A user that the machine does not know has no home either.
      { env: { ...nothing, AWS_CONFIG_FILE: null }, cwd: '/', ...(process.getuid?.() === 0 ? { uid: 54_321 } : {}) },
    );

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(json()).toMatchObject({ rotation: null, outcome: 'waiting', keys: [{ status: 'Active' }] });
    expect(desk.left().keys).toEqual(['old Active']);
  });
});

describe.concurrent('where nothing else is said', () => {
  test.runIf(process.platform === 'linux')("the state is kept in the user's state folder", async (context) => {
    const desk = await openDesk({ real: true }, context);
    const env = { KEYTURN_STATE_DIR: null, XDG_STATE_HOME: null };

    const begun = await runCli(desk, context, `rotate --user alice --to ${desk.place} --yes --json`, { env });
    const elsewhere = { XDG_STATE_HOME: join(desk.folder, 'xdg') };
    const status = await runCli(desk, context, 'status --json', { env: { ...env, ...elsewhere } });

    expect(begun.code).toBe(0);
    expect(readdirSync(join(desk.home, '.local/state/keyturn')).sort()).toEqual(['locks', 'rotations', 'vault']);
    expect(status.json()).toEqual({ rotations: [] });
  });
});

describe.concurrent('keyturn demo', () => {
  test('plays the whole procedure without a terminal, and leaves nothing', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const temporary = join(desk.folder, 'tmp');
    mkdirSync(temporary);

    const { code, stdout, stderr } = await runCli(desk, context, 'demo', { env: { TMPDIR: temporary } });

    expect(code).toBe(0);
    expect(stdout).toMatch(/^rot-\w+ {2}shop in 123456789012 {2}rotated\n/);
    for (const step of [
      'its secret is in the vault',
      'AWS accepts',
      'this brings it back',
      'is inactive',
      'is deleted',
    ])
      expect(stderr).toContain(step);
    expect(readdirSync(temporary)).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
    expect(desk.sandbox.requests).toEqual([]);
  });

  test('with --json stdout is one document', async (context) => {
    const desk = await openDesk({ real: true }, context);

    const { code, json } = await runCli(desk, context, 'demo --json');

    expect(code).toBe(0);
    expect(json()).toMatchObject({ user: 'shop', outcome: 'rotated' });
  });
});

describe.concurrent('somebody rotates their own key, by the profile that it lies in', () => {
  test('S17 from the delivery on nothing is signed by the old key', async (context) => {
    const desk = await openDesk({ real: true }, context);
    desk.account.setPolicies('alice', allBut('iam:Nothing'));
    const env = { AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null };
    let delivered = Number.POSITIVE_INFINITY;
    desk.sandbox.onRequest(() => {
      if (delivered === Number.POSITIVE_INFINITY && desk.left().holds === 'new')
        delivered = desk.sandbox.requests.length;
    });

    const begun = await runCli(
      desk,
      context,
      'rotate --to credentials-file:default --quiet-for 1h --grace 1s --yes --json',
      { env },
    );
    const status = await runCli(desk, context, 'status --json', { env });
    const ended = await runCli(desk, context, 'proceed --yes --wait --json', { env });

    expect([begun.code, status.code, ended.code]).toEqual([0, 0, 0]);
    expect(ended.json()).toMatchObject({ outcome: 'rotated', user: 'alice' });
    expect(desk.sandbox.requests.slice(delivered).map(({ accessKeyId }) => accessKeyId)).not.toContain(desk.ids[0]);
    expect(readFileSync(desk.credentialsFile, 'utf8')).toContain('# mine\n[default]\n');
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
  });
});

describe.concurrent('probes', () => {
  test('one that fails in the grace reactivates by itself', async (context) => {
    const desk = await openDesk({ real: true }, context);
    const script = join(desk.folder, 'probe');
    writeFileSync(script, `#!/bin/sh\ntest ! -e ${desk.folder}/broken\n`, { mode: 0o755 });
    const command = `rotate --user alice --to ${desk.place} --probe exec:${script} --quiet-for 1h --grace 1h --yes --json`;
    await runCli(desk, context, command);
    await runCli(desk, context, 'proceed --yes --json');
    const inactive = desk.left().keys;
    writeFileSync(join(desk.folder, 'broken'), '');

    const { code, json, stderr } = await runCli(desk, context, 'resume --json');

    expect(inactive).toEqual(['old Inactive', 'new Active']);
    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', state: 'awaitQuiet' });
    expect(stderr).toContain('a probe fails');
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });
});
