// keyturn rotate where it may not begin, has no room, or goes wrong half-way: what is said, and what is left.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { allBut, openDesk } from '../support/cli.ts';
import { errorShape, rotationShape } from '../support/shape.ts';

const asTheyWere = { keys: ['old Active'], claims: 0, vault: [], locks: [], holds: 'old' };
const june = { createdAt: '2026-06-01T08:00:00Z' };

describe('refused after looking: exit 3, and nothing is changed', () => {
  const refused = (command: string, reason: string, hint: string) => ({ command, reason, hint });

  test.each([
    refused('rotate --user nobody', 'there is no user nobody in account 123456789012', 'aws iam list-users'),
    refused('rotate --user alice --key AKIAIOSFODNN7EXAMPLE', 'AKIA…MPLE is not a key of alice', 'list-access-keys'),
  ])('keyturn $command', async ({ command, reason, hint }) => {
    const desk = await openDesk();

    const { code, stdout, stderr } = await desk.run(`${command} --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toBeTruthy();
    expect(stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
    expect(stderr).toContain(`error: ${reason}`);
    expect(stderr).toContain(hint);
    expect(desk.changes()).toEqual([]);
    expect(desk.left()).toEqual(asTheyWere);
    expect(desk.stateFiles()).toBeNull();
  });

  test("someone else's key", async () => {
    const desk = await openDesk();
    const [key] = desk.account.createUser({ name: 'bob', keys: [{}] }).keys;

    const { code, json } = await desk.run(
      `rotate --user alice --key ${key?.accessKeyId} --to ${desk.place} --yes --json`,
    );

    expect(code).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/is not a key of alice$/) });
    expect(desk.changes()).toEqual([]);
  });

  test('the named key is inactive', async () => {
    const desk = await openDesk({ keys: [{ ...june, status: 'Inactive' }] });

    const { code, json } = await desk.run(`rotate --user alice --key ${desk.ids[0]} --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json().reason).toMatch(/is Inactive, so nobody can be using it$/);
  });

  test('the only key is inactive', async () => {
    const desk = await openDesk({ keys: [{ ...june, status: 'Inactive' }] });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json().error.message).toMatch(/^alice has no active key, only AKIA…\w{4} inactive$/);
  });

  test('SMTP: a password is derived from the key, unless it is taken care of', async () => {
    const desk = await openDesk({ service: 'ses' });

    const refusal = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);
    const allowed = await desk.run(`rotate --user alice --to ${desk.place} --yes --json --allow-smtp`);

    expect(refusal.code).toBe(3);
    expect(refusal.json()).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('SES') });
    expect(refusal.json().hint).toContain('--allow-smtp');
    expect(allowed.json().outcome).toBe('waiting');
  });

  test('a place that is not ready: named, and no key is made', async () => {
    const desk = await openDesk();

    const { code, json, stderr } = await desk.run(
      `rotate --user alice --to credentials-file:other@${desk.credentialsFile} --yes --json`,
    );

    expect(code).toBe(3);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ outcome: 'refused', newKey: null });
    expect(stderr).toContain('error: ');
    expect(stderr).toContain('profile other');
    expect(desk.changes()).toEqual(['TagUser', 'UntagUser']);
    expect(desk.left()).toEqual(asTheyWere);
  });

  test('denied: the permission and the user are named', async () => {
    const desk = await openDesk({ policies: allBut('iam:CreateAccessKey') });

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json()).toMatchObject({ outcome: 'refused', newKey: null });
    expect(stderr).toContain('error: iam:CreateAccessKey is denied');
    expect(stderr).toMatch(/ on resource: \S*arn:aws:iam::123456789012:user\/alice /);
    expect(stderr).toContain('hint: allow iam:CreateAccessKey for whoever runs keyturn');
    expect(desk.left()).toEqual(asTheyWere);
  });

  test('denied already at the first look', async () => {
    const desk = await openDesk({ policies: allBut('iam:GetUser') });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json()).toEqual(errorShape);
    expect(json().error).toMatchObject({ name: 'AccessDeniedError', message: expect.stringContaining('iam:GetUser') });
    expect(desk.stateFiles()).toBeNull();
  });

  test('a rotation that is open already: its id is named, before anything is said about two keys', async () => {
    const desk = await openDesk();
    const first = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);
    const { rotation } = first.json();
    const before = desk.sandbox.requests.length;

    const again = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);
    const planned = await desk.run(`rotate --user alice --to ${desk.place} --dry-run`);
    const retired = await desk.run(`retire --user alice --key ${desk.ids[0]} --new-key ${desk.newKey()} --yes --json`);

    expect([again.code, planned.code, retired.code]).toEqual([3, 3, 3]);
    expect(again.json().error.message).toBe(`rotation ${rotation} of alice is open already`);
    expect(again.json().error.hint).toContain(`keyturn resume ${rotation}`);
    expect(retired.json().error.message).toContain(rotation);
    expect(desk.changes(before)).toEqual([]);
  });

  test('a rotation that is open on another machine: the claim names it', async () => {
    const desk = await openDesk();
    const { rotation } = (await desk.run(`rotate --user alice --to ${desk.place} --yes --json`)).json();
    rmSync(desk.stateDir, { recursive: true });
    const before = desk.sandbox.requests.length;

    const again = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(again.code).toBe(3);
    expect(again.json().error.message).toContain(`alice is being rotated already: rotation ${rotation}`);
    expect(again.json().error.hint).toContain(`keyturn release ${rotation} --user alice`);
    expect(desk.changes(before)).toEqual([]);
    expect(desk.stateFiles()).toBeNull();
  });
});

