import {
  CreateUserCommand,
  DeleteUserCommand,
  GetUserCommand,
  ListRolesCommand,
  ListUsersCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

test('a user made anew under an old name has another id', async () => {
  const { iam } = await openSandbox();

  const first = await iam.send(new CreateUserCommand({ UserName: 'ci' }));
  await iam.send(new DeleteUserCommand({ UserName: 'ci' }));
  const second = await iam.send(new CreateUserCommand({ UserName: 'ci' }));

  expect(first.User?.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
  expect(second.User?.UserId).not.toBe(first.User?.UserId);
});

test('a user with a key cannot be deleted', async () => {
  const { iam, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci', keys: [{}] });

  expect(await refusal(iam.send(new DeleteUserCommand({ UserName: 'ci' })))).toEqual({
    code: 'DeleteConflict',
    status: 409,
    message: 'Cannot delete entity, must delete access keys first.',
  });
});

test.each([
  ['a'.repeat(65), 'have length less than or equal to 64'],
  ['two words', 'satisfy regular expression pattern: [\\w+=,.@-]+'],
  ['<root_account>', 'satisfy regular expression pattern: [\\w+=,.@-]+'],
])('the name %s is refused', async (UserName, constraint) => {
  const { iam } = await openSandbox();

  const refused = await refusal(iam.send(new CreateUserCommand({ UserName })));

  expect(refused).toMatchObject({ code: 'ValidationError', status: 400 });
  expect(refused.message).toContain(`at 'userName' failed to satisfy constraint: Member must ${constraint}`);
});

test.each(['apps', '/apps', 'apps/'])('the path %s is refused', async (Path) => {
  const { iam } = await openSandbox();

  expect(await refusal(iam.send(new CreateUserCommand({ UserName: 'ci', Path })))).toMatchObject({
    code: 'ValidationError',
  });
});

test('a user without tags has none in the answer, as with AWS', async () => {
  const { iam } = await openSandbox();

  const { User } = await iam.send(new GetUserCommand({ UserName: 'administrator' }));

  expect(User).not.toHaveProperty('Tags');
});

test('tag keys given twice are refused, whatever their case', async () => {
  const { iam } = await openSandbox();
  const Tags = [
    { Key: 'team', Value: 'a' },
    { Key: 'Team', Value: 'b' },
  ];

  expect(await refusal(iam.send(new TagUserCommand({ UserName: 'administrator', Tags })))).toMatchObject({
    code: 'InvalidInput',
    status: 400,
  });
});

test('a bad tag is named by its place', async () => {
  const { iam } = await openSandbox();
  const Tags = [
    { Key: 'team', Value: 'a' },
    { Key: 'note', Value: 'a;b' },
  ];

  const { message } = await refusal(iam.send(new TagUserCommand({ UserName: 'administrator', Tags })));

  expect(message).toBe(
    "1 validation error detected: Value 'a;b' at 'tags.2.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*",
  );
});

test('pages may be shorter than MaxItems', async () => {
  const { iam, sandbox } = await openSandbox({ pageSize: 2 });
  for (const name of ['Zoe', 'amy', 'Bob']) sandbox.account.createUser({ name });

  const first = await iam.send(new ListUsersCommand({ MaxItems: 100 }));
  const second = await iam.send(new ListUsersCommand({ MaxItems: 100, Marker: first.Marker }));

  expect(first.Users?.map((user) => user.UserName)).toEqual(['administrator', 'amy']);
  expect(first.IsTruncated).toBe(true);
  expect(second.Users?.map((user) => user.UserName)).toEqual(['Bob', 'Zoe']);
  expect(second.IsTruncated).toBe(false);
});

test('a page goes on rightly after its last item is gone', async () => {
  const { iam, sandbox } = await openSandbox();
  for (const name of ['amy', 'bob']) sandbox.account.createUser({ name });

  const first = await iam.send(new ListUsersCommand({ MaxItems: 2 }));
  sandbox.account.deleteUser('amy');
  const second = await iam.send(new ListUsersCommand({ MaxItems: 2, Marker: first.Marker }));

  expect(second.Users?.map((user) => user.UserName)).toEqual(['bob']);
});

test.each([0, 1001])('MaxItems of %i is refused', async (MaxItems) => {
  const { iam } = await openSandbox();

  expect((await refusal(iam.send(new ListUsersCommand({ MaxItems })))).code).toBe('ValidationError');
});

test('roles are listed by their path, in pages, without what they may do', async () => {
  const { sandbox, iam } = await openSandbox();
  for (const [name, path] of [
    ['one', '/keyturn/'],
    ['two', '/keyturn/'],
    ['three', '/'],
  ] as const) {
    sandbox.account.createRole({ name, path, trusts: ['lambda.amazonaws.com'] });
  }

  const first = await iam.send(new ListRolesCommand({ PathPrefix: '/keyturn/', MaxItems: 1 }));
  const second = await iam.send(new ListRolesCommand({ PathPrefix: '/keyturn/', MaxItems: 1, Marker: first.Marker }));

  expect([first.IsTruncated, second.IsTruncated]).toEqual([true, false]);
  expect([...(first.Roles ?? []), ...(second.Roles ?? [])].map(({ Arn }) => Arn)).toEqual([
    'arn:aws:iam::123456789012:role/keyturn/one',
    'arn:aws:iam::123456789012:role/keyturn/two',
  ]);
});
