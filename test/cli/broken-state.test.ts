// A state folder that cannot be used, and records that cannot be understood.
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

test.each(['rotate --user alice --to credentials-file:default --yes', 'status', 'resume', 'resume --all', 'rollback'])(
  'a file where the state folder should be: keyturn %s ends with exit 2, and nothing is changed',
  async (command) => {
    const desk = await openDesk();
    writeFileSync(desk.stateDir, '');

    const { code, json, stderr } = await desk.run(`${command} --json`);
    rmSync(desk.stateDir);

    expect(code).toBe(2);
    expect(json()).toEqual(errorShape);
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toContain(desk.stateDir);
    expect(desk.changes()).toEqual([]);
  },
);

test('a state folder that others can write to is refused: exit 2', async () => {
  const desk = await openDesk();
  mkdirSync(desk.stateDir);
  chmodSync(desk.stateDir, 0o777);

  const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

  expect(code).toBe(2);
  expect(json().error).toMatchObject({
    message: `others can write to the folder ${desk.stateDir}`,
    hint: `nothing was changed in AWS; close it: chmod 700 '${desk.stateDir}'`,
  });
  expect(desk.changes()).toEqual([]);
});

test('a damaged record is named, and what can be read is shown all the same', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  const path = join(desk.stateDir, 'rotations/rot-broken.json');
  writeFileSync(path, '{"secret": "must not be quoted"');

  const all = await desk.run('status --json');
  const one = await desk.run('status rot-broken --json');
  const due = await desk.run('resume --all --json');
  const plain = await desk.run('status --user nobody');

  expect(all.code).toBe(2);
  expect(all.json()).toEqual({ rotations: [{ ...rotationShape, rotation: id }] });
  expect(all.stderr).toMatch(/^error: the record of rotation rot-broken is damaged\nhint: [^\n]+\n$/);
  expect([plain.code, plain.stdout]).toEqual([2, 'no open rotations that can be read\n']);
  expect(one.code).toBe(2);
  expect(one.json().error.name).toBe('RecordError');
  expect(due.code).toBe(2);
  expect(due.json()).toEqual({ rotations: [] });
  expect(due.stderr).toContain('error: not every rotation went on: rot-broken (unreadable)\nhint: ');
  for (const { stdout, stderr } of [all, one, due]) expect(stdout + stderr).not.toContain('must not be quoted');
  expect(readFileSync(path, 'utf8')).toBe('{"secret": "must not be quoted"');
});

test.each(['resume', 'proceed --yes', 'rollback'])(
  'the only record is damaged: keyturn %s ends with exit 2',
  async (command) => {
    const desk = await openDesk();
    const id = await desk.waiting();
    writeFileSync(join(desk.stateDir, `rotations/${id}.json`), '');
    const from = desk.sandbox.requests.length;

    const { code, json } = await desk.run(`${command} --json`);

    expect(code).toBe(2);
    expect(json().error.message).toBe(`the record of rotation ${id} is damaged`);
    expect(desk.changes(from)).toEqual([]);
  },
);

test('while the record of a rotation is damaged its claim keeps another one from beginning', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  writeFileSync(join(desk.stateDir, `rotations/${id}.json`), '');

  const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

  expect(code).toBe(3);
  expect(json().error.message).toContain(id);
});

test('S35 a record of a newer keyturn is left as it is: exit 2, and update is the hint', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  const path = join(desk.stateDir, `rotations/${id}.json`);
  const newer = JSON.stringify({ ...desk.record(id), schema: 99 });
  writeFileSync(path, newer);

  const { code, json } = await desk.run(`resume ${id} --json`);

  expect(code).toBe(2);
  expect(json().error).toMatchObject({
    message: `the record of rotation ${id} was written by a newer keyturn`,
    hint: expect.stringContaining('update keyturn'),
  });
  expect(readFileSync(path, 'utf8')).toBe(newer);
});

test('S10 a record that is behind its claim may only report: exit 5, and nothing is changed', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  const path = join(desk.stateDir, `rotations/${id}.json`);
  const earlier = readFileSync(path, 'utf8');
  await desk.run('proceed --yes');
  writeFileSync(path, earlier);
  const [from, before] = [desk.sandbox.requests.length, desk.left()];

  const { code, json } = await desk.run('resume --json');

  expect(code).toBe(5);
  expect(json()).toMatchObject({
    outcome: 'stuck',
    reason: expect.stringContaining('is behind its claim in AWS'),
    hint: expect.stringContaining(`keyturn rollback --only-reactivate --user alice --key ${desk.ids[0]}`),
  });
  expect(desk.changes(from)).toEqual([]);
  expect(desk.left()).toEqual(before);
});
