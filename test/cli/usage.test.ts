// What is said before anything is asked of AWS: help, usage errors, and parts that are not there yet.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';

const allowed = ['rotate', 'status', 'resume', 'proceed', 'rollback', 'release', 'retire', 'demo'];

describe('help and version', () => {
  test('help is a result: on stdout, exit 0', async () => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run('--help');

    expect(code).toBe(0);
    for (const command of allowed) expect(stdout).toContain(`\n  ${command}`);
    expect(stderr).toBe('');
  });

  test('the version is that of the package', async () => {
    const desk = await openDesk();

    expect(await desk.run('--version')).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });

  test.each(allowed)('keyturn %s --help shows its flags', async (command) => {
    const desk = await openDesk();

    const { code, stdout } = await desk.run(`${command} --help`);

    expect(code).toBe(0);
    expect(stdout).toContain(`Usage: keyturn ${command}`);
    expect(stdout).toContain('--json');
  });

  test('without a command and without a terminal the help goes to stderr, and exit is 2', async () => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run('');

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: keyturn');
    expect(stderr).toMatch(/error: .*\nhint: .*\n$/);
  });

  test('the same with --json is an error document as well', async () => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run('--json');

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(stderr).toContain('Usage: keyturn');
  });
});

describe('usage errors', () => {
  test.each([
    ['bogus', "unknown command 'bogus'"],
    ['rotate --bogus', "unknown option '--bogus'"],
    ['rotate --user', "option '--user <name>' argument missing"],
    ['rotate extra', 'too many arguments'],
    ['status one two', 'too many arguments'],
    ['rotate --quiet-for soon --yes', '--quiet-for: "soon" is not a duration'],
    ['rotate --grace 1mo --yes', '--grace: "1mo" counts months or years'],
    ['rotate --grace 0s --yes', '--grace: "0s" is too short'],
    ['rotate --watch-limit 1h --quiet-for 2h --yes', '--watch-limit is shorter than --quiet-for'],
    ['rotate --watch-limit 2h --quiet-for 2h --yes', '--watch-limit leaves no time for --quiet-for'],
    ['rotate --watch-limit 51h --quiet-for 48h --yes', '--watch-limit leaves no time for --quiet-for'],
    ['rotate --watch-limit 350d --grace 20d --yes', 'together are longer than 360 days'],
    ['rotate --key nonsense --yes', '--key: "nonsense" is not an access key id'],
    ['rotate --free-slot yes --yes', '--free-slot: "yes" is not an access key id'],
    ['rotate --to nonsense:x --yes', 'there is no consumer kind nonsense'],
    ['rotate --probe ping:x --yes', 'there is no probe of the kind "ping"'],
    ['resume --watch-limit soon', '--watch-limit: "soon" is not a duration'],
    ['resume rot-1 --all', 'an id and --all do not go together'],
    ['status rot-1', 'no rotation has the id rot-1'],
    ['status ../escape', 'no rotation has the id ../escape'],
    ['rollback --key AKIAIOSFODNN7EXAMPLE', '--key goes together with --only-reactivate and --user'],
    ['rollback --only-reactivate --user alice --key nonsense', '--key: "nonsense" is not an access key id'],
    ['retire --user alice', '--key is missing'],
    ['retire --user alice --key AKIAIOSFODNN7EXAMPLE', '--new-key is missing'],
    ['retire --key AKIAIOSFODNN7EXAMPLE --new-key AKIAIOSFODNN7EXAMPL2', 'whose key? --user is missing'],
    ['retire --user alice --key AKIAIOSFODNN7EXAMPLE --new-key AKIAIOSFODNN7EXAMPLE', 'are the same key'],
    ['release', 'whose claim?'],
    ['release rot-1', 'there is no rotation rot-1 here'],
  ])('keyturn %s', async (command, message) => {
    const desk = await openDesk();

    const plain = await desk.run(command);
    const withJson = await desk.run(`${command} --json`);

    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(plain.stderr).toContain(message);
    expect(withJson.code).toBe(2);
    expect(withJson.json()).toEqual(errorShape);
    expect(withJson.json().error.message).toContain(message);
    expect(withJson.stderr).toBe(plain.stderr);
    expect(desk.changes()).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('an unknown option that is nearly a known one is hinted at', async () => {
    const desk = await openDesk();

    const { stderr } = await desk.run('rotate --usr alice');

    expect(stderr).toBe("error: unknown option '--usr'\nhint: Did you mean --user?\n");
  });
});

describe('without a terminal nothing is asked: the flag is named', () => {
  test.each([
    ['rotate --user alice --to credentials-file:default', '--yes'],
    ['retire --user alice --key AKIAIOSFODNN7EXAMPLE --new-key AKIAIOSFODNN7EXAMPL2', '--yes'],
  ])('keyturn %s', async (command, flag) => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run(command);

    expect(code).toBe(2);
    expect(stderr).toContain('there is no terminal to ask on');
    expect(stderr.split('hint: ')[1]).toContain(flag);
    expect(desk.sandbox.requests).toEqual([]);
  });

  test('where the new key goes', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --user alice --yes');

    expect(code).toBe(2);
    expect(stderr).toBe(`error: where does the new key go?\nhint: these hold the old one: --to ${desk.place}\n`);
    expect(desk.changes()).toEqual([]);
  });
});

describe('what is not there yet is refused, and what is there is named', () => {
  test.each([
    ['rotate --yes --engine steam', 'there is no engine steam', '--engine stepfunctions'],
    ['resume --engine steam', 'there is no engine steam', '--engine local'],
    ['status --state-machine arn:aws:states:x', 'is not the ARN of a state machine', 'arn:aws:states:'],
    [
      'rotate --yes --state-machine arn:aws:states:eu-west-1:123456789012:stateMachine:keyturn',
      '--state-machine belongs to --engine stepfunctions',
      'give both',
    ],
    ['rotate --yes --vault floppy', 'there is no vault floppy', '--vault secretsmanager'],
    ['rotate --yes --probe smoke:errors', 'there is no probe of the kind "smoke"', 'http'],
    ['rotate --yes --to floppy:a', 'there is no consumer kind floppy', 'credentials-file:'],
    ['inspect', "unknown command 'inspect'", 'keyturn --help'],
  ])('keyturn %s', async (command, message, there) => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(`${command} --json`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toContain(message);
    expect(json().error.hint).toContain(there);
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(desk.sandbox.requests).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('a keyturn.yaml changes nothing for a rotation whose plan is made', async () => {
    const desk = await openDesk();
    mkdirSync(join(desk.folder, 'elsewhere'));
    writeFileSync(join(desk.folder, 'elsewhere/keyturn.yaml'), 'maxAge: 90d\n');

    const { code, stdout } = await desk.run('status', { cwd: join(desk.folder, 'elsewhere') });

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'no open rotations\n' });
  });
});
