// keyturn rotate --from-audit: what an audit calls too old is planned, and rotated where that is agreed to.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Desk, openDesk } from '../support/cli.ts';
import { finding } from '../support/findings.ts';

/** A report with alice's key and whatever else; the policy file says where her keys go. */
function arrange(desk: Desk, ...more: unknown[]): void {
  const due = finding({ keyId: desk.ids[0] ?? null });
  writeFileSync(join(desk.cwd, 'report.json'), JSON.stringify({ findings: [due, ...more] }));
  writeFileSync(join(desk.cwd, 'keyturn.yaml'), `defaults:\n  consumers: ["${desk.place}"]\n`);
}

describe('keyturn rotate --from-audit', () => {
  test('plans each key once, and changes nothing', async () => {
    const desk = await openDesk();
    arrange(
      desk,
      finding({ keyId: desk.ids[0] ?? null, rule: 'AK-03' }),
      finding({ rule: 'AK-10', user: 'bob' }),
      finding({ status: 'MUTED', user: 'carol' }),
      finding({ user: '<root_account>', keyId: null }),
    );

    const { code, stdout, stderr } = await desk.run('rotate --from-audit report.json');

    expect(code).toBe(0);
    expect(stdout).toMatch(/^alice {2}AKIA….{4} {2}planned: a dry run: nothing was changed\n$/);
    expect(stderr).toContain('the same with --yes rotates them one after another');
    expect(desk.left()).toMatchObject({ keys: ['old Active'], claims: 0, holds: 'old' });
  });

  test('with --yes rotates, and goes on after one that cannot be; the exit code is the worst', async () => {
    const desk = await openDesk();
    arrange(desk, finding({ user: 'nobody' }));

    const { code, json } = await desk.run('rotate --from-audit report.json --yes --json');

    expect(code).toBe(3);
    expect(json().rotations).toMatchObject([
      { user: 'alice', outcome: 'waiting' },
      { error: { name: 'RefusedError', message: expect.stringContaining('there is no user nobody') } },
    ]);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'new' });
  });

  test('reads what keyturn audit wrote', async () => {
    const desk = await openDesk();
    arrange(desk);
    await desk.run('audit --json --user alice --output report.json');

    const { code, json } = await desk.run('rotate --from-audit report.json --json');

    expect(code).toBe(0);
    expect(json().rotations).toMatchObject([{ user: 'alice', outcome: 'planned', oldKey: desk.ids[0] }]);
  });

  test('reads what keyturn audit pipes into it', async () => {
    const desk = await openDesk();
    arrange(desk);
    const { stdout: input } = await desk.run('audit --format json --user alice');

    const planned = await desk.run('rotate --from-audit - --json', { input });
    const rotated = await desk.run('rotate --from-audit - --yes --json', { input });

    expect(planned.json().rotations).toMatchObject([{ user: 'alice', outcome: 'planned', oldKey: desk.ids[0] }]);
    expect(rotated.json().rotations).toMatchObject([{ user: 'alice', outcome: 'waiting', oldKey: desk.ids[0] }]);
    expect([planned.code, rotated.code]).toEqual([0, 0]);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], holds: 'new' });
  });

  test('of a pipe that brings nothing it says so', async () => {
    const desk = await openDesk();

    const { code, stderr } = await desk.run('rotate --from-audit -', { input: '' });

    expect(code).toBe(2);
    expect(stderr).toContain('error: --from-audit: standard input is not JSON');
  });

  test('a report without anything that is too old is nothing to do', async () => {
    const desk = await openDesk();
    writeFileSync(join(desk.cwd, 'report.json'), JSON.stringify({ findings: [] }));

    expect(await desk.run('rotate --from-audit report.json')).toMatchObject({
      code: 0,
      stdout: 'the report calls no key too old\n',
    });
  });

  test.each([
    ['rotate --from-audit none.json', '{}', '--from-audit: none.json cannot be read'],
    ['rotate --from-audit report.json', 'rows', '--from-audit: report.json is not JSON'],
    ['rotate --from-audit report.json', '{}', '--from-audit: that is no report of keyturn audit'],
    ['rotate --from-audit report.json', 'null', '--from-audit: that is no report of keyturn audit'],
    ['rotate --from-audit report.json --user alice', '{"findings":[]}', '--from-audit says whose keys'],
    [
      'rotate --from-audit report.json',
      JSON.stringify({ findings: [finding({ keyId: null })] }),
      '--from-audit: the report does not say which keys it means',
    ],
    [
      'rotate --from-audit report.json --to stdout:',
      JSON.stringify({ findings: [finding(), finding({ user: 'bob', keyId: 'AKIAI44QH8DHBEXAMPLE' })] }),
      '--to is one place, and the report has 2 keys',
    ],
  ])('%s of %j is refused before AWS is asked anything', async (command, text, message) => {
    const desk = await openDesk();
    writeFileSync(join(desk.cwd, 'report.json'), text);

    const { code, stderr } = await desk.run(command);

    expect(code).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
    expect(desk.sandbox.requests).toEqual([]);
  });
});
