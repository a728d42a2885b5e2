import { expect, test } from 'vitest';
import { compilePolicy, evaluate, type PolicyStatement } from '../../src/sandbox/policy.ts';

const base = { Effect: 'Allow', Action: '*', Resource: '*' } as const;

function verdict(statement: Partial<PolicyStatement>, context: Record<string, string[]>, version = '2012-10-17') {
  const policy = compilePolicy({ Version: version, Statement: { ...base, ...statement } });
  return evaluate([policy], 'iam:GetUser', 'arn:aws:iam::123456789012:user/bob', new Map(Object.entries(context)));
}

test.each<[string, object]>([
  ['policy has an unsupported element Statements', { Version: '2012-10-17', Statement: base, Statements: [] }],
  ['policy statement has an unsupported element Principal', { Statement: { ...base, Principal: '*' } }],
  ['policy statement has an unknown effect allow', { Statement: { ...base, Effect: 'allow' } }],
  ['policy statement needs either Action or NotAction', { Statement: { Effect: 'Allow', Resource: '*' } }],
  ['policy statement needs either Resource or NotResource', { Statement: { ...base, NotResource: '*' } }],
  ['policy condition uses an unsupported operator DateLessThan', conditional('DateLessThan', 'aws:TokenIssueTime')],
  ['policy condition uses an unsupported operator toString', conditional('toString', 'aws:username')],
  [
    'policy condition uses an unsupported operator ForSomeValues:StringLike',
    conditional('ForSomeValues:StringLike', 'aws:TagKeys'),
  ],
  ['policy condition uses an unsupported key aws:SourceIp', conditional('StringEquals', 'aws:SourceIp')],
  ['policy condition Bool compares with x', conditional('Bool', 'aws:MultiFactorAuthPresent')],
  ['policy condition Null compares with x', conditional('Null', 'aws:TagKeys')],
])('throws: %s', (message, document) => {
  expect(() => compilePolicy(document as Parameters<typeof compilePolicy>[0])).toThrow(message);
});

function conditional(operator: string, key: string) {
  return { Statement: { ...base, Condition: { [operator]: { [key]: 'x' } } } };
}

test('throws on a variable that it does not know', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  const Resource = 'arn:aws:iam::*:user/${aws:SourceIp}';

  expect(() => compilePolicy({ Version: '2012-10-17', Statement: { ...base, Resource } })).toThrow(
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    'policy uses an unsupported variable ${aws:SourceIp}',
  );
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
const ownUser = { Resource: 'arn:aws:iam::*:user/${aws:username}' };

test('a variable stands for its value, which is no wildcard', () => {
  expect(verdict(ownUser, { 'aws:username': ['bob'] })).toBe('allowed');
  expect(verdict(ownUser, { 'aws:username': ['b*'] })).toBe('implicitly denied');
  expect(verdict(ownUser, { 'aws:username': ['b.b'] })).toBe('implicitly denied');
});

test('a variable without a value matches nothing', () => {
  expect(verdict(ownUser, {})).toBe('implicitly denied');
});

test('policies older than 2012-10-17 have no variables', () => {
  expect(verdict(ownUser, { 'aws:username': ['bob'] }, '2008-10-17')).toBe('implicitly denied');
});

test.each<[string, string, string, string[], boolean]>([
  ['StringEquals', 'aws:username', 'bob', ['bob'], true],
  ['StringEquals', 'aws:username', 'b*', ['bob'], false],
  ['StringEquals', 'aws:username', 'bob', [], false],
  ['StringEqualsIfExists', 'aws:username', 'bob', [], true],
  ['StringEqualsIfExists', 'aws:username', 'bob', ['eve'], false],
  ['StringNotEquals', 'aws:username', 'bob', ['bob'], false],
  ['StringNotEquals', 'aws:username', 'bob', [], true],
  ['StringLike', 'aws:username', 'b*', ['bob'], true],
  ['StringLike', 'aws:username', 'b*', ['eve'], false],
  ['StringNotLike', 'aws:username', 'b*', ['eve'], true],
  ['ArnLike', 'aws:PrincipalArn', '*:role/x', ['arn:aws:iam::1:role/x'], true],
  ['ArnNotEquals', 'aws:PrincipalArn', '*:role/x', ['arn:aws:iam::1:role/x'], false],
  ['Bool', 'aws:MultiFactorAuthPresent', 'false', ['false'], true],
  ['Bool', 'aws:MultiFactorAuthPresent', 'false', [], false],
  ['BoolIfExists', 'aws:MultiFactorAuthPresent', 'false', [], true],
  ['Null', 'aws:TagKeys', 'true', [], true],
  ['Null', 'aws:TagKeys', 'true', ['a'], false],
  ['Null', 'aws:TagKeys', 'false', ['a'], true],
  ['ForAllValues:StringLike', 'aws:TagKeys', 'a*', ['a1', 'a2'], true],
  ['ForAllValues:StringLike', 'aws:TagKeys', 'a*', ['a1', 'b'], false],
  ['ForAllValues:StringLike', 'aws:TagKeys', 'a*', [], true],
  ['ForAnyValue:StringLike', 'aws:TagKeys', 'a*', ['b', 'a1'], true],
  ['ForAnyValue:StringLike', 'aws:TagKeys', 'a*', [], false],
])('%s of %s with %s, given %j: %s', (operator, key, expected, values, holds) => {
  const context: Record<string, string[]> = values.length > 0 ? { [key.toLowerCase()]: values } : {};

  expect(verdict({ Condition: { [operator]: { [key]: expected } } }, context)).toBe(
    holds ? 'allowed' : 'implicitly denied',
  );
});

test('all conditions of a statement must hold', () => {
  const Condition = { StringEquals: { 'aws:username': 'bob' }, Bool: { 'aws:MultiFactorAuthPresent': 'true' } };

  expect(verdict({ Condition }, { 'aws:username': ['bob'] })).toBe('implicitly denied');
  expect(verdict({ Condition }, { 'aws:username': ['bob'], 'aws:multifactorauthpresent': ['true'] })).toBe('allowed');
});
