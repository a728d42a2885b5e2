// What a policy file does to rotate, retire and the wizard: it fills in what no flag says, a looser flag is recorded, and
// whom it exempts is left alone.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';

const rotate = 'rotate --user alice --yes --json';

function found(desk: Desk, text: string): void {
  writeFileSync(join(desk.cwd, 'keyturn.yaml'), text, { mode: 0o644 });
}

/** The plan of the only rotation there is. */
function planOf(desk: Desk, rotation: string | null) {
  return desk.record(rotation ?? '').context.plan;
}

describe('a keyturn.yaml in this folder', () => {
  test('fills in what no flag says, and says from which line', async () => {
    const desk = await openDesk();
    found(
      desk,
      `defaults:\n  quietFor: 3d\n  grace: 9d\nrules:\n  - user: al*\n    consumers: ["${desk.place}"]\n    watchLimit: 20d\n`,
    );

    const { code, json, stderr } = await desk.run(rotate);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ outcome: 'waiting', consumers: [{ spec: desk.place, state: 'delivered' }] });
    expect(planOf(desk, json().rotation)).toMatchObject({ quietFor: 259_200, grace: 777_600, watchLimit: 1_728_000 });
    expect(stderr).toContain(
      'keyturn.yaml says: quietFor 3 days (line 2), grace 9 days (line 3), watchLimit 20 days (line 7), consumers 1 (line 6)\n',
    );
  });

  test('that says nothing changes nothing', async () => {
    const [desk, empty] = [await openDesk(), await openDesk()];
    found(empty, '# to be filled in\n');
    const dryRun = `rotate --user alice --dry-run --json`;

    const without = (await desk.run(`${dryRun} --to ${desk.place}`)).json();
    const withEmpty = await empty.run(`${dryRun} --to ${empty.place}`);

    expect(withEmpty.json().plan).toEqual(
      JSON.parse(JSON.stringify(without.plan).replaceAll(desk.credentialsFile, empty.credentialsFile)),
    );
    expect(withEmpty.stderr).toBe('');
  });

  test.each([
    'rotate --user alice --yes',
    'retire --user alice --yes --key AKIAIOSFODNN7EXAMPLE --new-key AKIAIOSFODNN7EXAMPL2',
  ])('that cannot be read whole keeps keyturn %s from starting', async (command) => {
    const desk = await openDesk();
    found(desk, `defaults:\n  grace: 9d\n  maxage: 90d\n`);

    const plain = await desk.run(command);
    const withJson = await desk.run(`${command} --json`);

    expect(plain).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: keyturn.yaml:3: defaults.maxage: there is no such key\nhint: did you mean maxAge?\n',
    });
    expect(withJson.json().error).toMatchObject({ name: 'UsageError', hint: 'did you mean maxAge?' });
    expect(desk.sandbox.requests).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('S30 that runs commands is not obeyed, but is where it is named', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  probes: ["exec:/bin/true"]\n  consumers: ["${desk.place}"]\n`);

    const merely = await desk.run(rotate);
    const named = await desk.run(`${rotate} --config keyturn.yaml`);

    expect(merely.code).toBe(2);
    expect(merely.json().error.message).toBe(
      'keyturn.yaml:2: defaults.probes[0]: exec: is not taken in a file that was only found',
    );
    expect(named.code).toBe(0);
    expect(planOf(desk, named.json().rotation)).toMatchObject({ probes: ['exec:/bin/true'] });
  });

  test('S30 that others may write is not obeyed, and warned of where it is named', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  consumers: ["${desk.place}"]\n`);
    chmodSync(join(desk.cwd, 'keyturn.yaml'), 0o666);

    const merely = await desk.run(rotate);
    const named = await desk.run(`${rotate} --config keyturn.yaml`);

    expect(merely).toMatchObject({ code: 2 });
    expect(merely.stderr).toContain('error: keyturn.yaml in this folder may be written by others (mode 0666)\n');
    expect(named).toMatchObject({ code: 0 });
    expect(named.stderr).toContain('warning: keyturn.yaml may be written by others (mode 0666)');
  });

  test('S9 changes nothing for a rotation whose plan is made, however wrong it is', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  consumers: ["${desk.place}"]\n  grace: 9d\n`);
    const { rotation } = (await desk.run(rotate)).json();
    found(desk, 'defaults:\n  grace: 1s\n  nonsense: true\n');
    await desk.pass(60);

    const resumed = await desk.run(`resume ${rotation} --json`);

    expect(resumed.json()).toMatchObject({ state: 'awaitGrace', outcome: 'waiting' });
    expect(resumed.json().until).toMatch(/^2026-12-17/);
    expect(planOf(desk, rotation).grace).toBe(777_600);
  });

  test('S1 stands before no way back', async () => {
    const desk = await openDesk();
    const rotation = await desk.waiting('awaitGrace');
    found(desk, 'nonsense');

    const { code } = await desk.run(`rollback ${rotation} --only-reactivate --config missing.yaml --json`);

    expect(code).toBe(0);
    expect(desk.left().keys).toContain('old Active');
  });
});

describe('the places of the file', () => {
  test('mean the same from every folder: relative ones start at the file', async () => {
    const desk = await openDesk();
    mkdirSync(join(desk.cwd, 'conf'));
    writeFileSync(
      join(desk.cwd, 'conf/policy.yaml'),
      'defaults:\n  consumers: ["credentials-file:default@../../home/.aws/credentials"]\n',
    );

    const { json } = await desk.run(`${rotate} --dry-run --config conf/policy.yaml`);

    expect(json().consumers).toEqual([{ spec: desk.place, state: 'pending' }]);
  });

  test('give way to --to, and what that leaves out is warned of and recorded', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  consumers: ["${desk.place}", "credentials-file:other@/nowhere"]\n`);

    const { json, stderr } = await desk.run(`${rotate} --to ${desk.place}`);

    const why = '--to leaves out credentials-file:other@/nowhere of keyturn.yaml:2 (defaults.consumers)';
    expect(stderr).toContain(`warning: ${why}\n`);
    expect(planOf(desk, json().rotation).overrides).toContainEqual({ at: '2026-12-06T10:00:00Z', what: 'places', why });
    expect(json().consumers).toEqual([{ spec: desk.place, state: 'delivered' }]);
  });

  test('that make no sense are told with their line', async () => {
    const desk = await openDesk();
    found(desk, 'defaults:\n  grace: 1d\n  consumers: ["nonsense:x"]\n');

    const { code, json } = await desk.run(rotate);

    expect(code).toBe(2);
    expect(json().error.message).toBe('keyturn.yaml:3: defaults.consumers: there is no consumer kind nonsense');
    expect(desk.changes()).toEqual([]);
  });

  test('where it names none, and no --to does, are asked for as without it', async () => {
    const desk = await openDesk();
    found(desk, 'defaults:\n  grace: 1d\n');

    const { code, json } = await desk.run(rotate);

    expect(code).toBe(2);
    expect(json().error.message).toBe('where does the new key go?');
  });
});

