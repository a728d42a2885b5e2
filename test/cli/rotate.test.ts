// keyturn rotate where all goes well: what it prints, and what is true in the account afterwards.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { rotationShape } from '../support/shape.ts';

const asTheyWere = { keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' };
const june = { createdAt: '2026-06-01T08:00:00Z' };

describe('the whole way', () => {
  test('rotate returns at the first wait, and says how to go on', async () => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes`);

    const [, id] = /^(rot-\w+) {2}alice in 123456789012 {2}waiting\n/.exec(stdout) ?? [];
    expect(code).toBe(0);
    expect(stdout).toContain('until   2026-12-08T14:15:03Z');
    expect(stdout).toContain(`keyturn resume ${id} goes on after 2026-12-08T14:15:03Z`);
    expect(stdout).toContain(`keyturn proceed ${id} goes on now`);
    expect(stdout).toContain(`keyturn rollback ${id} goes back`);
    expect(stdout).toContain(`place   ${desk.place}  delivered`);
    expect(stderr).toContain(`rotation ${id}\n`);
    expect(stderr).toContain('✔ every place holds the new key\n');
    expect(desk.left()).toEqual({
      keys: ['old Active', 'new Active'],
      claims: 1,
      vault: ['new.json', 'old.json'],
      locks: [],
      holds: 'new',
    });
  });

  test('with --json stdout is one document of the whole shape, and the progress is on stderr all the same', async () => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({
      outcome: 'waiting',
      state: 'awaitQuiet',
      oldKey: desk.ids[0],
      newKey: desk.newKey(),
      until: '2026-12-08T14:15:03Z',
      consumers: [{ spec: desk.place, state: 'delivered' }],
      keys: [
        {
          id: desk.ids[0],
          status: 'Active',
          createdAt: '2026-06-01T08:00:00Z',
          lastUsedAt: '2026-12-06T09:00:00Z',
          lastUsedService: 's3',
        },
        { id: desk.newKey(), status: 'Active' },
      ],
    });
    expect(stderr).toContain('AWS accepts');
  });

  test('with --wait it stays until the end, and leaves nothing but the new key', async () => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`);

    expect(code).toBe(0);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ outcome: 'rotated', state: 'rotated', until: null, hint: null });
    expect(json().keys).toHaveLength(1);
    expect(json().history.map(({ state, event }) => `${state} ${event}`)).toEqual(
      expect.arrayContaining(['createKey started', 'createKey done', 'awaitGrace waiting', 'rotated ended']),
    );
    expect(stderr).toContain(
      `aws iam update-access-key --user-name alice --access-key-id ${desk.ids[0]} --status Active\n`,
    );
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
  });

  test('the state folder is for its owner alone', async () => {
    const desk = await openDesk();

    await desk.run(`rotate --user alice --to ${desk.place} --yes`);

    const modes = desk.stateFiles()?.map((path) => (statSync(join(desk.stateDir, path)).mode & 0o777).toString(8));
    expect(statSync(desk.stateDir).mode & 0o777).toBe(0o700);
    expect(new Set(modes)).toEqual(new Set(['700', '600']));
  });

  test('a first key: there is nothing to watch, deactivate or delete', async () => {
    const desk = await openDesk({ keys: [] });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'rotated', oldKey: null, newKey: desk.newKey() });
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
  });

  test('the key to replace may be named, and the place be the default profile', async () => {
    const desk = await openDesk();

    const { code, json } = await desk.run(
      `rotate --user alice --key ${desk.ids[0]} --to credentials-file:default --yes --json`,
    );

    expect(code).toBe(0);
    expect(json()).toMatchObject({ oldKey: desk.ids[0], consumers: [{ spec: desk.place, state: 'delivered' }] });
  });

  test('a wait under an hour is accepted with a warning', async () => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(
      `rotate --user alice --to ${desk.place} --yes --quiet-for 1s --grace P1D --watch-limit 2w --json`,
    );

    expect(code).toBe(0);
    expect(json().until).toBe('2026-12-06T10:00:05Z');
    expect(stderr).toContain('warning: a wait under an hour proves little: AWS publishes last use late');
  });
});

