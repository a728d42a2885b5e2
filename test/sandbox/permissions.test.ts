import {
  CreateUserCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  ListUsersCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

test('a missing permission is told as AWS tells it', async () => {
  const { userWith } = await openSandbox();
  const { iam } = userWith('ci');

  const refused = await refusal(iam.send(new GetUserCommand({ UserName: 'administrator' })));

  expect(refused).toEqual({
    code: 'AccessDenied',
    status: 403,
    message:
      'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:GetUser on resource: arn:aws:iam::123456789012:user/administrator because no identity-based policy allows the iam:GetUser action',
  });
});

test('an explicit deny is told apart from a missing permission', async () => {
  const { userWith } = await openSandbox();
  const { iam } = userWith(
    'ci',
    { Effect: 'Allow', Action: '*', Resource: '*' },
    { Effect: 'Deny', Action: 'iam:Get*', Resource: '*' },
  );

  const { message } = await refusal(iam.send(new GetUserCommand()));

  expect(message).toBe(
    'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:GetUser on resource: arn:aws:iam::123456789012:user/ci with an explicit deny in an identity-based policy',
  );
});

test('an action is matched whatever its case, a resource only in its own', async () => {
  const { userWith, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'bob' });
  const loud = userWith('loud', { Effect: 'Allow', Action: 'IAM:GETUSER', Resource: 'arn:aws:iam::*:user/bob' });
  const cased = userWith('cased', { Effect: 'Allow', Action: 'iam:GetUser', Resource: 'arn:aws:iam::*:user/BOB' });

  const { User } = await loud.iam.send(new GetUserCommand({ UserName: 'bob' }));
  const refused = await refusal(cased.iam.send(new GetUserCommand({ UserName: 'bob' })));

  expect(User?.UserName).toBe('bob');
  expect(refused.code).toBe('AccessDenied');
});

test('a question mark stands for one character', async () => {
  const { userWith, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci-1' });
  sandbox.account.createUser({ name: 'ci-10' });
  const { iam } = userWith('ops', { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*:user/ci-?' });

  const one = await iam.send(new GetUserCommand({ UserName: 'ci-1' }));
  const ten = await refusal(iam.send(new GetUserCommand({ UserName: 'ci-10' })));

  expect(one.User?.UserName).toBe('ci-1');
  expect(ten.code).toBe('AccessDenied');
});

test('NotAction and NotResource allow everything else', async () => {
  const { userWith } = await openSandbox();
  const { iam } = userWith('ops', {
    Effect: 'Allow',
    NotAction: 'iam:CreateUser',
    NotResource: '*:user/administrator',
  });

  const own = await iam.send(new GetUserCommand());
  const excludedUser = await refusal(iam.send(new GetUserCommand({ UserName: 'administrator' })));
  const excludedAction = await refusal(iam.send(new CreateUserCommand({ UserName: 'new' })));

  expect(own.User?.UserName).toBe('ops');
  expect(excludedUser.code).toBe('AccessDenied');
  expect(excludedAction.code).toBe('AccessDenied');
});

test('ListUsers needs a permission on every resource', async () => {
  const { userWith } = await openSandbox();
  const narrow = userWith('narrow', { Effect: 'Allow', Action: 'iam:*', Resource: 'arn:aws:iam::*:user/*' });
  const wide = userWith('wide', { Effect: 'Allow', Action: 'iam:ListUsers', Resource: '*' });

  const refused = await refusal(narrow.iam.send(new ListUsersCommand()));
  const { Users } = await wide.iam.send(new ListUsersCommand());

  expect(refused.code).toBe('AccessDenied');
  expect(Users?.map((user) => user.UserName)).toEqual(['administrator', 'narrow', 'wide']);
});

test('a user who does not exist is denied before not found', async () => {
  const { userWith } = await openSandbox();
  const { iam } = userWith('ci');

  const refused = await refusal(iam.send(new GetUserCommand({ UserName: 'nobody' })));

  expect(refused.code).toBe('AccessDenied');
});

test('the last use of a key needs a permission on its owner', async () => {
  const { userWith } = await openSandbox();
  const { key } = userWith('bob');
  const { iam } = userWith('ops', {
    Effect: 'Allow',
    Action: 'iam:GetAccessKeyLastUsed',
    Resource: 'arn:aws:iam::123456789012:user/bob',
  });

  const known = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }));
  const unknown = await refusal(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: 'AKIAQ2BHCVEXAMPLE234' })));

  expect(known.UserName).toBe('bob');
  expect(unknown.code).toBe('AccessDenied');
});