describe('a flag wins over the file; where it is looser that is warned of and recorded:', () => {
  const file = (place: string) =>
    [
      'defaults:',
      '  quietFor: 5d',
      '  grace: 9d',
      '  watchLimit: 20d',
      '  probeEvery: 1h',
      '  freeSlot: never',
      '  unproven: ask',
      `  consumers: ["${place}"]`,
      '  probes: ["http:https://example.com/health"]',
    ].join('\n');

  test.each([
    [
      '--quiet-for 3d',
      { quietFor: 259_200 },
      'shortQuiet',
      '--quiet-for 3d is shorter than the 5 days of keyturn.yaml:2 (defaults.quietFor)',
    ],
    [
      '--grace 2d',
      { grace: 172_800 },
      'shortGrace',
      '--grace 2d is shorter than the 9 days of keyturn.yaml:3 (defaults.grace)',
    ],
    [
      '--watch-limit 9d',
      { watchLimit: 777_600 },
      'watchLimit',
      '--watch-limit 9d is shorter than the 20 days of keyturn.yaml:4 (defaults.watchLimit)',
    ],
    [
      '--probe-every 2h',
      { probeEvery: 7_200 },
      'probes',
      '--probe-every 2h is longer than the 1 hour of keyturn.yaml:5 (defaults.probeEvery)',
    ],
    [
      '--free-slot inactive',
      { freeSlot: 'inactive' },
      'freeSlot',
      '--free-slot inactive is not the never of keyturn.yaml:6 (defaults.freeSlot)',
    ],
    ['--probe http:https://example.com/', {}, 'probes', '--probe leaves out 1 of keyturn.yaml:9 (defaults.probes)'],
    [
      '--min-age 0d',
      { unproven: 'proceed' },
      'unproven',
      '--yes goes on also where silence proves nothing, unlike keyturn.yaml:7 (defaults.unproven)',
    ],
  ])('%s', async (flag, planned, what, why) => {
    const desk = await openDesk();
    writeFileSync(join(desk.cwd, 'policy.yaml'), file(desk.place), { mode: 0o644 });

    const { code, json, stderr } = await desk.run(`${rotate} --config policy.yaml ${flag}`);

    const said = why.replace('keyturn.yaml', 'policy.yaml');
    expect(code).toBe(0);
    expect(stderr).toContain(`warning: ${said}\n`);
    expect(planOf(desk, json().rotation)).toMatchObject(planned);
    expect(planOf(desk, json().rotation).overrides).toContainEqual({ at: '2026-12-06T10:00:00Z', what, why: said });
  });

  test.each([
    '--quiet-for 5d',
    '--quiet-for 6d',
    '--grace 9d',
    '--watch-limit 40d',
    '--probe-every 1m',
    '--free-slot never',
  ])('not %s', async (flag) => {
    const desk = await openDesk();
    writeFileSync(join(desk.cwd, 'policy.yaml'), file(desk.place), { mode: 0o644 });

    const { stderr } = await desk.run(`rotate --user alice --dry-run --config policy.yaml ${flag}`);

    expect(stderr).not.toContain('warning:');
  });

  test('times that do not fit together are told with the lines of the file', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  quietFor: 40d\n  consumers: ["${desk.place}"]\n`);

    const { code, json } = await desk.run(`${rotate} --watch-limit 39d`);

    expect(code).toBe(2);
    expect(json().error).toMatchObject({
      message: '--watch-limit is shorter than --quiet-for',
      hint: 'the watch would end before it can succeed; see keyturn.yaml:2 (defaults.quietFor)',
    });
  });

  test('a flag alone may be at odds with what is built in, where the file fits it', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  quietFor: 12h\n  consumers: ["${desk.place}"]\n`);

    const { code, json } = await desk.run(`${rotate} --watch-limit 1d`);

    expect(code).toBe(0);
    expect(planOf(desk, json().rotation)).toMatchObject({ quietFor: 43_200, watchLimit: 86_400 });
  });
});

