// keyturn audit at the command line: what it prints where, how it ends, and what it never does.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditHead, AuditTail, Finding } from '../../src/audit/contract.ts';
import { allBut, type Desk, openDesk, type Transcript } from '../support/cli.ts';
import { errorShape } from '../support/shape.ts';

type Report = AuditHead & AuditTail & { findings: Finding[] };
const report = ({ json }: Transcript) => json() as unknown as Report;
const of = (user: string, { findings }: Report) =>
  findings.filter((one) => one.user === user).map(({ rule, severity }) => `${rule} ${severity}`);

/** Young, used, owned: nothing is wrong with these, whoever looks. */
function addTidy(desk: Desk, count: number, changes: { age?: string } = {}): void {
  for (let index = 0; index < count; index++) {
    const { keys } = desk.account.createUser({
      name: `tidy-${index}`,
      tags: { owner: 'team@example.com' },
      createdAt: '2020-01-01T00:00:00Z',
      keys: [{ createdAt: changes.age ?? '2026-12-01T00:00:00Z' }],
    });
    desk.canary.guard(...keys);
    desk.account.use(keys[0]?.accessKeyId ?? '', { at: '2026-12-06T08:00:00Z' });
  }
}

describe('keyturn audit', () => {
  test('says what is wrong with whom, and how to mend it, and changes nothing', async () => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run('audit');

    expect(code).toBe(3);
    expect(stdout).toContain('account 123456789012, judged at 2026-12-06T10:00');
    expect(stdout).toContain(`\nalice\n  high  AK-02  (2.12)\n    ${desk.ids[0]} of alice is 188.0 days old`);
    expect(stdout).toContain(`    keyturn rotate --user alice --key ${desk.ids[0]}\n`);
    expect(stderr).toBe('');
    expect([...new Set(desk.sandbox.requests.map(({ operation }) => operation))]).toEqual([
      'GetCallerIdentity',
      'GenerateCredentialReport',
      'GetCredentialReport',
      'ListUsers',
      'GetAccountSummary',
      'GetAccountAuthorizationDetails',
      'LookupEvents',
      'ListRoles',
      'ListAccessKeys',
      'DescribeTrails',
    ]);
    expect(desk.stateFiles()).toBeNull();
  });

  test('--json and --format json are the same document, with the same ids in every run', async () => {
    const desk = await openDesk();

    const [one, two] = [report(await desk.run('audit --json')), report(await desk.run('audit --format json'))];

    expect(one).toMatchObject({ account: '123456789012', rules: 'cis-7.0', complete: true, incomplete: [] });
    expect(of('alice', one)).toContain('AK-02 high');
    expect(one.findings.map(({ id }) => id)).toEqual(two.findings.map(({ id }) => id));
    expect(new Set(one.findings.map(({ id }) => id)).size).toBe(one.findings.length);
    expect(one.summary.ages.reduce((sum, { keys }) => sum + keys, 0)).toBe(one.summary.activeKeys);
  });

  test.each([
    ['audit --format xml', '--format: there is no xml'],
    ['audit --profile-rules cis-9', '--profile-rules: there is no cis-9'],
    ['audit --fail-on bad', '--fail-on: there is no bad'],
    ['audit --ids some', '--ids: there is no some'],
    ['audit --ids never --fresh', '--ids never looks at the report alone'],
    ['audit --json --format csv', '--json and --format csv do not go together'],
    ['audit --output /nowhere/at/all.json', '--output: there is no folder /nowhere/at'],
    ['audit --explain AK-99 --user alice', '--explain: there is no AK-99'],
    ['audit --explain AK-02', '--explain needs --user'],
    ['audit --explain AK-02 --user alice --format csv', '--explain writes no report'],
    ['audit --key AKIAIOSFODNN7EXAMPLE', '--key belongs to --explain'],
  ])('%s is wrong before AWS is asked anything', async (command, message) => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run(command);

    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
    expect(desk.sandbox.requests).toEqual([]);
  });

  test('a user who is not there is no clean account', async () => {
    const desk = await openDesk();

    const { code, json } = await desk.run('audit --user nobody --json');

    expect(code).toBe(3);
    expect(json()).toEqual(errorShape);
    expect(json().error.message).toBe('there is no user nobody in account 123456789012');
  });

  test('--output writes the report whole, for its owner alone, and says so', async () => {
    const desk = await openDesk();
    const file = join(desk.cwd, 'report.json');
    writeFileSync(file, 'what was there before');

    const { code, stdout, stderr } = await desk.run('audit --json --output report.json');

    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^wrote .*report\.json: \d+ findings\n$/);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ account: '123456789012', complete: true });
  });

  test('--output of a new file is readable by its owner alone; where nothing could be asked there is none', async () => {
    const desk = await openDesk();

    await desk.run('audit --format csv --output report.csv');
    desk.sandbox.fault({ operation: 'GetCallerIdentity', call: 'every', kind: 'accessDenied' });
    const { code } = await desk.run('audit --format csv --output another.csv');

    expect(statSync(join(desk.cwd, 'report.csv')).mode & 0o777).toBe(0o600);
    expect(code).not.toBe(0);
    expect(existsSync(join(desk.cwd, 'another.csv'))).toBe(false);
  });

  test('colours are for a standard output that is a terminal', async () => {
    const desk = await openDesk();

    const [piped, seen] = [await desk.run('audit'), await desk.run('audit', { answers: [] })];

    expect(piped.stdout).not.toContain('\u001b[');
    expect(seen.stdout).toContain('\u001b[');
    expect((await desk.run('audit --no-color', { answers: [] })).stdout).not.toContain('\u001b[');
  });
});

