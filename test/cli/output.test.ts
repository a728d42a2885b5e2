// Colours, --quiet and --verbose: what is on stderr beside the result.
import { describe, expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a colour begins
const colour = /\u001b\[\d+m/;

describe('colours', () => {
  test.each([
    ['not on a terminal', {}, '', undefined, false],
    ['on a terminal', {}, '', [], true],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, '', undefined, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, '', undefined, false],
    ['NO_COLOR on a terminal', { NO_COLOR: '1' }, '', [], false],
    ['NO_COLOR against FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, '', undefined, false],
    ['--no-color on a terminal', {}, '--no-color', [], false],
    ['--no-color against FORCE_COLOR', { FORCE_COLOR: '1' }, '--no-color', undefined, false],
  ])('%s', async (_, env, flag, answers, coloured) => {
    const desk = await openDesk();
    Object.assign(desk.env, env);

    const { code, stdout, stderr } = await desk.run(
      `${flag} rotate --user alice --to ${desk.place} --yes`,
      answers ? { answers } : {},
    );

    expect(code).toBe(0);
    expect(colour.test(stderr)).toBe(coloured);
    expect(stdout).not.toMatch(colour);
  });
});

describe('--quiet', () => {
  test('only warnings and errors, and the line that undoes the deactivation', async () => {
    const desk = await openDesk();

    const begun = await desk.run(`rotate --user alice --to ${desk.place} --quiet-for 1s --yes --quiet`);
    const proceeded = await desk.run('proceed --yes --quiet');

    expect(begun.code).toBe(0);
    expect(begun.stdout).toContain('waiting');
    expect(begun.stderr).toBe(
      'warning: a wait under an hour proves little: AWS publishes last use late, in steps of 15 minutes\n',
    );
    expect(proceeded.stderr).toMatch(
      /^ {2}! deactivating AKIA…\w{4}; this brings it back at any time: aws iam [^\n]+\n$/,
    );
  });

  test('errors are there as ever', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --user nobody --to credentials-file:default --yes --quiet');

    expect(code).toBe(3);
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
  });
});

describe('--verbose', () => {
  test('every call to AWS by its action with the status, and every entry of the history', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --verbose`);

    expect(code).toBe(0);
    for (const action of ['sts:GetCallerIdentity', 'iam:GetUser', 'iam:TagUser', 'iam:CreateAccessKey']) {
      expect(stderr).toContain(`    ${action} 200\n`);
    }
    expect(stderr).toContain('    2026-12-06T10:00:00Z claimUser started\n');
    expect(stderr).toContain(' verifyNewKey done: accepted: AWS accepts AKIA…');
    expect(stderr.match(/iam:CreateAccessKey/g)).toHaveLength(1);
  });

  test('each attempt for itself, refusals and silence too', async () => {
    const desk = await openDesk();
    desk.sandbox.fault({ operation: 'ListAccessKeys', call: 1, kind: 'error500' });
    desk.sandbox.fault({ operation: 'GetAccessKeyLastUsed', call: 1, kind: 'reset' });

    const { stderr } = await desk.run(`rotate --user alice --to ${desk.place} --dry-run --verbose`);

    expect(stderr).toContain('    iam:ListAccessKeys 500\n    iam:ListAccessKeys 200\n');
    expect(stderr).toContain('    iam:GetAccessKeyLastUsed no answer\n    iam:GetAccessKeyLastUsed 200\n');
  });

  test('global flags are taken before and after the command', async () => {
    const desk = await openDesk();

    const before = await desk.run('--json --verbose status');
    const after = await desk.run('status --json --verbose');

    expect(before.json()).toEqual({ rotations: [] });
    expect(after.json()).toEqual({ rotations: [] });
  });
});

test('--state-dir wins over KEYTURN_STATE_DIR, and is relative to the current folder', async () => {
  const desk = await openDesk();

  const { json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json --state-dir ../elsewhere`);
  const here = await desk.run('status --json');
  const there = await desk.run('--state-dir ../elsewhere rollback --json');

  expect(here.json()).toEqual({ rotations: [] });
  expect(there.json()).toMatchObject({ rotation: json().rotation, outcome: 'rolledBack' });
  expect(desk.stateFiles()).toBeNull();
});