describe('nothing to do', () => {
  test('a key younger than --min-age is left alone: exit 0', async () => {
    const desk = await openDesk();

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --min-age 365d --yes --json`);

    expect(code).toBe(0);
    expect(json()).toEqual({ ...rotationShape, rotation: null });
    expect(json()).toMatchObject({ outcome: 'nothingToDo', hint: null, history: [] });
    expect(desk.left()).toEqual(asTheyWere);
    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('an old enough one is rotated', async () => {
    const desk = await openDesk();

    const { json } = await desk.run(`rotate --user alice --to ${desk.place} --min-age 90d --yes --json`);

    expect(json().outcome).toBe('waiting');
  });
});

test.each([
  ['sts', 1],
  ['s3', 0],
])(
  'S15 waits shorter than sessions live, of a key last used by %s: recorded, and warned of %d times',
  async (service, warnings) => {
    const desk = await openDesk({ lastUsed: '2026-12-06T09:00:00Z', service });

    const { json, stderr } = await desk.run(
      `rotate --user alice --to ${desk.place} --quiet-for 2h --grace 2h --yes --json`,
    );

    const { overrides } = desk.record(json().rotation ?? '').context.plan;
    expect(overrides).toMatchObject([
      { what: 'shortQuiet' },
      { what: 'shortGrace' },
      { what: 'blindGrace' },
      { what: 'unproven' },
    ]);
    expect(stderr.split('which can live for 36 hours after it; less was asked for').length - 1).toBe(warnings);
  },
);

test('S15 where nothing is said, the old key has to be quiet for 48 h', async () => {
  const desk = await openDesk();

  const { json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

  expect(desk.record(json().rotation ?? '').context.plan.quietFor).toBe(172_800);
});

describe('--dry-run', () => {
  test('asks nothing, needs no --yes, and writes nothing at all', async () => {
    const desk = await openDesk();
    const before = readFileSync(desk.credentialsFile, 'utf8');

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --dry-run --json`);

    expect(code).toBe(0);
    expect(json()).toEqual({ ...rotationShape, rotation: null, plan: expect.any(Array) });
    expect(json()).toMatchObject({ outcome: 'planned', oldKey: desk.ids[0], newKey: null, history: [] });
    expect(json().plan).toContainEqual({
      state: 'createKey',
      what: expect.stringMatching(/vault/),
      calls: expect.arrayContaining(['iam:CreateAccessKey', 'iam:TagUser']),
    });
    for (const step of json().plan ?? []) {
      expect(step).toEqual({ state: expect.any(String), what: expect.any(String), calls: expect.any(Array) });
      for (const call of step.calls) expect(call).toMatch(/^(iam|sts):[A-Z]\w+$/);
    }
    expect(stderr).toBe('');
    expect(desk.changes()).toEqual([]);
    expect(desk.left()).toEqual(asTheyWere);
    expect(desk.stateFiles()).toBeNull();
    expect(readFileSync(desk.credentialsFile, 'utf8')).toBe(before);
  });

  test('as text it shows the plan with its dates', async () => {
    const desk = await openDesk();

    const { code, stdout } = await desk.run(`rotate --user alice --to ${desk.place} --dry-run`);

    expect(code).toBe(0);
    expect(stdout).toContain(`write it to ${desk.place}, and read it back`);
    expect(stdout).toContain('2026-12-08 14:15 UTC at the earliest: deactivate');
    expect(stdout).toContain('planned: nothing was changed');
  });

  test('S18 without a probe it says that nobody looks in the grace', async () => {
    const desk = await openDesk();

    const { stdout } = await desk.run(`rotate --user alice --to ${desk.place} --dry-run`);

    expect(stdout).toContain(
      'no --probe is given: while the old key is inactive nobody looks whether everything works',
    );
  });

  test('S22 of a key that is to make room it says that nobody can tell since when it is inactive', async () => {
    const inactive = { createdAt: '2026-01-01T08:00:00Z', status: 'Inactive' as const };
    const desk = await openDesk({ keys: [june, inactive] });

    const { stdout } = await desk.run(`rotate --user alice --to ${desk.place} --free-slot inactive --dry-run`);

    expect(stdout).toMatch(
      /if there is no room: delete the inactive key AKIA….{4} \(no use known; since when it is inactive, nobody can tell\)/,
    );
  });

  test('says what would be refused, as rotate would', async () => {
    const desk = await openDesk({ keys: [june, june] });

    const { code, json } = await desk.run(
      `rotate --user alice --key ${desk.ids[0]} --to ${desk.place} --dry-run --json`,
    );

    expect(code).toBe(3);
    expect(json().outcome).toBe('refused');
    expect(desk.stateFiles()).toBeNull();
  });
});