test('S15 a file alone does not make a wait shorter than sessions live', async () => {
  const desk = await openDesk({ service: 'sts' });
  found(desk, `defaults:\n  quietFor: 2h\n  grace: 2h\n  consumers: ["${desk.place}"]\n`);

  const { json, stderr } = await desk.run(rotate);

  const { overrides, quietFor } = planOf(desk, json().rotation);
  expect(quietFor).toBe(7_200);
  expect(overrides.map(({ what }: { what: string }) => what)).toEqual(['blindGrace', 'unproven']);
  expect(stderr).not.toContain('sessions');
  // Forty hours, and the margin for what is published late.
  expect(json().until).toMatch(/^2026-12-08T06:15/);
});

test('unproven: proceed in the file decides, and is recorded as its word', async () => {
  const desk = await openDesk();
  found(desk, `defaults:\n  unproven: proceed\n  consumers: ["${desk.place}"]\n`);

  const { code } = await desk.run('rotate --user alice', { answers: [['Go on?', '\r']] });

  const [file] = desk.stateFiles()?.filter((name) => /rotations\/.*\.json$/.test(name)) ?? [];
  const plan = planOf(desk, /(rot-[a-z0-9]+)\.json/.exec(file ?? '')?.[1] ?? '');
  expect(code).toBe(0);
  expect(plan.unproven).toBe('proceed');
  expect(plan.overrides).toContainEqual({
    at: '2026-12-06T10:00:00Z',
    what: 'unproven',
    why: 'keyturn.yaml:2 (defaults.unproven): proceed',
  });
});

test('S27 a tag that would shorten a wait is not heard, and --verbose says so', async () => {
  const desk = await openDesk();
  desk.account.setTags('alice', { tier: 'test' });
  found(
    desk,
    `defaults:\n  grace: 9d\n  consumers: ["${desk.place}"]\nrules:\n  - tag: { tier: test }\n    grace: 1h\n    quietFor: 4d\n`,
  );

  const { json, stderr } = await desk.run(`${rotate} --verbose`);

  expect(planOf(desk, json().rotation)).toMatchObject({ grace: 777_600, quietFor: 345_600 });
  expect(stderr).toContain('keyturn.yaml:6 (rules[0].grace) is no tighter than what holds already');
});

test('the vault of the file is the plan’s', async () => {
  const desk = await openDesk();
  found(desk, `defaults:\n  vault: secretsmanager\n  consumers: ["${desk.place}"]\n`);

  const { code, json } = await desk.run(rotate);

  expect(code).toBe(0);
  expect(planOf(desk, json().rotation).vault).toBe('secretsmanager');
});

test('a key younger than the minAge of the file is left alone, unless --min-age says otherwise', async () => {
  const desk = await openDesk({ keys: [{ createdAt: '2026-12-01T08:00:00Z' }] });
  found(desk, `defaults:\n  minAge: 10d\n  consumers: ["${desk.place}"]\n`);

  const young = await desk.run(rotate);
  const asked = await desk.run(`${rotate} --min-age 1d`);

  expect(young.json()).toMatchObject({ outcome: 'nothingToDo' });
  expect(young.code).toBe(0);
  expect(asked.json()).toMatchObject({ outcome: 'waiting' });
});