describe('no room for a new key', () => {
  const old = { ...june };
  const spare = { createdAt: '2020-01-01T00:00:00Z', status: 'Inactive' as const };

  test('two active keys: which one is asked for', async () => {
    const desk = await openDesk({ keys: [old, june] });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(2);
    expect(json().error.message).toMatch(/^alice has 2 active keys: AKIA…/);
    expect(json().error.hint).toContain('--key');
    expect(desk.changes()).toEqual([]);
  });

  test('two active keys with --key: refused, with the retire command', async () => {
    const desk = await openDesk({ keys: [old, june] });

    const { code, json } = await desk.run(`rotate --user alice --key ${desk.ids[0]} --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json()).toMatchObject({
      outcome: 'refused',
      rotation: null,
      hint: expect.stringContaining('keyturn retire'),
    });
    expect(desk.changes()).toEqual([]);
  });

  test('an inactive one: by default refused, with the flag named', async () => {
    const desk = await openDesk({ keys: [old, spare] });

    const { code, json } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(3);
    expect(json().hint).toContain('--free-slot inactive');
    expect(desk.changes()).toEqual([]);
    expect(desk.left().keys).toEqual(['other Inactive', 'old Active']);
  });

  test('--free-slot inactive removes one that was not used for 90 days', async () => {
    const desk = await openDesk({ keys: [old, spare] });

    const { code, json } = await desk.run(
      `rotate --user alice --to ${desk.place} --yes --free-slot inactive --wait --json`,
    );

    expect(code).toBe(0);
    expect(json().outcome).toBe('rotated');
    expect(desk.left()).toMatchObject({ keys: ['new Active'], claims: 0, vault: [] });
  });

  test('--free-slot inactive leaves one that was in use lately', async () => {
    const desk = await openDesk({ keys: [old, spare] });
    desk.account.use(desk.ids[1] ?? '', { at: '2026-11-01T00:00:00Z' });

    const { code, json, stderr } = await desk.run(
      `rotate --user alice --to ${desk.place} --yes --free-slot inactive --json`,
    );

    expect(code).toBe(3);
    expect(json().outcome).toBe('refused');
    expect(stderr).toContain('was in use within 90 days');
    expect(desk.left()).toMatchObject({ keys: ['other Inactive', 'old Active'], claims: 0, vault: [], holds: 'old' });
  });

  test('--free-slot with its id removes it: a person has decided', async () => {
    const desk = await openDesk({ keys: [old, spare] });
    desk.account.use(desk.ids[1] ?? '', { at: '2026-11-01T00:00:00Z' });

    const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes --free-slot ${desk.ids[1]} --json`);

    expect(code).toBe(0);
    expect(desk.left().keys).toEqual(['old Active', 'new Active']);
  });

  test.each(['inactive', 'its id'])('--free-slot %s never removes an active key', async (which) => {
    const desk = await openDesk({ keys: [old, june] });
    const flag = which === 'inactive' ? which : desk.ids[1];

    const { code, json, stderr } = await desk.run(
      `rotate --user alice --key ${desk.ids[0]} --to ${desk.place} --yes --free-slot ${flag} --json`,
    );

    expect(code).toBe(3);
    expect(json().outcome).toBe('refused');
    expect(stderr).toContain('keyturn retire');
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'other Active'], claims: 0, vault: [], holds: 'old' });
  });
});

