import { GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { openSandbox, refusal, sessionKey } from './open-sandbox.ts';

const mayReadUsers = { Effect: 'Allow', Action: 'iam:Get*', Resource: '*' } as const;
const mfa = { SerialNumber: 'arn:aws:iam::123456789012:mfa/ci', TokenCode: '123456' };

test('a session without MFA cannot call IAM, one with MFA can', async () => {
  const { userWith, as } = await openSandbox();
  const { sts } = userWith('ci', mayReadUsers);
  const without = as(sessionKey(await sts.send(new GetSessionTokenCommand())));
  const withMfa = as(sessionKey(await sts.send(new GetSessionTokenCommand(mfa))));

  const refused = await refusal(without.iam.send(new GetUserCommand({ UserName: 'ci' })));
  const { User } = await withMfa.iam.send(new GetUserCommand({ UserName: 'ci' }));

  expect(refused.code).toBe('InvalidClientTokenId');
  expect(User?.UserName).toBe('ci');
});

test('a long-term key with the token of a session is not accepted', async () => {
  const { sandbox, as } = await openSandbox();
  const { sts } = as({ ...sandbox.credentials, sessionToken: 'left-over' });

  const { code } = await refusal(sts.send(new GetCallerIdentityCommand()));

  expect(code).toBe('InvalidClientTokenId');
});

test("a user's session must name the user", async () => {
  const { userWith, as } = await openSandbox();
  const { sts } = userWith('ci', mayReadUsers);
  const session = as(sessionKey(await sts.send(new GetSessionTokenCommand(mfa))));

  const refused = await refusal(session.iam.send(new ListAccessKeysCommand()));

  expect(refused).toEqual({
    code: 'ValidationError',
    status: 400,
    message: 'Must specify userName when calling with non-User credentials',
  });
});

test('MFA of a session is seen by policies', async () => {
  const { userWith, as } = await openSandbox();
  const { iam, sts } = userWith('ci', mayReadUsers, {
    Effect: 'Deny',
    Action: 'iam:*',
    Resource: '*',
    Condition: { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } },
  });
  const session = as(sessionKey(await sts.send(new GetSessionTokenCommand(mfa))));

  const longTerm = await refusal(iam.send(new GetUserCommand({ UserName: 'ci' })));
  const { User } = await session.iam.send(new GetUserCommand({ UserName: 'ci' }));

  expect(longTerm.code).toBe('AccessDenied');
  expect(User?.UserName).toBe('ci');
});

test('a session makes no session of its own', async () => {
  const { sts, as } = await openSandbox();
  const session = as(sessionKey(await sts.send(new GetSessionTokenCommand())));

  expect(await refusal(session.sts.send(new GetSessionTokenCommand()))).toEqual({
    code: 'AccessDenied',
    status: 403,
    message: 'Cannot call GetSessionToken with session credentials',
  });
});

test('a session lives as long as asked for, by default 12 hours, and no longer than 36', async () => {
  const { sts } = await openSandbox();

  const asked = await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
  const preset = await sts.send(new GetSessionTokenCommand());
  const short = await refusal(sts.send(new GetSessionTokenCommand({ DurationSeconds: 899 })));
  const long = await refusal(sts.send(new GetSessionTokenCommand({ DurationSeconds: 129_601 })));

  expect(asked.Credentials?.Expiration).toEqual(new Date('2026-12-06T10:15:00Z'));
  expect(preset.Credentials?.Expiration).toEqual(new Date('2026-12-06T22:00:00Z'));
  expect([short.code, long.code]).toEqual(['ValidationError', 'ValidationError']);
});

test('the session of a deleted user ends with the user', async () => {
  const { userWith, as, sandbox } = await openSandbox();
  const { sts } = userWith('ci');
  const session = as(sessionKey(await sts.send(new GetSessionTokenCommand())));
  sandbox.account.deleteUser('ci');
  sandbox.account.createUser({ name: 'ci' });

  const refused = await refusal(session.sts.send(new GetCallerIdentityCommand()));

  expect(refused.code).toBe('InvalidClientTokenId');
});

test('a role that trusts the account is assumed by those whose own policies allow it', async () => {
  const { userWith, sandbox } = await openSandbox();
  const { arn: RoleArn } = sandbox.account.createRole({ name: 'rotator', path: '/tools/' });
  const allowed = userWith('allowed', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: RoleArn });
  const other = userWith('other');
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'nightly' });

  const { AssumedRoleUser, Credentials } = await allowed.sts.send(command);
  const refused = await refusal(other.sts.send(command));

  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/rotator/nightly');
  expect(Credentials?.Expiration).toEqual(new Date('2026-12-06T11:00:00Z'));
  expect(refused).toMatchObject({
    code: 'AccessDenied',
    message:
      'User: arn:aws:iam::123456789012:user/other is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/tools/rotator because no identity-based policy allows the sts:AssumeRole action',
  });
});

test('a role that trusts a user by name needs no policy of that user, but obeys a deny', async () => {
  const { userWith, sandbox } = await openSandbox();
  const trusts = ['arn:aws:iam::123456789012:user/named', 'arn:aws:iam::123456789012:user/denied'];
  const { arn: RoleArn } = sandbox.account.createRole({ name: 'rotator', trusts });
  const named = userWith('named');
  const denied = userWith('denied', { Effect: 'Deny', Action: 'sts:*', Resource: '*' });
  const untrusted = userWith('untrusted', { Effect: 'Allow', Action: 'sts:*', Resource: '*' });
  const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'nightly' });

  const { AssumedRoleUser } = await named.sts.send(command);

  expect(AssumedRoleUser?.AssumedRoleId).toMatch(/^AROA[A-Z2-7]{17}:nightly$/);
  expect((await refusal(denied.sts.send(command))).message).toContain('with an explicit deny');
  expect((await refusal(untrusted.sts.send(command))).code).toBe('AccessDenied');
});

test('root assumes no role', async () => {
  const { as, sandbox } = await openSandbox();
  const { arn: RoleArn } = sandbox.account.createRole({ name: 'rotator' });
  const { sts } = as(sandbox.account.createRootKey());

  const refused = await refusal(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'nightly' })));

  expect(refused.code).toBe('AccessDenied');
});
