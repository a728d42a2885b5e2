// What policies let a user do, as far as rules ask.
import { expect, test } from 'vitest';
import { powersOf } from '../../src/audit/powers.ts';
import type { PolicyHolder } from '../../src/aws/contract.ts';

const own = `arn:aws:iam::*:user/\${aws:username}`;

function holder(given: Partial<PolicyHolder> = {}): PolicyHolder {
  return { name: 'alice', tags: {}, groups: [], inline: [], attached: [], boundary: null, ...given };
}

function policy(Action: string | string[], Resource: string | string[] = '*', more = {}) {
  return JSON.stringify({ Statement: [{ Effect: 'Allow', Action, Resource, ...more }] });
}

const powersBy = (document: string) =>
  powersOf(holder({ inline: [{ name: 'p', document }] }), { groups: new Map(), managed: new Map() });

test.each([
  ['everything on everything', policy('*'), true, true],
  ['everything, written otherwise', policy(['*:*']), true, true],
  ['everything on one bucket', policy('*', 'arn:aws:s3:::shop/*'), false, false],
  ['all of IAM', policy('iam:*'), false, true],
  ['making keys', policy('iam:CreateAccessKey'), false, true],
  ['any change of keys, whatever the case', policy('IAM:*accesskey*'), false, true],
  ['making keys of one other user', policy('iam:CreateAccessKey', 'arn:aws:iam::1:user/bob'), false, true],
  ['making keys of oneself', policy('iam:CreateAccessKey', own), false, false],
  [
    'making keys of oneself, in any path',
    policy('iam:*AccessKey*', `arn:aws:iam::*:user/*/\${aws:username}`),
    false,
    false,
  ],
  ['reading keys', policy('iam:ListAccessKeys'), false, false],
  [
    'one statement that is no list',
    JSON.stringify({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }),
    true,
    true,
  ],
  ['a denial', JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }), false, false],
  [
    'all but something else',
    JSON.stringify({ Statement: [{ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }] }),
    false,
    true,
  ],
])('%s', (_, document, isAdministrator, mintsKeys) => {
  const { administratorBy, mintsKeysBy } = powersBy(document);

  expect([administratorBy, mintsKeysBy]).toEqual([isAdministrator ? ['p'] : [], mintsKeys ? ['p'] : []]);
});

test('groups and managed policies count, and are named', () => {
  const admins = holder({ name: 'admins', attached: [{ name: 'Everything', arn: 'arn:1' }] });
  const user = holder({ groups: ['admins', 'gone'], boundary: 'arn:boundary' });

  const powers = powersOf(user, { groups: new Map([['admins', admins]]), managed: new Map([['arn:1', policy('*')]]) });

  expect(powers).toEqual({
    administratorBy: ['Everything (group admins)'],
    mintsKeysBy: ['Everything (group admins)'],
    boundary: 'arn:boundary',
  });
});

test('AdministratorAccess is known without its document', () => {
  const user = holder({
    attached: [{ name: 'AdministratorAccess', arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }],
  });

  expect(powersOf(user, { groups: new Map(), managed: new Map() }).administratorBy).toEqual(['AdministratorAccess']);
});

test('a document that cannot be read is not taken for a harmless one', () => {
  expect(() => powersBy('{')).toThrow(SyntaxError);
});
