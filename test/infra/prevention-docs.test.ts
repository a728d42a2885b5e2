// The recipes that docs/prevention.md warns of, taken from there: each fails as the document says, by the same evaluator.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Caller,
  iamArn,
  type Request,
  roleSession,
  rootSession,
  type Statement,
  userKey,
  userSession,
  verdict,
} from './evaluate.ts';

const text = readFileSync(join(import.meta.dirname, '../../docs/prevention.md'), 'utf8');

/** By the bold words that introduce them. */
const recipes = new Map(
  [...text.matchAll(/^\*\*([^*]+)\.\*\*[^`]*(?:`[^`]+`[^`]*)*?\n```json\n([\s\S]*?)^```/gm)].map(
    ([, name = '', json = '']): [string, Statement] => [name, JSON.parse(json) as Statement],
  ),
);

function recipe(name: string): Statement {
  const found = recipes.get(name);
  if (!found) throw new Error(`docs/prevention.md has no recipe ${name}`);
  return found;
}

const alice = iamArn('user/alice');
const create: Request = { action: 'iam:CreateAccessKey', resource: alice };
const remove: Request = { action: 'iam:DeleteAccessKey', resource: alice };
const listBuckets: Request = { action: 's3:ListAllMyBuckets', resource: '*' };

const admin = roleSession('/admin');
const keyturn = roleSession('/keyturn/rotation');

test('every recipe of the document is tried here', () => {
  const named = [...tried.map(([name]) => name), 'A policy that denies'].sort();

  expect([...recipes.keys()].sort()).toEqual([...new Set(named)].sort());
});

const tried: [string, string, Caller, Request, string][] = [
  ['Counting keys', 'lets an administrator make keys', admin, create, 'Allowed'],
  ['Naming the session', 'denies them to keyturn', keyturn, create, 'ExplicitlyDenied'],
  ['A pattern in StringNotEquals', 'denies them to keyturn', keyturn, create, 'ExplicitlyDenied'],
  ['Allowing it to one role', 'lets an administrator make keys', admin, create, 'Allowed'],
  ['Asking for the root user', 'lets the root user make keys', rootSession('with MFA'), create, 'Allowed'],
  ['Denying all three actions', 'leaves a leaked key to everybody', admin, remove, 'ExplicitlyDenied'],
  ['The age of the MFA', 'lets every key through', userKey('/alice'), listBuckets, 'Allowed'],
  [
    'The age of the MFA',
    'cuts off who signed in with MFA',
    userSession('/alice', 'with MFA'),
    listBuckets,
    'ExplicitlyDenied',
  ],
  ['The age of the token', 'lets every key through', userKey('/alice'), listBuckets, 'Allowed'],
  ['No token, no access', 'denies a key that signs by itself', userKey('/alice'), listBuckets, 'ExplicitlyDenied'],
  [
    'No token, no access',
    'lets through what GetSessionToken makes of it',
    userSession('/alice', 'without MFA'),
    listBuckets,
    'Allowed',
  ],
  ['No MFA, no access, for everybody', 'denies keyturn everything', keyturn, listBuckets, 'ExplicitlyDenied'],
  ['The same with Bool', 'lets every key through', userKey('/alice'), listBuckets, 'Allowed'],
];

describe('as an SCP', () => {
  test.each(tried)('“%s” %s', async (name, _, caller, request, expected) => {
    expect(await verdict(caller, request, { scp: [recipe(name)] })).toBe(expected);
  });
});

describe('“A policy that denies”', () => {
  const deny = [recipe('A policy that denies')];
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };

  test.each(['iam:DeleteUserPolicy', 'iam:DetachUserPolicy'])('is taken off again by %s', async (action) => {
    const identity = [everything, ...deny];

    expect(await verdict(userKey('/alice'), create, { identity })).toBe('ExplicitlyDenied');
    expect(await verdict(userKey('/alice'), { action, resource: alice }, { identity })).toBe('Allowed');
  });

  test('denies everything as a boundary', async () => {
    expect(await verdict(admin, listBuckets, { boundary: deny })).toBe('ImplicitlyDenied');
  });
});
