// What the documents show is true: links lead somewhere, commands and flags exist, and the policy that they ask for is
// enough, and no more than what the steps ask for.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodes } from '../src/cli/exit-codes.ts';
import type { PolicyDocument } from '../src/sandbox/index.ts';
import { openDesk } from './support/cli.ts';

const root = dirname(import.meta.dirname);
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).sort();
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

/** The lines of fenced blocks, and what stands between single backticks. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```.*\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block?.split('\n') ?? []);
  const prose = text.replace(/^```[\s\S]*?^```/gm, '').replace(/\s*\n\s*/g, ' ');
  return [...blocks, ...[...prose.matchAll(/`([^`]+)`/g)].map(([, span]) => span ?? '')];
}

/** Every `keyturn …`, as its words; what only looks like one (`keyturn's`, `keyturn:claim:…`) left out. */
function commandsIn(text: string): string[][] {
  return codeIn(text).flatMap((line) =>
    line
      .split(/(?<=^|[\s/"])keyturn(?=\s|$)/)
      .slice(1)
      .map((rest) => (rest.split(/[;>"|]/)[0] ?? '').split(/\s+/).filter(Boolean)),
  );
}

/** Headings as GitHub makes anchors of them. */
function anchorsIn(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function linksIn(path: string): { link: string; leads: boolean }[] {
  return [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : relative(root, join(root, dirname(path), file));
      const leads = existsSync(join(root, target)) && (!anchor || anchorsIn(textOf(target)).includes(anchor));
      return { link: `${path}: ${link}`, leads };
    });
}

/** The names of the commands, and each one's flags, from the help; the empty name is keyturn's own. */
async function knownFlags(): Promise<Map<string, string[]>> {
  const desk = await openDesk();
  const helpOf = async (name: string) => (await desk.run(`${name} --help`)).stdout;
  const flagsIn = (help: string) => [...help.matchAll(/(?<=^ +|, )--?[a-z-]+/gm)].map(([flag]) => flag);
  const main = await helpOf('');
  const names = [...(main.split('Commands:')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? '');
  const known = new Map([['', flagsIn(main)]]);
  for (const name of names) known.set(name, flagsIn(await helpOf(name)));
  return known;
}

/** The first JSON block of the README: what is needed to rotate another user's key. */
function policyOfReadme(): { text: string; actions: string[] } {
  const text = /^```json\n([\s\S]*?)^```/m.exec(textOf('README.md'))?.[1] ?? '';
  const { Statement } = JSON.parse(text) as { Statement: { Action: string[] }[] };
  return { text, actions: Statement.flatMap(({ Action }) => Action).sort() };
}

function without(text: string, action?: string): PolicyDocument[] {
  const policy = JSON.parse(text) as { Statement: { Action: string[] }[] };
  for (const statement of policy.Statement) statement.Action = statement.Action.filter((one) => one !== action);
  return [policy as unknown as PolicyDocument];
}

test('every link of the documents leads somewhere', () => {
  const links = documents.flatMap(linksIn);

  expect(links.length).toBeGreaterThan(20);
  expect(links.filter(({ leads }) => !leads)).toEqual([]);
});

test('every command and flag that the documents show is one of the command line', async () => {
  const known = await knownFlags();
  const shown = documents.flatMap((path) => commandsIn(textOf(path)).map((words) => ({ path, words })));
  const unknown = shown.filter(({ words: [first = '', ...rest] }) => {
    const isName = /^[a-z]+$/.test(first);
    const flags = known.get(isName ? first : '') ?? [];
    if (isName && !known.has(first)) return true;
    return [...(isName ? rest : [first, ...rest])].some((word) => /^--?[a-z]/.test(word) && !flags.includes(word));
  });

  expect(known.size).toBeGreaterThan(8);
  expect(shown.length).toBeGreaterThan(60);
  expect(unknown.map(({ path, words }) => `${path}: keyturn ${words.join(' ')}`)).toEqual([]);
});

test('every flag that the documents name by itself is one of the command line', async () => {
  const flags = new Set([...(await knownFlags()).values()].flat());
  const named = documents
    .filter((path) => path === 'README.md' || path.startsWith('docs'))
    .flatMap((path) => codeIn(textOf(path)).map((code) => ({ path, flag: /^(?:--[a-z-]+|-[a-z]$)/.exec(code)?.[0] })))
    .filter(({ flag }) => flag !== undefined);

  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({ flag }) => !flags.has(flag ?? ''))).toEqual([]);
});

test('the tables of exit codes have every code, and no other', () => {
  const codes = Object.values(exitCodes).map(String);

  for (const path of ['README.md', 'docs/scripts-and-cron.md']) {
    expect([...textOf(path).matchAll(/^\| (\d+) \|/gm)].map(([, code]) => code)).toEqual(codes);
  }
});

describe('the policy of the README', () => {
  test('has the actions that the steps ask for', async () => {
    const asked = new Set<string>();
    for (const file of globSync('src/activities/*.ts', { cwd: root })) {
      const { permissions = [] } = (await import(join(root, file))) as { permissions?: readonly string[] };
      for (const action of permissions) asked.add(action);
    }
    asked.delete('sts:GetCallerIdentity');

    expect(policyOfReadme().actions).toEqual([...asked].sort());
  });

  test("is enough to rotate another user's key", async () => {
    const desk = await openDesk({ policies: without(policyOfReadme().text) });

    const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`);

    expect({ code, ...desk.left() }).toMatchObject({ code: 0, keys: ['new Active'], claims: 0, holds: 'new' });
  });

  test("is enough for one's own key, with the resource that is named beside it", async () => {
    const desk = await openDesk();
    const [own] = desk.keys;
    const resource = 'arn:aws:iam::*:user/$' + '{aws:username}';
    expect(textOf('README.md')).toContain(resource);
    const text = policyOfReadme().text.replaceAll('arn:aws:iam::123456789012:user/alice', resource);
    desk.account.setPolicies('alice', without(text));
    desk.env.AWS_ACCESS_KEY_ID = own?.accessKeyId;
    desk.env.AWS_SECRET_ACCESS_KEY = own?.secretAccessKey;

    const { code } = await desk.run(`rotate --to ${desk.place} --yes --wait --json`);

    expect({ code, ...desk.left() }).toMatchObject({ code: 0, keys: ['new Active'], claims: 0, holds: 'new' });
  });

  test.each([
    ['iam:CreateAccessKey', 3, ['old Active']],
    ['iam:DeleteAccessKey', 5, ['old Inactive', 'new Active']],
    ['iam:GetAccessKeyLastUsed', 3, ['old Active']],
    ['iam:GetUser', 3, ['old Active']],
    ['iam:ListAccessKeys', 3, ['old Active']],
    ['iam:ListAttachedUserPolicies', 0, ['new Active']],
    ['iam:ListUserTags', 0, ['new Active']],
    ['iam:TagUser', 3, ['old Active']],
    ['iam:UntagUser', 0, ['new Active']],
    ['iam:UpdateAccessKey', 5, ['old Active', 'new Active']],
  ])('without %s it ends with exit code %i', async (action, code, keys) => {
    const desk = await openDesk({ policies: without(policyOfReadme().text, action) });

    const ended = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait --json`);

    expect({ code: ended.code, keys: desk.left().keys }).toEqual({ code, keys });
  });
});