describe('it goes wrong after the new key was made', () => {
  test('AWS never accepts the new key: rolled back, exit 4, the key removed', async () => {
    const desk = await openDesk({ settings: { newKeyDelay: 600_000 } });

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(4);
    expect(json()).toEqual(rotationShape);
    expect(json()).toMatchObject({ outcome: 'rolledBack', state: 'rolledBack' });
    expect(stderr).toMatch(/error: AWS did not accept AKIA…\w{4} within a minute[^\n]*\nhint: [^\n]+\n$/);
    expect(desk.left()).toEqual(asTheyWere);
  });

  test('a place got another key meanwhile: rolled back, exit 4, the new key left with the command that removes it', async () => {
    const desk = await openDesk();
    const theirs = '[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = theirs\n';
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase === 'after' && operation === 'CreateAccessKey') writeFileSync(desk.credentialsFile, theirs);
    });

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);

    expect(code).toBe(4);
    expect(json()).toMatchObject({ outcome: 'rolledBack', consumers: [{ spec: desk.place, state: 'left' }] });
    expect(json().hint).toContain(`keyturn retire --user alice --key ${desk.newKey()} --new-key ${desk.ids[0]}`);
    expect(stderr).toMatch(/\nerror: [^\n]+\nhint: [^\n]+\n$/);
    expect(readFileSync(desk.credentialsFile, 'utf8')).toBe(theirs);
    expect(desk.left()).toMatchObject({ keys: ['old Active', 'new Active'], claims: 0, vault: [] });
  });

  test('a place can neither take nor give back a key: stuck, exit 5, both keys active, everything kept', async () => {
    const desk = await openDesk();
    desk.sandbox.onRequest(({ phase, operation }) => {
      if (phase !== 'after' || operation !== 'CreateAccessKey') return;
      rmSync(desk.credentialsFile);
      mkdirSync(desk.credentialsFile);
    });

    const { code, json, stderr } = await desk.run(`rotate --user alice --to ${desk.place} --yes --json`);
    rmSync(desk.credentialsFile, { recursive: true });
    writeFileSync(desk.credentialsFile, '');

    expect(code).toBe(5);
    expect(json()).toMatchObject({ outcome: 'stuck', consumers: [{ spec: desk.place, state: 'failed' }] });
    expect(stderr).toMatch(/\nerror: [^\n]+\nhint: [^\n]+\n$/);
    expect(desk.left()).toMatchObject({
      keys: ['old Active', 'new Active'],
      claims: 1,
      vault: ['new.json', 'old.json'],
    });
  });

  test('the deactivation is denied: stuck, exit 5; resume goes on once it is allowed', async () => {
    const desk = await openDesk({ policies: allBut('iam:UpdateAccessKey') });

    const stuck = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`);
    const status = await desk.run('status --json');
    desk.account.setPolicies('operator', allBut('iam:Nothing'));
    const { code } = await desk.run('resume --wait --json');

    expect(stuck.code).toBe(5);
    expect(stuck.json()).toEqual(rotationShape);
    expect(stuck.json()).toMatchObject({ outcome: 'stuck', reason: expect.stringContaining('iam:UpdateAccessKey') });
    expect(stuck.json().keys.map((key) => key.status)).toEqual(['Active', 'Active']);
    expect(stuck.stderr).toMatch(/error: iam:UpdateAccessKey is denied[^\n]*\nhint: [^\n]+\n$/);
    expect(status.json().rotations).toMatchObject([{ outcome: 'stuck', reason: stuck.json().reason }]);
    expect(code).toBe(0);
    expect(desk.left()).toEqual({ keys: ['new Active'], claims: 0, vault: [], locks: [], holds: 'new' });
  });
});
