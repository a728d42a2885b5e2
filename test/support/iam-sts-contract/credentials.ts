// Which credentials AWS accepts, and what it answers to the others: the difference between "who are you" and "you may not".
import { GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { expect } from 'vitest';
import { type ContractCase, type Credentials, refusal, type Statement } from './account.ts';

const mayReadUsers: Statement[] = [{ Effect: 'Allow', Action: ['iam:GetUser', 'iam:ListAccessKeys'], Resource: '*' }];
const denyAll: Statement[] = [{ Effect: 'Deny', Action: '*', Resource: '*' }];
const notAccepted = { code: 'InvalidClientTokenId', status: 403 };

export const credentialCases: ContractCase[] = [
  {
    id: 'auth.inactive',
    promise: 'a deactivated key is not accepted, by STS nor by IAM',
    check: async ({ makeUser, setStatus }) => {
      const { name, key, sts, iam } = await makeUser({ statements: mayReadUsers });
      await setStatus(name, key, 'Inactive');

      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toMatchObject(notAccepted);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: name })))).toMatchObject(notAccepted);
    },
  },
  {
    id: 'auth.reactivated',
    promise: 'a reactivated key is accepted again',
    check: async ({ makeUser, setStatus }) => {
      const { name, key, sts, iam } = await makeUser({ statements: mayReadUsers });
      await setStatus(name, key, 'Inactive');
      await setStatus(name, key, 'Active');

      expect((await sts.send(new GetCallerIdentityCommand())).Arn).toMatch(new RegExp(`:user/${name}$`));
      expect((await iam.send(new GetUserCommand({ UserName: name }))).User?.UserName).toBe(name);
    },
  },
  {
    id: 'auth.other-key',
    promise: 'the deactivation and deletion of one key leave the other one working',
    check: async ({ makeUser, makeKey, setStatus, deleteKey, as }) => {
      const { name, key } = await makeUser();
      const { sts } = as(await makeKey(name));

      await setStatus(name, key, 'Inactive');
      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toEqual({ code: 'accepted' });
      await deleteKey(name, key);
      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toEqual({ code: 'accepted' });
    },
  },
  {
    id: 'auth.deleted',
    promise: 'a deleted key is not accepted, by STS nor by IAM',
    check: async ({ makeUser, deleteKey }) => {
      const { name, key, sts, iam } = await makeUser({ statements: mayReadUsers });
      await deleteKey(name, key);

      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toMatchObject(notAccepted);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: name })))).toMatchObject(notAccepted);
    },
  },
  {
    id: 'auth.unknown',
    promise: 'a key that never existed is not accepted, by STS nor by IAM',
    check: async ({ as }) => {
      const { sts, iam } = as({ accessKeyId: 'AKIAQ2BHCVEXAMPLE234', secretAccessKey: 'none' });

      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toMatchObject(notAccepted);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: 'nobody' })))).toMatchObject(notAccepted);
    },
  },
  {
    id: 'auth.wrong-secret',
    promise: 'a wrong secret is told apart from an unknown key, by STS and by IAM',
    check: async ({ makeUser, as }) => {
      const { name, key } = await makeUser({ statements: mayReadUsers });
      const { sts, iam } = as({ ...key, secretAccessKey: 'w'.repeat(40) });
      const mismatch = { code: 'SignatureDoesNotMatch', status: 403 };

      expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toMatchObject(mismatch);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: name })))).toMatchObject(mismatch);
    },
  },
  {
    id: 'access.denied',
    promise: 'a user without permission is denied, and told who may not do what',
    check: async ({ id, makeUser }) => {
      const { name, iam } = await makeUser();

      const refused = await refusal(iam.send(new ListAccessKeysCommand({ UserName: name })));

      expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
      expect(refused.message).toContain(
        `User: arn:aws:iam::${id}:user/${name} is not authorized to perform: iam:ListAccessKeys`,
      );
    },
  },
  {
    id: 'access.explicit-deny',
    promise: 'an explicit deny wins over an allow',
    check: async ({ makeUser }) => {
      const { name, iam } = await makeUser({ statements: [...mayReadUsers, ...denyAll] });

      const refused = await refusal(iam.send(new GetUserCommand({ UserName: name })));

      expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
    },
  },
  {
    id: 'access.resource',
    promise: 'a permission on one user says nothing of another',
    check: async ({ id, makeUser, newName }) => {
      const name = newName();
      const Resource = `arn:aws:iam::${id}:user/${name}`;
      const { iam } = await makeUser({ name, statements: [{ Effect: 'Allow', Action: 'iam:GetUser', Resource }] });
      const other = await makeUser();

      expect((await iam.send(new GetUserCommand({ UserName: name }))).User?.UserName).toBe(name);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: other.name })))).toMatchObject({
        code: 'AccessDenied',
        status: 403,
      });
    },
  },
  {
    id: 'access.own-user',
    promise: 'the policy variable aws:username stands for the caller',
    check: async ({ makeUser }) => {
      const own: Statement = {
        Effect: 'Allow',
        Action: 'iam:GetUser',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable, AWS fills it in
        Resource: 'arn:aws:iam::*:user/${aws:username}',
      };
      const { name, iam } = await makeUser({ statements: [own] });
      const other = await makeUser();

      expect((await iam.send(new GetUserCommand({ UserName: name }))).User?.UserName).toBe(name);
      expect(await refusal(iam.send(new GetUserCommand({ UserName: other.name })))).toMatchObject({
        code: 'AccessDenied',
        status: 403,
      });
    },
  },
  {
    id: 'role.session',
    promise: 'the credentials of an assumed role work under the permissions of the role',
    check: async ({ id, makeUser, makeRole, allow, as }) => {
      const { name, sts } = await makeUser();
      const RoleArn = await makeRole({ trusted: `arn:aws:iam::${id}:user/${name}`, statements: mayReadUsers });
      await allow(name, [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn }]);

      const assumed = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'contract' }));
      const session = as(credentialsOf(assumed));
      const caller = await session.sts.send(new GetCallerIdentityCommand());
      const user = await session.iam.send(new GetUserCommand({ UserName: name }));

      expect(assumed.Credentials?.AccessKeyId).toMatch(/^ASIA[A-Z0-9]{16}$/);
      expect(caller.Arn).toBe(`${RoleArn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/contract`);
      expect(caller.UserId).toMatch(/^AROA[A-Z0-9]{16,17}:contract$/);
      expect(user.User?.UserName).toBe(name);
    },
  },
  {
    id: 'role.untrusted',
    promise: 'a role cannot be assumed by someone without permission',
    check: async ({ id, makeUser, makeRole }) => {
      const trusted = await makeUser();
      const { sts } = await makeUser();
      const RoleArn = await makeRole({ trusted: `arn:aws:iam::${id}:user/${trusted.name}` });

      const refused = await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'contract' })));

      expect(refused).toMatchObject({ code: 'AccessDenied', status: 403 });
    },
  },
  {
    id: 'role.without-token',
    promise: 'temporary credentials without their session token are not accepted',
    check: async ({ id, makeUser, makeRole, allow, as }) => {
      const { name, sts } = await makeUser();
      const RoleArn = await makeRole({ trusted: `arn:aws:iam::${id}:user/${name}` });
      await allow(name, [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn }]);
      const assumed = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'contract' }));
      const { accessKeyId, secretAccessKey } = credentialsOf(assumed);

      const refused = await refusal(as({ accessKeyId, secretAccessKey }).sts.send(new GetCallerIdentityCommand()));

      expect(refused).toMatchObject(notAccepted);
    },
  },
  {
    id: 'session.caller',
    promise: 'the credentials of GetSessionToken are the user',
    check: async ({ id, makeUser, as }) => {
      const { name, sts } = await makeUser();

      const session = as(credentialsOf(await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))));

      const caller = await session.sts.send(new GetCallerIdentityCommand());
      expect(caller).toMatchObject({ Account: id, Arn: `arn:aws:iam::${id}:user/${name}` });
    },
  },
  {
    id: 'session.outlives-key',
    promise: 'a session goes on after the key that it came from is deactivated',
    check: async ({ makeUser, setStatus, as }) => {
      const { name, key, sts } = await makeUser();
      const session = as(credentialsOf(await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))));

      await setStatus(name, key, 'Inactive');

      expect(await refusal(session.sts.send(new GetCallerIdentityCommand()))).toEqual({ code: 'accepted' });
    },
  },
  {
    id: 'session.no-iam',
    promise: 'a session from GetSessionToken without MFA may not call IAM',
    check: async ({ makeUser, as }) => {
      const { name, sts } = await makeUser({ statements: mayReadUsers });
      const session = as(credentialsOf(await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))));

      const refused = await refusal(session.iam.send(new GetUserCommand({ UserName: name })));

      expect(refused).toMatchObject({ status: 403 });
    },
  },
];

function credentialsOf({ Credentials }: { Credentials?: SessionCredentials | undefined }): Required<Credentials> {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

interface SessionCredentials {
  AccessKeyId?: string | undefined;
  SecretAccessKey?: string | undefined;
  SessionToken?: string | undefined;
}
