// GetAccessKeyLastUsed. How late and how coarsely AWS publishes a use is not part of the contract: the target settles first.
import { GetAccessKeyLastUsedCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { type ContractAccount, type ContractCase, type Credentials, refusal } from './account.ts';

const neverUsed = { ServiceName: 'N/A', Region: 'N/A' };

async function lastUse({ iam, settle }: ContractAccount, { accessKeyId: AccessKeyId }: Credentials) {
  await settle();
  return (await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId }))).AccessKeyLastUsed;
}

export const lastUsedCases: ContractCase[] = [
  {
    id: 'last-used.never',
    promise: 'a key that was never used has no date, and N/A for service and region',
    check: async (account) => {
      const { key } = await account.makeUser();

      expect(await lastUse(account, key)).toEqual(neverUsed);
    },
  },
  {
    id: 'last-used.owner',
    promise: 'the last use names the owner of the key',
    check: async ({ iam, makeUser }) => {
      const { name, key } = await makeUser();

      const { UserName } = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId }));

      expect(UserName).toBe(name);
    },
  },
  {
    id: 'last-used.sts',
    promise: 'GetCallerIdentity is a use of the key, of the service sts',
    check: async (account) => {
      const { key, sts } = await account.makeUser();

      await sts.send(new GetCallerIdentityCommand());

      expect(await lastUse(account, key)).toEqual({
        ServiceName: 'sts',
        Region: 'us-east-1',
        LastUsedDate: expect.any(Date),
      });
    },
  },
  {
    id: 'last-used.iam',
    promise: 'a call to IAM is a use of the key, of the service iam',
    check: async (account) => {
      const statement = { Effect: 'Allow', Action: 'iam:GetUser', Resource: '*' } as const;
      const { name, key, iam } = await account.makeUser({ statements: [statement] });

      await iam.send(new GetUserCommand({ UserName: name }));

      expect(await lastUse(account, key)).toEqual({
        ServiceName: 'iam',
        Region: 'us-east-1',
        LastUsedDate: expect.any(Date),
      });
    },
  },
  {
    id: 'last-used.apart',
    promise: 'the use of one key says nothing of the other',
    check: async (account) => {
      const { name, sts } = await account.makeUser();
      const second = await account.makeKey(name);

      await sts.send(new GetCallerIdentityCommand());

      expect(await lastUse(account, second)).toEqual(neverUsed);
    },
  },
  {
    id: 'last-used.after-deactivation',
    promise: 'the last use of a deactivated key is still told',
    check: async (account) => {
      const { name, key, sts } = await account.makeUser();
      await sts.send(new GetCallerIdentityCommand());

      await account.setStatus(name, key, 'Inactive');

      expect(await lastUse(account, key)).toMatchObject({ ServiceName: 'sts', LastUsedDate: expect.any(Date) });
    },
  },
  {
    id: 'last-used.unknown',
    promise: 'the last use of a key that does not exist is refused',
    check: async ({ iam, makeUser, deleteKey }) => {
      const { name, key } = await makeUser();
      await deleteKey(name, key);

      const refused = await refusal(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: key.accessKeyId })));

      // The API Reference names no error for this; either one says that nothing is known of the key.
      expect(['NoSuchEntity', 'AccessDenied']).toContain(refused.code);
    },
  },
];
