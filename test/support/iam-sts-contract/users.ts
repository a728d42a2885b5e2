// CreateUser, GetUser, ListUsers and ListAttachedUserPolicies.
import {
  CreateUserCommand,
  GetUserCommand,
  ListAttachedUserPoliciesCommand,
  ListUsersCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'vitest';
import { type ContractCase, refusal } from './account.ts';

export const userCases: ContractCase[] = [
  {
    id: 'users.create',
    promise: 'a new user has path, ARN, unique id and the tags given',
    check: async ({ id, iam, newName }) => {
      const name = newName();

      const { User } = await iam.send(
        new CreateUserCommand({ UserName: name, Path: '/apps/', Tags: [{ Key: 'team', Value: 'billing' }] }),
      );

      expect(User).toMatchObject({
        UserName: name,
        Path: '/apps/',
        Arn: `arn:aws:iam::${id}:user/apps/${name}`,
        CreateDate: expect.any(Date),
        Tags: [{ Key: 'team', Value: 'billing' }],
      });
    },
  },
  {
    id: 'users.duplicate',
    promise: 'a second user of the same name is refused',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const refused = await refusal(iam.send(new CreateUserCommand({ UserName: name })));

      expect(refused).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
    },
  },
  {
    id: 'users.duplicate-in-other-case',
    promise: 'names that differ only in case are the same name',
    check: async ({ iam, makeUser }) => {
      const { name } = await makeUser();

      const refused = await refusal(iam.send(new CreateUserCommand({ UserName: name.toUpperCase() })));

      expect(refused).toMatchObject({ code: 'EntityAlreadyExists', status: 409 });
    },
  },
  {
    id: 'users.name-characters',
    promise: 'a name may hold letters, digits and _+=,.@- and no others',
    check: async ({ iam, newName }) => {
      const allowed = newName('A_b+c=d,e.f@g');

      await iam.send(new CreateUserCommand({ UserName: allowed }));
      const refused = await refusal(iam.send(new CreateUserCommand({ UserName: 'two words' })));

      expect((await iam.send(new GetUserCommand({ UserName: allowed }))).User?.UserName).toBe(allowed);
      expect(refused).toMatchObject({ code: 'ValidationError', status: 400 });
    },
  },
  {
    id: 'users.get-unknown',
    promise: 'a user who does not exist is not found',
    check: async ({ iam }) => {
      const refused = await refusal(iam.send(new GetUserCommand({ UserName: 'nobody' })));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
      expect(refused.message).toContain('nobody');
    },
  },
  {
    id: 'users.list-pages',
    promise: 'a list of users under a path comes in pages of MaxItems',
    check: async ({ iam, makeUser, newName }) => {
      const PathPrefix = `/${newName('pages')}/`;
      const first = await makeUser({ path: PathPrefix });
      const second = await makeUser({ path: PathPrefix });
      await makeUser();

      const one = await iam.send(new ListUsersCommand({ PathPrefix, MaxItems: 1 }));
      expect(one.IsTruncated).toBe(true);
      const two = await iam.send(new ListUsersCommand({ PathPrefix, MaxItems: 1, Marker: one.Marker }));

      expect([one, two].flatMap((page) => page.Users?.map((user) => user.UserName)).toSorted()).toEqual(
        [first.name, second.name].toSorted(),
      );
      expect(two.IsTruncated).toBe(false);
    },
  },
  {
    id: 'users.list-without-tags',
    promise: 'a list of users leaves out their tags',
    check: async ({ iam, makeUser, newName }) => {
      const PathPrefix = `/${newName('tagged')}/`;
      const { name } = await makeUser({ path: PathPrefix });
      await iam.send(new TagUserCommand({ UserName: name, Tags: [{ Key: 'team', Value: 'billing' }] }));

      const { Users = [] } = await iam.send(new ListUsersCommand({ PathPrefix }));

      expect(Users.map((user) => user.UserName)).toEqual([name]);
      expect(Users[0]?.Tags).toBeUndefined();
    },
  },
  {
    id: 'users.attached-policies',
    promise: 'the managed policies attached to a user are listed by name',
    check: async ({ iam, makeUser, newName, attachPolicy }) => {
      const { name } = await makeUser();
      const policyName = newName('AWSCompromisedKeyQuarantine');

      const before = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: name }));
      await attachPolicy(name, policyName);
      const after = await iam.send(new ListAttachedUserPoliciesCommand({ UserName: name }));

      expect(before).toMatchObject({ AttachedPolicies: [], IsTruncated: false });
      expect(after).toMatchObject({ AttachedPolicies: [{ PolicyName: policyName }], IsTruncated: false });
    },
  },
  {
    id: 'users.attached-policies-unknown-user',
    promise: 'the policies of a user who does not exist are refused',
    check: async ({ iam }) => {
      const refused = await refusal(iam.send(new ListAttachedUserPoliciesCommand({ UserName: 'nobody' })));

      expect(refused).toMatchObject({ code: 'NoSuchEntity', status: 404 });
    },
  },
];
