// Places that nobody can read back, and commands as places, on the command line: what is asked, what is printed, and what
// is kept of a person's word.
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';

const vouch = 'Nobody can read back stdout:. Does it count as delivered once the pair was handed over?';

function secretInVault(desk: Desk): string {
  const folder = join(desk.stateDir, 'vault');
  const [name = ''] = readdirSync(folder).filter((one) => one.endsWith('-new.json'));
  return JSON.parse(readFileSync(join(folder, name), 'utf8')).secretAccessKey;
}

const overridesOf = (desk: Desk, id: string | null): { what: string; why: string }[] =>
  desk
    .record(id ?? '')
    .context.plan.overrides.filter(({ what }: { what: string }) => what === 'unreadable')
    .map(({ what, why }: { what: string; why: string }) => ({ what, why }));

const idIn = (text: string) => /rotation (rot-\w+)/.exec(text)?.[1] ?? '';

describe('stdout:', () => {
  test.each(['--yes', '--dry-run'])('S25 with --json %s it is exit 2, and nothing was begun', async (flag) => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(`rotate --user alice --to stdout: ${flag} --json`);

    expect(code).toBe(2);
    expect(json().error).toMatchObject({
      name: 'UsageError',
      message: 'stdout: prints the pair, and --json keeps standard output for one document',
    });
    expect(stderr).toContain('hint: leave one of them out\n');
    expect(desk.stateFiles()).toBeNull();
    expect(desk.left()).toEqual({ keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  test('prints the pair once, and --yes vouches for it', async () => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run('rotate --user alice --to stdout: --yes', { printsPair: true });
    const id = idIn(stderr);
    await desk.pass(60);
    const later = await desk.run(`resume ${id}`);

    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      `AWS_ACCESS_KEY_ID=${desk.newKey()}`,
      `AWS_SECRET_ACCESS_KEY=${secretInVault(desk)}`,
    ]);
    expect(stderr).toContain('every place has got the new key; stdout: cannot be read back\n');
    expect(overridesOf(desk, id)).toEqual([
      { what: 'unreadable', why: '--yes: where it cannot be read back, it counts as delivered: stdout:' },
    ]);
    expect(later.code).toBe(0);
    expect(later.stdout).not.toContain('AWS_ACCESS_KEY_ID');
    expect(desk.left().keys).toEqual(['old Inactive', 'new Active']);
  });

  test('S25 on a terminal it is asked for, and who agrees has vouched', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --user alice --to stdout:', {
      answers: [
        ['Go on?', '\r'],
        [vouch, 'y\r'],
      ],
      printsPair: true,
    });

    expect(code).toBe(0);
    expect(stderr).toContain('now: write it to stdout:, which nobody can read back');
    expect(stderr).toContain('no place gives back the old secret');
    expect(overridesOf(desk, idIn(stderr))).toEqual([
      {
        what: 'unreadable',
        why: 'agreed at the plan: where it cannot be read back, it counts as delivered: stdout:',
      },
    ]);
  });

  test('S25 who does not agree may go on, until nobody was seen using the new key; resume --yes decides', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --user alice --to stdout:', {
      answers: [
        ['Go on?', '\r'],
        [vouch, '\r'],
      ],
      printsPair: true,
    });
    const id = idIn(stderr);
    const before = overridesOf(desk, id);
    await desk.pass(60);
    const stuck = (await desk.run(`resume ${id} --json`)).json();
    const decided = await desk.run(`resume ${id} --yes --json`);

    expect([code, before]).toEqual([0, []]);
    expect(stuck).toMatchObject({
      outcome: 'stuck',
      reason: 'stdout: cannot be read back, and nobody was seen using the new key: whether it arrived is not known',
      hint: `keyturn resume ${id} --yes goes on all the same; keyturn rollback ${id} goes back`,
      consumers: [{ spec: 'stdout:', state: 'delivered', readable: false }],
    });
    expect([decided.code, decided.json().state]).toEqual([0, 'awaitGrace']);
    expect(overridesOf(desk, id)).toEqual([
      { what: 'unreadable', why: 'resume --yes: where it cannot be read back, it counts as delivered: stdout:' },
    ]);
  });

  test('S25 a rotation that has still to print it is not resumed with --json', async () => {
    const desk = await openDesk();
    desk.sandbox.fault({ operation: 'TagUser', call: 3, kind: 'accessDenied' });
    const begun = await desk.run('rotate --user alice --to stdout: --yes');
    const id = idIn(begun.stderr);

    const refused = await desk.run(`resume ${id} --json`);
    const resumed = await desk.run(`resume ${id}`, { printsPair: true });

    expect(begun.code).toBe(5);
    expect([refused.code, refused.json().error.name]).toEqual([2, 'UsageError']);
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain(`AWS_ACCESS_KEY_ID=${desk.newKey()}\n`);
  });

  test('takes no place', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --user alice --to stdout:/dev/stdout --yes');

    expect(code).toBe(2);
    expect(stderr).toContain('error: stdout: takes no place');
  });
});

