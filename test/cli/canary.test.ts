// The search for secrets that every transcript ends with finds them, and finds them where they should be alone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCanary, leakIn } from '../support/canary.ts';
import { openDesk } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

describe('a secret is recognised', () => {
  test.each([
    ['as it is', `secret=${secret};`],
    ['in base64', Buffer.from(`{"secret":"${secret}"}`).toString('base64')],
    ['in base64, a byte further on', Buffer.from(`x{"secret":"${secret}"}`).toString('base64')],
    ['in base64, two bytes further on', Buffer.from(`xy{"secret":"${secret}"}`).toString('base64')],
    ['in base64 for URLs', Buffer.from(`{"secret":"${secret}"}`).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in a URL', `https://example.com/?secret=${encodeURIComponent(secret)}`],
  ])('%s', (_, text) => {
    expect(leakIn(text, [secret])).toBe(true);
  });

  test('and nothing else is', () => {
    expect(leakIn(`secret=${secret.toLowerCase()}`, [secret])).toBe(false);
  });
});

test('a secret in what was printed, or in any file but the vault and the place, fails the test', () => {
  const folder = temporaryFolder();
  for (const name of ['vault', '.aws', 'rotations']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'vault/rot-1-new.json'), secret);
  writeFileSync(join(folder, '.aws/credentials'), secret);
  const canary = createCanary();
  canary.guard({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret });

  expect(() => canary.look(folder)).not.toThrow();
  writeFileSync(join(folder, 'rotations/rot-1.json'), secret);
  expect(() => canary.look(folder)).toThrow('left in');
  writeFileSync(join(folder, 'rotations/rot-1.json'), '');
  canary.heard('fine', `secret: ${secret}`);
  expect(() => canary.look(folder)).toThrow('printed: ');
});

test('the new secret is known to the search: it lies in the vault and in the place, and after the end in the place alone', async () => {
  const desk = await openDesk();
  const id = await desk.waiting();
  const [, made] = /aws_secret_access_key = (\S+)/.exec(readFileSync(desk.credentialsFile, 'utf8')) ?? [];

  expect(desk.canary.secrets()).toContain(made);
  expect(readFileSync(join(desk.stateDir, `vault/${id}-new.json`), 'utf8')).toContain(made);
  await desk.run('resume --wait --verbose');
  expect(desk.left()).toMatchObject({ vault: [], holds: 'new' });
});