test('aws:ResourceTag looks at the tags of the user that the call is about', async () => {
  const { userWith, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'tagged', tags: { rotate: 'yes' } });
  sandbox.account.createUser({ name: 'bare' });
  const { iam } = userWith('ops', {
    Effect: 'Allow',
    Action: 'iam:GetUser',
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/rotate': 'yes' } },
  });

  const { User } = await iam.send(new GetUserCommand({ UserName: 'tagged' }));
  const refused = await refusal(iam.send(new GetUserCommand({ UserName: 'bare' })));

  expect(User?.UserName).toBe('tagged');
  expect(refused.code).toBe('AccessDenied');
});

test('aws:TagKeys limits which tags may be written and taken away', async () => {
  const { userWith, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'bob', tags: { team: 'billing' } });
  const { iam } = userWith('ops', {
    Effect: 'Allow',
    Action: ['iam:TagUser', 'iam:UntagUser'],
    Resource: '*',
    Condition: {
      'ForAllValues:StringLike': { 'aws:TagKeys': ['keyturn:claim:*'] },
      Null: { 'aws:TagKeys': 'false' },
    },
  });
  const tag = (...keys: string[]) =>
    iam.send(new TagUserCommand({ UserName: 'bob', Tags: keys.map((Key) => ({ Key, Value: 'v' })) }));

  await tag('keyturn:claim:a', 'keyturn:claim:b');
  const mixed = await refusal(tag('keyturn:claim:c', 'owner'));
  const none = await refusal(tag());
  await iam.send(new UntagUserCommand({ UserName: 'bob', TagKeys: ['keyturn:claim:a'] }));
  const foreign = await refusal(iam.send(new UntagUserCommand({ UserName: 'bob', TagKeys: ['team'] })));

  expect([mixed.code, none.code, foreign.code]).toEqual(['AccessDenied', 'AccessDenied', 'AccessDenied']);
  expect(sandbox.account.tags('bob')).toEqual({ team: 'billing', 'keyturn:claim:b': 'v' });
});

test('a user made with tags needs the permission to tag', async () => {
  const { userWith, sandbox } = await openSandbox();
  const { iam } = userWith('ops', { Effect: 'Allow', Action: 'iam:CreateUser', Resource: '*' });

  await iam.send(new CreateUserCommand({ UserName: 'bare' }));
  const tagged = { UserName: 'tagged', Tags: [{ Key: 'team', Value: 'billing' }] };
  const { message } = await refusal(iam.send(new CreateUserCommand(tagged)));

  expect(message).toContain(
    'not authorized to perform: iam:TagUser on resource: arn:aws:iam::123456789012:user/tagged',
  );
  expect(sandbox.account.snapshot()).not.toHaveProperty('tagged');
});

test('root may do everything', async () => {
  const { sandbox, as, userWith } = await openSandbox();
  const { key } = userWith('bob');
  const { iam } = as(sandbox.account.createRootKey());

  await iam.send(new UpdateAccessKeyCommand({ UserName: 'bob', AccessKeyId: key.accessKeyId, Status: 'Inactive' }));

  expect(sandbox.account.snapshot().bob?.keys).toMatchObject([{ status: 'Inactive' }]);
});