describe('the exit code', () => {
  test('is 3 from the severity on that --fail-on names, and 0 below it', async () => {
    const desk = await openDesk();

    expect((await desk.run('audit --fail-on high')).code).toBe(3);
    expect((await desk.run('audit --fail-on critical')).code).toBe(0);
    expect((await desk.run('audit --fail-on none')).code).toBe(0);
  });

  test('is 4 where something could not be asked, and 3 where something is wrong besides', async () => {
    const desk = await openDesk({ policies: allBut('iam:GetAccountAuthorizationDetails') });

    const lenient = await desk.run('audit --fail-on none --json');
    const strict = await desk.run('audit');

    expect(lenient.code).toBe(4);
    expect(report(lenient)).toMatchObject({
      complete: false,
      incomplete: [{ what: 'policies and tags', permission: 'iam:GetAccountAuthorizationDetails' }],
    });
    expect(strict.code).toBe(3);
    expect(strict.stdout).toContain('INCOMPLETE: this is no pass');
  });
});

describe('Ctrl-C', () => {
  test.each(['json', 'csv', 'table'])('leaves a %s with what was known, marked incomplete', async (format) => {
    const desk = await openDesk();
    addTidy(desk, 60, { age: '2025-01-01T00:00:00Z' });
    const interrupt = new AbortController();
    const running = desk.run(`audit --format ${format}`, { interrupt });
    while (!desk.sandbox.requests.some(({ operation }) => operation === 'ListAccessKeys')) {
      await new Promise(setImmediate);
    }

    interrupt.abort(Object.assign(new Error('interrupted'), { name: 'AbortError' }));
    const ended = await running;

    expect(ended.code).toBe(130);
    expect(ended.stdout).toContain('INCOMPLETE');
    expect(ended.stdout).toContain('the rest of the users');
    if (format === 'json')
      expect(report(ended).incomplete).toMatchObject([{ why: expect.stringMatching(/^interrupted/) }]);
  });

  test('before anything is known leaves one document that says so', async () => {
    const desk = await openDesk();
    const interrupt = new AbortController();
    interrupt.abort(Object.assign(new Error('interrupted'), { name: 'AbortError' }));

    const ended = await desk.run('audit --json', { interrupt });

    expect(ended.code).toBe(130);
    expect(report(ended)).toMatchObject({ complete: false, findings: [] });
  });
});

describe('--explain', () => {
  test('of a finding: the raw values, where they come from and when, and the arithmetic', async () => {
    const desk = await openDesk();

    const { code, stdout } = await desk.run('audit --explain ak-02 --user alice');

    expect(code).toBe(3);
    expect(stdout).toMatch(/^AK-02: /);
    expect(stdout).toContain('188.0 days since 2026-06-01T08:00:00Z are more than 90');
    expect(stdout).toContain('createdAt: 2026-06-01T08:00:00Z');
    expect(stdout).toContain('"from":"iam:ListAccessKeys","at":"2026-12-06T10:00');
    expect(stdout).toContain('"access_key_1_last_rotated":"2026-06-01T08:00:00Z"');
  });

  test('of a pass: what was compared with what', async () => {
    const desk = await openDesk();

    const { code, stdout } = await desk.run('audit --explain AK-10 --user alice');

    expect(code).toBe(0);
    expect(stdout).toContain('  alice: passes\n');
    expect(stdout).toContain('unusedFor: 0.0 days: judgedAt less lastUsedAt');
    expect(stdout).toContain('unusedDays: 45');
  });

  test('of one key, as one document', async () => {
    const desk = await openDesk({
      keys: [{ createdAt: '2026-06-01T08:00:00Z' }, { createdAt: '2026-12-01T08:00:00Z' }],
    });

    const { code, json } = await desk.run(`audit --explain AK-02 --user alice --key ${desk.ids[1]} --json`);

    expect(code).toBe(0);
    expect(json()).toMatchObject({ rule: 'AK-02', verdict: 'PASS', findings: [], keys: [{ keyId: desk.ids[1] }] });
  });
});

test('--explain of a key that the user does not have is refused', async () => {
  const desk = await openDesk();

  const { code, stderr } = await desk.run('audit --explain AK-02 --user alice --key AKIAIOSFODNN7EXAMPLE');

  expect(code).toBe(3);
  expect(stderr).toContain('error: alice has no key AKIAIOSFODNN7EXAMPLE');
});

describe('on the way', () => {
  test('a terminal sees how far it is, how fast, and how long the rest takes; nobody else does', async () => {
    const desk = await openDesk();
    addTidy(desk, 60, { age: '2025-01-01T00:00:00Z' });

    const seen = await desk.run('audit --json', { answers: [] });

    expect(seen.stderr).toContain('… the credential report');
    expect(seen.stderr).toMatch(/… 25 of 6\d users with findings, \d+ a second/);
    expect(seen.stderr.endsWith('\r\u001b[2K')).toBe(true);
    expect((await desk.run('audit --json')).stderr).toBe('');
  });

  test('says that nothing keeps a record of who changes keys, and no more once something does', async () => {
    const desk = await openDesk();
    const what = 'who made and changed keys more than 90 days ago';
    const gaps = (ended: Transcript) => report(ended).notLookedAt.filter((gap) => gap.what === what);

    expect(gaps(await desk.run('audit --json'))).toEqual([
      { what, why: 'no trail records IAM calls in us-east-1: make one, or nobody will know', permission: null },
    ]);
    desk.sandbox.trails.push({ name: 'everything', isLogging: true });
    expect(gaps(await desk.run('audit --json'))).toEqual([]);
  });
});