describe('exec:', () => {
  /** A command of these lines in the current folder, which find what it is told in `$told`. */
  const command = (desk: Desk, lines: string) => {
    const path = join(desk.cwd, 'deliver.sh');
    writeFileSync(path, `#!/bin/sh\ncd '${desk.cwd}'\nread -r told\n${lines}\n`);
    chmodSync(path, 0o755);
    return path;
  };

  test('is pinned, told what to do, and read back', async () => {
    const desk = await openDesk({ real: true });
    const path = command(
      desk,
      `printf '%s\\n' "$told" | sed 's/"secretAccessKey":"[^"]*"/"secretAccessKey":"…"/' >> told
       case $told in *readBack*) sed -n 's/.*"accessKeyId":"\\([^"]*\\)".*/{"holds":"\\1"}/p' told | tail -n 1 ;; esac`,
    );

    const { code, json } = await desk.run('rotate --user alice --to exec:./deliver.sh --yes --json');

    expect(code).toBe(0);
    expect(json().consumers).toEqual([{ spec: `exec:${path}`, state: 'delivered' }]);
    const told = readFileSync(join(desk.cwd, 'told'), 'utf8').trim().split('\n');
    const [oldKeyId, newKeyId] = [desk.ids[0], desk.newKey()];
    const after = { user: 'alice', oldKeyId, newKeyId };
    expect(told.map((line) => JSON.parse(line))).toEqual([
      { action: 'preflight', user: 'alice', oldKeyId, newKeyId: null },
      { action: 'readBack', user: 'alice', oldKeyId, newKeyId: null },
      { action: 'readBack', ...after },
      { action: 'write', ...after, accessKeyId: newKeyId, secretAccessKey: '…' },
      { action: 'readBack', ...after },
      { action: 'readBack', ...after },
    ]);
  });

  test('a failing command is named with its last words, and the key is not made', async () => {
    const desk = await openDesk({ real: true });
    command(desk, 'echo "the store is sealed" >&2; exit 4');

    const { code, stderr } = await desk.run('rotate --user alice --to exec:./deliver.sh --yes');

    expect(code).toBe(3);
    expect(stderr).toContain('error: deliver.sh exited with 4: the store is sealed, when told preflight\n');
    expect(desk.left()).toEqual({ keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' });
  });

  test.each([
    [
      'the only place',
      '',
      'both keys are active; keyturn retire --user alice --key NEW --new-key OLD removes the new key once it is quiet',
    ],
    [
      'one place of two',
      ' --to exec:./other.sh',
      'both keys are active, and some places may hold NEW: see which; keyturn retire removes the key that none holds any more',
    ],
  ])(
    'where %s does not take the new key, and no old secret is kept, no hint retires the old key',
    async (_, more, hint) => {
      const desk = await openDesk({ real: true });
      command(desk, 'case $told in *\'"write"\'*) exit 3 ;; esac');
      writeFileSync(join(desk.cwd, 'other.sh'), '#!/bin/sh\n', { mode: 0o755 });

      const { code, json } = await desk.run(`rotate --user alice${more} --to exec:./deliver.sh --yes --json`);

      expect(code).toBe(4);
      expect(
        json()
          .hint?.replaceAll(desk.ids[0] ?? '', 'OLD')
          .replaceAll(desk.newKey(), 'NEW'),
      ).toBe(hint);
      expect(json().reason).toContain('no old secret is kept, so the places stay as they are');
      expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0, vault: [] });
    },
  );

  test('on a terminal no step stands in the line of the error', async () => {
    const desk = await openDesk({ real: true });
    command(desk, 'case $told in *\'"write"\'*) exit 3 ;; esac');

    const { stderr } = await desk.run('rotate --user alice --to exec:./deliver.sh', { answers: [['Go on?', '\r']] });

    expect(stderr).toContain('… releasing the user');
    expect(stderr).toContain('\r\x1b[2Kerror: deliver.sh exited with 3');
  });
});
