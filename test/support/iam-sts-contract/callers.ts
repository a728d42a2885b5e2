// Who AWS says is calling, and whom it means where a call names no user.
import {
  CreateAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { type ContractCase, refusal, type Statement } from './account.ts';

const mayDoAll: Statement[] = [{ Effect: 'Allow', Action: '*', Resource: '*' }];

export const callerCases: ContractCase[] = [
  {
    id: 'caller.user',
    promise: 'GetCallerIdentity tells account and ARN with the path of the user, without any permission',
    check: async ({ id, makeUser }) => {
      const { name, sts } = await makeUser({ path: '/apps/billing/' });

      const caller = await sts.send(new GetCallerIdentityCommand());

      expect(caller).toMatchObject({ Account: id, Arn: `arn:aws:iam::${id}:user/apps/billing/${name}` });
    },
  },
  {
    id: 'caller.user-id',
    promise: 'the caller has the unique id that GetUser tells',
    check: async ({ iam, makeUser }) => {
      const { name, sts } = await makeUser();

      const { UserId } = await sts.send(new GetCallerIdentityCommand());

      const { User } = await iam.send(new GetUserCommand({ UserName: name }));
      expect(UserId).toMatch(/^\w{16,}$/);
      expect(UserId).toBe(User?.UserId);
    },
  },
  {
    id: 'caller.user-id-prefix',
    promise: 'the unique id of a user begins with AIDA',
    check: async ({ makeUser }) => {
      const { sts } = await makeUser();

      expect((await sts.send(new GetCallerIdentityCommand())).UserId).toMatch(/^AIDA[A-Z0-9]{16,17}$/);
    },
  },
  {
    id: 'caller.explicit-deny',
    promise: 'GetCallerIdentity answers under an explicit deny',
    check: async ({ id, makeUser }) => {
      const { name, sts } = await makeUser({ statements: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });

      expect((await sts.send(new GetCallerIdentityCommand())).Arn).toBe(`arn:aws:iam::${id}:user/${name}`);
    },
  },
  {
    id: 'caller.omitted-name-get-user',
    promise: 'GetUser without a name is about the caller',
    check: async ({ makeUser }) => {
      const { name, iam } = await makeUser({ statements: mayDoAll });

      expect((await iam.send(new GetUserCommand())).User?.UserName).toBe(name);
    },
  },
  {
    id: 'caller.omitted-name-list-keys',
    promise: 'ListAccessKeys without a name lists the keys of the caller',
    check: async ({ makeUser }) => {
      const { key, iam } = await makeUser({ statements: mayDoAll });

      const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand());

      expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: key.accessKeyId }]);
    },
  },
  {
    id: 'caller.omitted-name-create-key',
    promise: 'CreateAccessKey without a name makes a key for the caller',
    check: async ({ makeUser }) => {
      const { name, iam } = await makeUser({ statements: mayDoAll });

      expect((await iam.send(new CreateAccessKeyCommand())).AccessKey?.UserName).toBe(name);
    },
  },
  {
    id: 'caller.omitted-name-update-key',
    promise: 'UpdateAccessKey without a name changes a key of the caller',
    check: async ({ makeUser, makeKey }) => {
      const { name, iam } = await makeUser({ statements: mayDoAll });
      const { accessKeyId: AccessKeyId } = await makeKey(name);

      await iam.send(new UpdateAccessKeyCommand({ AccessKeyId, Status: 'Inactive' }));

      const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName: name }));
      expect(AccessKeyMetadata.find((one) => one.AccessKeyId === AccessKeyId)?.Status).toBe('Inactive');
    },
  },
  {
    id: 'caller.omitted-name-role',
    promise: 'a role must name the user',
    check: async ({ id, makeUser, makeRole, allow, as }) => {
      const { name, sts } = await makeUser();
      const RoleArn = await makeRole({ trusted: `arn:aws:iam::${id}:user/${name}`, statements: mayDoAll });
      await allow(name, [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn }]);
      const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'contract' }));
      const { iam } = as({
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      });

      const refused = await refusal(iam.send(new ListAccessKeysCommand()));

      expect(refused).toMatchObject({ code: 'ValidationError', status: 400 });
    },
  },
];
