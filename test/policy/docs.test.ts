// What the documents show is what keyturn takes and prints.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../src/policy/parse.ts';
import { settingsOf } from '../../src/policy/settings.ts';
import { openDesk } from '../support/cli.ts';

const documents = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const blocks = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, block = '']) => block);

test('every policy file in the documents is a good one', () => {
  const [example = '', ...others] = blocks(documents('policy-file.md'), 'yaml');

  const { content } = parsePolicy(example, 'example');

  expect(settingsOf(content.defaults ?? {})).toMatchObject({ maxAge: 7_776_000, watchLimit: 1_814_400 });
  expect(content.rules).toHaveLength(3);
  expect(content.exemptions).toHaveLength(1);
  expect(others).toHaveLength(2);
  for (const other of others) expect(() => parsePolicy(other, 'another')).not.toThrow();
});

test('the documents tell every key', () => {
  const text = documents('policy-file.md');
  const schema = JSON.parse(readFileSync(new URL('../../src/policy/keyturn.schema.json', import.meta.url), 'utf8'));

  const keys: string[] = ['defaults', 'rules', 'exemptions'].flatMap((part) =>
    Object.keys((schema.properties[part].items ?? schema.properties[part]).properties),
  );

  expect(keys.length).toBeGreaterThan(30);
  expect([...new Set(keys)].filter((key) => !text.includes(`\`${key}\``))).toEqual([]);
});

test('the policy in the documents is the one that is printed', async () => {
  const desk = await openDesk();
  const [shown] = blocks(documents('least-privilege.md'), 'json');

  const { stdout } = await desk.run('policy rotate --user arn:aws:iam::123456789012:user/alice');

  expect(stdout).toBe(shown);
});
