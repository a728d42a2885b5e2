// The search for secrets that every transcript ends with finds them, and finds them where they should be alone.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCanary } from '../support/canary.ts';
import { openDesk } from '../support/cli.ts';
import { leaksIn, withoutLeaks } from '../support/leaks.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const hex = Buffer.from(secret).toString('hex');

describe('a secret is recognised', () => {
  test.each([
    ['as it is', `secret=${secret};`, 'as it is'],
    ['any twelve characters of it', `secret=${secret.slice(17, 29)}…`, 'as it is'],
    ['in base64', Buffer.from(`{"secret":"${secret}"}`).toString('base64'), 'in base64'],
    ['in base64, a byte further on', Buffer.from(`x{"secret":"${secret}"}`).toString('base64'), 'in base64'],
    ['in base64, two bytes further on', Buffer.from(`xy{"secret":"${secret}"}`).toString('base64'), 'in base64'],
    ['in base64, in part', Buffer.from(`"${secret.slice(5, 25)}"`).toString('base64'), 'in base64'],
    ['in hex', hex, 'in hex'],
    ['in capital hex', `0x${hex.toUpperCase().slice(20, 44)}`, 'in hex'],
    ['in a URL', `https://example.com/?secret=${encodeURIComponent(secret.slice(8, 20))}`, 'as it is'],
    ['in a URL in a URL', encodeURIComponent(encodeURIComponent(secret.slice(8, 20))), 'as it is'],
    ['in JSON that escapes slashes', secret.slice(8, 20).replace('/', '\\/'), 'as it is'],
    ['in JSON that escapes more', secret.slice(8, 20).replace('/', '\\u002f'), 'as it is'],
    ['in HTML', secret.slice(8, 20).replace('/', '&#x2F;'), 'as it is'],
    ['backwards', [...secret].reverse().join(''), 'reversed'],
  ])('%s', (_, text, spelling) => {
    expect(leaksIn(text, [secret])).toContain(spelling);
  });

  test('in base64 for URLs, where that differs', () => {
    const telling = 'a~~~b???c~~~d???e~~~f???g~~~h???i~~~j???';

    expect(leaksIn(Buffer.from(`"${telling}"`).toString('base64url'), [telling])).toContain('in base64 for URLs');
  });

  test.each([
    ['another text', `secret=${secret.toLowerCase()}`],
    ['eleven characters of it', `secret=${secret.slice(17, 28)}`],
    ['pieces of it', secret.match(/.{8}/g)?.join(' ') ?? ''],
  ])('and %s is none', (_, text) => {
    expect(leaksIn(text, [secret])).toEqual([]);
  });

  test('what was arranged all alike is not looked for in parts', () => {
    expect(leaksIn('='.repeat(60), ['='.repeat(40)])).toEqual([]);
  });

  test('and is not in the report of it', () => {
    expect(withoutLeaks(`a ${secret} b`, [secret])).toBe('a <the secret> b');
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
  writeFileSync(join(folder, 'rotations/rot-1.json'), hex);
  expect(() => canary.look(folder)).toThrow('left in hex in');
  writeFileSync(join(folder, 'rotations/rot-1.json'), '');
  canary.heard('fine', `secret: ${secret}`);
  expect(() => canary.look(folder)).toThrow('printed as it is: secret: <the secret>');
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
