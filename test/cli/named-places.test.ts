// Places that a person types into the wizard, or that it finds.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';

test('the wizard takes several places, also with blanks in their names', async () => {
  const desk = await openDesk({ keys: [] });

  const { code, stderr } = await desk.run('', {
    answers: [
      ['Whose access key?', 'alice\r'],
      ['Make a first one?', '\r'],
      ['Where shall the new key go?', 'credentials-file:my app  credentials-file:other\r'],
      ['Go on?', '\r'],
    ],
  });

  const text = readFileSync(desk.credentialsFile, 'utf8');
  expect(code).toBe(0);
  expect(stderr).toContain('env-file:FILE[#id=NAME,secret=NAME], exec:COMMAND, stdout:');
  expect(text).toMatch(new RegExp(`^\\[my app\\]\naws_access_key_id = ${desk.newKey()}$`, 'm'));
  expect(text).toMatch(new RegExp(`^\\[other\\]\naws_access_key_id = ${desk.newKey()}$`, 'm'));
});

test('without a place the env file that holds the old key is named, and nothing is begun', async () => {
  const desk = await openDesk();
  const [old] = desk.keys;
  const file = join(desk.cwd, '.env');
  writeFileSync(file, `AWS_ACCESS_KEY_ID=${old?.accessKeyId}\nAWS_SECRET_ACCESS_KEY=x\n`);

  const { code, stderr } = await desk.run('rotate --user alice --yes');

  expect(code).toBe(2);
  expect(stderr).toContain(`hint: these hold the old one: --to ${desk.place} --to env-file:${file}\n`);
  expect(desk.left().keys).toEqual(['old Active']);
});