describe('whom the file exempts is left alone:', () => {
  const exempt = 'exemptions:\n  - user: alice\n    reason: replaced in May\n    until: 2026-12-06\n';

  test.each(['', ' --key {old}', ' --dry-run', ' --to {place}'])('keyturn rotate%s', async (more) => {
    const desk = await openDesk();
    found(desk, exempt);
    const flags = more.replace('{old}', desk.ids[0] ?? '').replace('{place}', desk.place);

    const { code, json, stderr } = await desk.run(`${rotate}${flags}`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({
      rotation: null,
      outcome: 'nothingToDo',
      reason: 'alice is left alone until the end of 2026-12-06: replaced in May',
      hint: 'nothing was changed; to go on all the same, remove the exemption at keyturn.yaml:2',
    });
    expect(stderr).toBe('');
    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('also with two active keys, where none would be chosen', async () => {
    const desk = await openDesk({
      keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }],
    });
    found(desk, exempt);

    const rotated = await desk.run(rotate);
    const retired = await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]} --yes --json`);

    expect(rotated.json()).toMatchObject({ outcome: 'nothingToDo' });
    expect(retired.json()).toMatchObject({ outcome: 'nothingToDo' });
    expect(desk.changes()).toEqual([]);
  });

  test('by the wizard too, which asks nothing but whom it is about', async () => {
    const desk = await openDesk();
    found(desk, exempt);

    const { code, stdout } = await desk.run('', { answers: [['Whose access key?', 'alice\r']] });

    expect(code).toBe(0);
    expect(stdout).toContain('left alone until the end of 2026-12-06');
  });

  test('one key by its id, and not the user’s other one', async () => {
    const desk = await openDesk({
      keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }],
    });
    found(desk, `exemptions:\n  - { key: ${desk.ids[0]}, reason: in firmware, until: 2027-06-30 }\n`);

    const exempted = await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]} --yes --json`);
    const other = await desk.run(`retire --user alice --key ${desk.ids[1]} --new-key ${desk.ids[0]} --yes --json`);

    expect(exempted.json()).toMatchObject({
      outcome: 'nothingToDo',
      reason: 'this key of alice is left alone until the end of 2027-06-30: in firmware',
    });
    expect(other.json()).toMatchObject({ outcome: 'waiting' });
  });

  test('not any more once its last day is over, which is warned of', async () => {
    const desk = await openDesk();
    found(desk, `${exempt.replace('12-06', '12-05')}defaults: { consumers: ["${desk.place}"] }\n`);

    const { json, stderr } = await desk.run(rotate);

    expect(json()).toMatchObject({ outcome: 'waiting' });
    expect(stderr).toContain('warning: the exemption at keyturn.yaml:2 ended with 2026-12-05\n');
  });
});

describe('retire', () => {
  test('takes its times and probes from the file, and no places', async () => {
    const desk = await openDesk({
      keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-07-01T08:00:00Z' }],
    });
    found(desk, `defaults:\n  quietFor: 3d\n  vault: secretsmanager\n  consumers: ["ssm:/later"]\n`);

    const { json } = await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.ids[1]} --yes --json`);

    expect(json()).toMatchObject({ outcome: 'waiting', consumers: [] });
    expect(planOf(desk, json().rotation)).toMatchObject({ quietFor: 259_200, consumers: [], vault: 'file' });
  });
});

describe('the wizard', () => {
  test('asks for no place that the file names', async () => {
    const desk = await openDesk();
    found(desk, `defaults:\n  grace: 9d\n  consumers: ["${desk.place}"]\n`);

    const { stderr, stdout, code } = await desk.run('--json', {
      answers: [
        ['Whose access key?', 'alice\r'],
        ['Go on?', '\r'],
        ['Nothing to do for', '\r'],
      ],
    });

    expect(code).toBe(0);
    expect(stderr).not.toContain('Where shall the new one go?');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'waiting', consumers: [{ spec: desk.place }] });
  });

  test('says what is wrong with the file before it asks', async () => {
    const desk = await openDesk();
    found(desk, 'rule: []\n');

    const { code, stderr } = await desk.run('', { answers: [] });

    expect(code).toBe(2);
    expect(stderr).toBe('error: keyturn.yaml:1: rule: there is no such key\nhint: did you mean rules?\n');
  });
});

test('the demo knows nothing of the file', async () => {
  const desk = await openDesk();
  found(desk, 'nonsense');

  expect((await desk.run('demo --quiet')).code).toBe(0);
});
