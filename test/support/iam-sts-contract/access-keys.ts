// The life of an access key: CreateAccessKey, ListAccessKeys, UpdateAccessKey, DeleteAccessKey, and the limit of two.
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  type StatusType,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type ContractCase, refusal } from './account.ts';

async function keysOf(iam: IAMClient, UserName: string) {
  const { AccessKeyMetadata = [] } = await iam.send(new ListAccessKeysCommand({ UserName }));
  return AccessKeyMetadata;
}

export const accessKeyCases: ContractCase[] = [
  {
    id: 'keys.create',
    promise: 'a new key is active and comes with its secret',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));

      expect(AccessKey).toMatchObject({ UserName: name, Status: 'Active' });
      expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z0-9]{16}$/);
      expect(AccessKey?.SecretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    },
  },
  {
    id: 'keys.created-whole-seconds',
    promise: 'a key is created at a whole second, the same in the answer and in the list',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));

      const listed = (await keysOf(iam, name)).find((key) => key.AccessKeyId === AccessKey?.AccessKeyId);
      expect(listed?.CreateDate).toEqual(AccessKey?.CreateDate);
      expect(AccessKey?.CreateDate?.getUTCMilliseconds()).toBe(0);
    },
  },
  {
    id: 'keys.limit',
    promise: 'a third key is refused',
    check: async ({ iam, makeUser, makeKey }) => {
      const { name } = await makeUser();
      await makeKey(name);

      const refused = await refusal(iam.send(new CreateAccessKeyCommand({ UserName: name })));

      expect(refused).toMatchObject({ code: 'LimitExceeded', status: 409 });
      expect(refused.message).toContain('AccessKeysPerUser: 2');
      expect(await keysOf(iam, name)).toHaveLength(2);
    },
  },
  {
    id: 'keys.limit-counts-inactive',
    promise: 'an inactive key counts towards the limit',
    check: async ({ iam, makeUser, makeKey, setStatus }) => {
      const { name, key } = await makeUser();
      await setStatus(name, key, 'Inactive');
      await setStatus(name, await makeKey(name), 'Inactive');

      const refused = await refusal(iam.send(new CreateAccessKeyCommand({ UserName: name })));

      expect(refused).toMatchObject({ code: 'LimitExceeded', status: 409 });
    },
  },
  {
    id: 'keys.limit-frees',
    promise: 'after a deletion there is room for another key',
    check: async ({ iam, makeUser, makeKey, deleteKey }) => {
      const { name, key } = await makeUser();
      await makeKey(name);
      await deleteKey(name, key);

      await iam.send(new CreateAccessKeyCommand({ UserName: name }));

      expect(await keysOf(iam, name)).toHaveLength(2);
    },
  },
  {
    id: 'keys.create-unknown-user',
    promise: 'no key is made for a user who does not exist',
    check: async ({ iam }) => {
      const refused = await refusal(iam.send(new CreateAccessKeyCommand({ UserName: 'nobody' })));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    },
  },
  {
    id: 'keys.list-fields',
    promise: 'the list tells owner, id, status and creation of each key, never a secret',
    check: async ({ iam, makeUser, makeKey, setStatus }) => {
      const { name, key } = await makeUser();
      const second = await makeKey(name);
      await setStatus(name, key, 'Inactive');

      const listed = await keysOf(iam, name);

      expect(listed.find((one) => one.AccessKeyId === key.accessKeyId)).toEqual({
        UserName: name,
        AccessKeyId: key.accessKeyId,
        Status: 'Inactive',
        CreateDate: expect.any(Date),
      });
      expect(listed.find((one) => one.AccessKeyId === second.accessKeyId)).toMatchObject({ Status: 'Active' });
    },
  },
  {
    id: 'keys.list-complete',
    promise: 'a list that holds everything says that it is not truncated',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const { IsTruncated } = await iam.send(new ListAccessKeysCommand({ UserName: name }));

      expect(IsTruncated).toBe(false);
    },
  },
  {
    id: 'keys.list-pages',
    promise: 'a list of keys comes in pages of MaxItems',
    check: async ({ iam, makeUser, makeKey }) => {
      const { name, key } = await makeUser();
      const second = await makeKey(name);

      const first = await iam.send(new ListAccessKeysCommand({ UserName: name, MaxItems: 1 }));
      expect(first.IsTruncated).toBe(true);
      const next = await iam.send(new ListAccessKeysCommand({ UserName: name, MaxItems: 1, Marker: first.Marker }));

      const ids = [first, next].flatMap((page) => page.AccessKeyMetadata?.map((one) => one.AccessKeyId));
      expect(ids.toSorted()).toEqual([key.accessKeyId, second.accessKeyId].toSorted());
      expect(next.IsTruncated).toBe(false);
    },
  },
  {
    id: 'keys.list-none',
    promise: 'a user without keys has an empty list',
    check: async ({ iam, makeUser, deleteKey }) => {
      const { name, key } = await makeUser();
      await deleteKey(name, key);

      expect(await keysOf(iam, name)).toEqual([]);
    },
  },
  {
    id: 'keys.list-unknown-user',
    promise: 'the keys of a user who does not exist are refused, not empty',
    check: async ({ iam }) => {
      const refused = await refusal(iam.send(new ListAccessKeysCommand({ UserName: 'nobody' })));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    },
  },
  {
    id: 'keys.update',
    promise: 'a key can be deactivated and reactivated, each twice',
    check: async ({ iam, makeUser, setStatus }) => {
      const { name, key } = await makeUser();

      await setStatus(name, key, 'Inactive');
      await setStatus(name, key, 'Inactive');
      expect(await keysOf(iam, name)).toMatchObject([{ Status: 'Inactive' }]);

      await setStatus(name, key, 'Active');
      await setStatus(name, key, 'Active');
      expect(await keysOf(iam, name)).toMatchObject([{ Status: 'Active' }]);
    },
  },
  {
    id: 'keys.update-keeps-creation',
    promise: 'a change of status leaves the creation date alone',
    check: async ({ iam, makeUser, setStatus }) => {
      const { name, key } = await makeUser();
      const [before] = await keysOf(iam, name);

      await setStatus(name, key, 'Inactive');

      expect((await keysOf(iam, name))[0]?.CreateDate).toEqual(before?.CreateDate);
    },
  },
  {
    id: 'keys.update-bad-status',
    promise: 'a status that does not exist is refused',
    check: async ({ iam, makeUser }) => {
      const { name, key } = await makeUser();

      const refused = await refusal(
        iam.send(
          new UpdateAccessKeyCommand({ UserName: name, AccessKeyId: key.accessKeyId, Status: 'Off' as StatusType }),
        ),
      );

      expect(refused).toMatchObject({ code: 'ValidationError', status: 400 });
      expect(await keysOf(iam, name)).toMatchObject([{ Status: 'Active' }]);
    },
  },
  {
    id: 'keys.update-other-user',
    promise: 'a key is changed only under the name of its own user',
    check: async ({ iam, makeUser }) => {
      const owner = await makeUser();
      const other = await makeUser();
      const misplaced = { UserName: other.name, AccessKeyId: owner.key.accessKeyId };

      const refused = await refusal(iam.send(new UpdateAccessKeyCommand({ ...misplaced, Status: 'Inactive' })));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
      expect(await keysOf(iam, owner.name)).toMatchObject([{ Status: 'Active' }]);
    },
  },
  {
    id: 'keys.delete-other-user',
    promise: 'a key is deleted only under the name of its own user',
    check: async ({ iam, makeUser }) => {
      const owner = await makeUser();
      const other = await makeUser();
      const misplaced = { UserName: other.name, AccessKeyId: owner.key.accessKeyId };

      const refused = await refusal(iam.send(new DeleteAccessKeyCommand(misplaced)));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
      expect(await keysOf(iam, owner.name)).toMatchObject([{ Status: 'Active' }]);
    },
  },
  {
    id: 'keys.delete',
    promise: 'a deleted key is gone from the list, the other one stays',
    check: async ({ iam, makeUser, makeKey, deleteKey }) => {
      const { name, key } = await makeUser();
      const second = await makeKey(name);

      await deleteKey(name, key);

      expect(await keysOf(iam, name)).toMatchObject([{ AccessKeyId: second.accessKeyId, Status: 'Active' }]);
    },
  },
  {
    id: 'keys.gone',
    promise: 'a deleted key can be neither deleted nor changed again',
    check: async ({ iam, makeUser, deleteKey }) => {
      const { name, key } = await makeUser();
      await deleteKey(name, key);
      const gone = { UserName: name, AccessKeyId: key.accessKeyId };

      const deletion = await refusal(iam.send(new DeleteAccessKeyCommand(gone)));
      const update = await refusal(iam.send(new UpdateAccessKeyCommand({ ...gone, Status: 'Active' })));

      expect(deletion).toMatchObject({ code: 'NoSuchEntity', status: 404 });
      expect(update).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    },
  },
];
