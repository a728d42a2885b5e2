import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

test('the third key is refused as AWS refuses it', async () => {
  const { iam, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci', keys: [{}, { status: 'Inactive' }] });

  expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName: 'ci' })))).toEqual({
    code: 'LimitExceeded',
    status: 409,
    message: 'Cannot exceed quota for AccessKeysPerUser: 2',
  });
});

test('a change of status names the key and the user whatever the case of the name', async () => {
  const { iam, sandbox } = await openSandbox();
  const [key] = sandbox.account.createUser({ name: 'ci', keys: [{}] }).keys;

  await iam.send(new UpdateAccessKeyCommand({ UserName: 'CI', AccessKeyId: key?.accessKeyId, Status: 'Inactive' }));

  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([{ id: key?.accessKeyId, status: 'Inactive' }]);
});

test.each([
  [
    'Expired',
    "Value 'Expired' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
  ],
  [
    'active',
    "Value 'active' at 'status' failed to satisfy constraint: Member must satisfy enum value set: [Active, Inactive]",
  ],
])('the status %s is refused', async (status, message) => {
  const { iam, sandbox } = await openSandbox();
  const [key] = sandbox.account.createUser({ name: 'ci', keys: [{}] }).keys;
  const Status = status as 'Active';

  const refused = await refusal(
    iam.send(new UpdateAccessKeyCommand({ UserName: 'ci', AccessKeyId: key?.accessKeyId, Status })),
  );

  expect(refused).toEqual({ code: 'ValidationError', status: 400, message: `1 validation error detected: ${message}` });
});

test('a missing key id is refused', async () => {
  const { iam } = await openSandbox();

  const refused = await refusal(
    iam.send(new DeleteAccessKeyCommand({ UserName: 'administrator', AccessKeyId: undefined })),
  );

  expect(refused.message).toBe(
    "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null",
  );
});

test('a user may deactivate its own last key and is then locked out', async () => {
  const { userWith } = await openSandbox();
  const { iam, key } = userWith('ci', { Effect: 'Allow', Action: '*', Resource: '*' });

  await iam.send(new UpdateAccessKeyCommand({ AccessKeyId: key.accessKeyId, Status: 'Inactive' }));

  expect((await refusal(iam.send(new GetUserCommand()))).code).toBe('InvalidClientTokenId');
});

test("root's keys are listed without a user name", async () => {
  const { as, sandbox } = await openSandbox();
  const rootKey = sandbox.account.createRootKey({ createdAt: '2020-01-01T00:00:00Z' });
  const { iam } = as(rootKey);

  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand());
  const { User } = await iam.send(new GetUserCommand());

  expect(AccessKeyMetadata).toEqual([
    { AccessKeyId: rootKey.accessKeyId, Status: 'Active', CreateDate: new Date('2020-01-01T00:00:00Z') },
  ]);
  expect(User).toMatchObject({ UserId: '123456789012', Arn: 'arn:aws:iam::123456789012:root' });
  expect(User).not.toHaveProperty('UserName');
});

test('every secret that was made here is known, of deleted keys and lost answers too', async () => {
  const { iam, sandbox } = await openSandbox();
  const [arranged] = sandbox.account.createUser({ name: 'ci', keys: [{}] }).keys;
  sandbox.fault({ operation: 'CreateAccessKey', call: 2, kind: 'lostAnswer' });

  const { AccessKey: made } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));
  await iam.send(new DeleteAccessKeyCommand({ UserName: 'ci', AccessKeyId: made?.AccessKeyId }));
  await expect(iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }))).rejects.toThrow();

  expect(sandbox.secretsMade).toContain(arranged?.secretAccessKey);
  expect(sandbox.secretsMade).toContain(made?.SecretAccessKey);
  // The administrator's, these two, and the one that nobody was told.
  expect(sandbox.secretsMade).toHaveLength(4);
});
