// keyturn evidence: what an auditor is handed, and that it says no more than is true.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Proof } from '../../src/audit/evidence.ts';
import type { RotationDocument } from '../../src/cli/rotation-document.ts';
import { type Desk, openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

type Evidence = RotationDocument & Proof & { generatedAt: string; notes: string[]; sha256: string };
type Several = { since: string; rotations: Evidence[]; sha256: string };

/** The hash anew, by another way of making JSON canonical: members in order, at every depth. */
function hashOf({ sha256: _, ...document }: { sha256: string }): string {
  const text = JSON.stringify(document, (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

async function evidenceOf(desk: Desk, rest: string): Promise<Evidence> {
  const { code, stdout } = await desk.run(`evidence ${rest}`);
  expect(code).toBe(0);
  return JSON.parse(stdout) as Evidence;
}

async function rotatedOn(desk: Desk): Promise<string> {
  const id = await desk.waiting('awaitGrace');
  await desk.pass(170);
  expect((await desk.run(`resume ${id} --json`)).json().outcome).toBe('rotated');
  return id;
}

describe('keyturn evidence', () => {
  test('is the rotation with who, the requests, the decisions, the policy, the controls and a hash', async () => {
    const desk = await openDesk();
    const id = await rotatedOn(desk);

    const found = await evidenceOf(desk, id.slice(0, 8));

    expect(found).toMatchObject({ ...rotationShape, rotation: id, outcome: 'rotated' });
    expect(found.callers).toEqual([
      { since: '2026-12-06T10:00:00Z', arn: 'arn:aws:iam::123456789012:user/administrator' },
    ]);
    const changing = found.requests.filter(({ action }) => /AccessKey$/.test(action) && !/:(Get|List)/.test(action));
    expect(changing.map(({ action, state, status }) => `${state} ${action} ${status}`)).toEqual([
      'createKey iam:CreateAccessKey 200',
      'deactivateKey iam:UpdateAccessKey 200',
      'deleteKey iam:DeleteAccessKey 200',
    ]);
    expect(changing.map(({ requestId }) => requestId)).toEqual([
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
    const deciding = found.decisions.find(({ state }) => state === 'deactivateKey');
    expect(deciding?.lastUse).toEqual({
      key: desk.ids[0],
      lastUsedAt: '2026-12-06T09:00:00Z',
      lastUsedService: 's3',
      lastUsedRegion: expect.any(String),
    });
    expect(found.policy).toMatchObject({ user: 'alice', quietFor: 172800, grace: 604800, consumers: [desk.place] });
    expect(found.controls).toContainEqual({
      rules: 'cis-7.0',
      control: '2.12',
      title: 'access keys are replaced after 90 days at the latest',
      satisfied: true,
      why: 'the old key was deleted, and the new one was not older than 90 days then',
    });
    expect(found.controls.map(({ rules, control }) => `${rules} ${control}`)).toEqual([
      'cis-1.4 1.14',
      'cis-3.0 1.14',
      'cis-5.0 1.13',
      'cis-6.0 2.13',
      'cis-7.0 2.12',
      'fsbp IAM.3',
    ]);
  });

  test('S37 its hash is that of its canonical JSON, and it says that this detects accidents alone', async () => {
    const desk = await openDesk();
    const id = await rotatedOn(desk);

    const found = await evidenceOf(desk, id);

    expect(found.sha256).toBe(hashOf(found));
    expect(hashOf({ ...found, user: 'bob' } as Evidence)).not.toBe(found.sha256);
    expect(found.notes[0]).toContain('it detects accidents such as a cut-off file or an edit, not tampering');
  });

  test('S37 every exception is in it: those of the plan, and those made while it was under way', async () => {
    const desk = await openDesk();
    const short = `rotate --user alice --to ${desk.place} --quiet-for 1h --grace 1h --yes --json`;
    const id = (await desk.run(short)).json().rotation ?? '';
    await desk.run(`proceed ${id} --yes --json`);
    await desk.run(`proceed ${id} --delete-now --yes --json`);

    const found = await evidenceOf(desk, id);

    expect(found.overrides.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['shortQuiet', 'shortGrace', 'blindGrace', 'unproven', 'proceed', 'deleteNow']),
    );
    expect(found.overrides).toEqual(expect.arrayContaining(desk.record(id).context.plan.overrides));
    const { stdout } = await desk.run(`evidence ${id} --format html`);
    for (const { what } of found.overrides) expect(stdout).toContain(`<td>${what}</td>`);
    for (const { requestId } of found.requests) expect(stdout).toContain(`<code>${requestId}</code>`);
  });

  test.each([
    ['rolled back', 'rollback', 'rolledBack'],
    ['still open', 'status', 'waiting'],
  ])('S37 a rotation that is %s satisfies nothing', async (_, command, outcome) => {
    const desk = await openDesk();
    const id = await desk.waiting();
    await desk.run(`${command} ${id} --json`);

    const found = await evidenceOf(desk, id);

    expect(found.outcome).toBe(outcome);
    expect(found.controls).toHaveLength(6);
    expect(found.controls.filter(({ satisfied }) => satisfied)).toEqual([]);
  });

  test('S37 one that is stuck satisfies nothing, though its old key is inactive', async () => {
    const desk = await openDesk();
    const id = await desk.waiting('awaitGrace');
    await desk.pass(170);
    desk.sandbox.fault({ operation: 'DeleteAccessKey', call: 'every', kind: 'accessDenied' });
    await desk.run(`resume ${id} --json`);

    const found = await evidenceOf(desk, id);

    expect(found.outcome).toBe('stuck');
    expect(found.controls.filter(({ satisfied }) => satisfied)).toEqual([]);
  });

  test('with --since all that ended in that time, and no other', async () => {
    const desk = await openDesk();
    const id = await rotatedOn(desk);
    const open = await desk.waiting();

    const several = JSON.parse((await desk.run('evidence --since 30d')).stdout) as Several;
    await desk.pass(24 * 40);
    const late = JSON.parse((await desk.run('evidence --since 30d --json')).stdout) as Several;

    expect(open).not.toBe(id);
    expect(several.rotations.map(({ rotation }) => rotation)).toEqual([id]);
    expect(several.sha256).toBe(hashOf(several));
    expect(late.rotations).toEqual([]);
  });

  test('S35 a record without requests is evidence that says so', async () => {
    const desk = await openDesk();
    const id = await rotatedOn(desk);
    const { requests: _, callers: __, ...old } = desk.record(id);
    writeFileSync(join(desk.stateDir, 'rotations', `${id}.json`), JSON.stringify(old));

    const found = await evidenceOf(desk, id);

    expect(found).toMatchObject({ requests: [], callers: [], outcome: 'rotated' });
    expect(found.notes.join('\n')).toContain('run by a release that did not record them');
  });

  test('goes to a file that only its owner reads', async () => {
    const desk = await openDesk();
    const id = await rotatedOn(desk);

    const { code, stdout } = await desk.run(`evidence ${id} --format html --output report.html`);

    const file = join(desk.cwd, 'report.html');
    expect({ code, stdout, mode: statSync(file).mode & 0o777 }).toEqual({ code: 0, stdout: '', mode: 0o600 });
    expect(readFileSync(file, 'utf8')).toMatch(/^<!doctype html>/);
  });

  test('changes nothing in AWS nor on disk', async () => {
    const desk = await openDesk();
    const id = await desk.waiting();
    const [before, from] = [desk.record(id), desk.sandbox.requests.length];

    await desk.run(`evidence ${id}`);

    expect(desk.record(id)).toEqual(before);
    expect(desk.changes(from)).toEqual([]);
  });

  test.each([
    ['evidence', /which rotation is not said/],
    ['evidence rot-aaaaaaaaaa --since 3d', /do not go together/],
    ['evidence rot-aaaaaaaaaa', /no rotation has the id/],
    ['evidence --since 3x', /--since/],
    ['evidence rot-aaaaaaaaaa --format csv', /there is no csv/],
    ['evidence rot-aaaaaaaaaa --format html', /--json and --format html do not go together/],
  ])('keyturn %s is refused', async (command, message) => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(`${command} --json --output none`);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(stderr).toMatch(message);
    expect(existsSync(join(desk.cwd, 'none'))).toBe(false);
  });
});
