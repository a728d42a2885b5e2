// Ways to a role without a key of its own: single sign-on's portal, an identity provider's token, and MFA codes.
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from 'vitest';
import { openSandbox, refusal, type SigningKey, sessionKey } from './open-sandbox.ts';

interface Given extends SigningKey {
  expiration: number;
}

describe('the portal of single sign-on', () => {
  const ask = async (url: string, token: string, { role = 'Admin', account = '123456789012' } = {}) => {
    const answer = await fetch(`${url}/federation/credentials?role_name=${role}&account_id=${account}`, {
      headers: { 'x-amz-sso_bearer_token': token },
    });
    return {
      status: answer.status,
      type: answer.headers.get('x-amzn-errortype'),
      body: (await answer.json()) as { roleCredentials: Given },
    };
  };

  test('exchanges the token of a sign-in for a session of the role behind the permission set', async () => {
    const { sandbox, as } = await openSandbox();
    const { arn } = sandbox.account.createRole({ name: 'admins' });
    const token = sandbox.account.signIn({ person: 'jo@example.com', permissionSets: { Admin: arn } });

    const { status, body } = await ask(sandbox.url, token);
    const { expiration, ...session } = body.roleCredentials;
    const { Arn } = await as(session).sts.send(new GetCallerIdentityCommand());

    expect([status, expiration]).toEqual([200, Date.UTC(2026, 11, 6, 11)]);
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/admins/jo@example.com');
  });

  test('refuses a token that it does not know, or that has expired', async () => {
    const { sandbox, clock } = await openSandbox();
    const { arn } = sandbox.account.createRole({ name: 'admins' });
    const token = sandbox.account.signIn({ permissionSets: { Admin: arn }, seconds: 60 });

    const unknown = await ask(sandbox.url, 'unknown');
    await clock.advance(60_000);
    const late = await ask(sandbox.url, token);

    expect([unknown.status, unknown.type]).toEqual([401, 'UnauthorizedException']);
    expect([late.status, late.type]).toEqual([401, 'UnauthorizedException']);
  });

  test.each([{ role: 'Other' }, { role: 'toString' }, { account: '210987654321' }])(
    'gives nobody %j',
    async (wanted) => {
      const { sandbox } = await openSandbox();
      const { arn } = sandbox.account.createRole({ name: 'admins' });
      const token = sandbox.account.signIn({ permissionSets: { Admin: arn } });

      const { status, type } = await ask(sandbox.url, token, wanted);

      expect([status, type]).toEqual([403, 'ForbiddenException']);
    },
  );

  test('listeners and the log see no token', async () => {
    const { sandbox } = await openSandbox();
    const events: unknown[] = [];
    sandbox.onRequest((event) => void events.push(event));

    await ask(sandbox.url, 'said-aloud');

    expect(sandbox.requests).toMatchObject([{ service: 'sso', operation: 'GetRoleCredentials', accessKeyId: null }]);
    expect(events).toMatchObject([
      { phase: 'before', principal: null },
      { phase: 'after', principal: null, error: 'UnauthorizedException' },
    ]);
    expect(JSON.stringify([events, sandbox.requests])).not.toContain('said-aloud');
  });
});

describe('AssumeRoleWithWebIdentity', () => {
  const RoleArn = 'arn:aws:iam::123456789012:role/pod';
  const command = (WebIdentityToken: string) =>
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'pod-1', WebIdentityToken });

  test('gives the role to whoever brings its token', async () => {
    const { sandbox, sts, as } = await openSandbox();
    sandbox.account.createRole({ name: 'pod', webIdentityToken: 'eyJ.pod.sig' });

    const session = sessionKey(await sts.send(command('eyJ.pod.sig')));
    const { Arn } = await as(session).sts.send(new GetCallerIdentityCommand());

    expect(sandbox.requests[0]).toMatchObject({ operation: 'AssumeRoleWithWebIdentity', accessKeyId: null });
    expect(Arn).toBe('arn:aws:sts::123456789012:assumed-role/pod/pod-1');
  });

  test('refuses another token, and a role that takes none', async () => {
    const { sandbox, sts } = await openSandbox();
    sandbox.account.createRole({ name: 'pod', webIdentityToken: 'eyJ.pod.sig' });
    sandbox.account.createRole({ name: 'plain' });

    const other = await refusal(sts.send(command('eyJ.other.sig')));
    const plain = await refusal(
      sts.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: 'arn:aws:iam::123456789012:role/plain',
          RoleSessionName: 'pod-1',
          WebIdentityToken: 'eyJ.pod.sig',
        }),
      ),
    );

    const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
    expect([other, plain]).toEqual(Array(2).fill({ code: 'AccessDenied', status: 403, message }));
  });

  test('is all that STS answers without a signature', async () => {
    const { sandbox } = await openSandbox();

    const { status } = await fetch(sandbox.url, {
      method: 'POST',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });

    expect(status).toBe(403);
  });
});

describe('an MFA code', () => {
  const SerialNumber = 'arn:aws:iam::123456789012:mfa/ci';

  test('opens a role that is given to those with MFA only', async () => {
    const { sandbox, sts } = await openSandbox();
    const { arn: RoleArn } = sandbox.account.createRole({ name: 'rotator', requiresMfa: true });
    sandbox.account.setMfaCode(SerialNumber, '271828');
    const assume = (more: { SerialNumber?: string; TokenCode?: string }) =>
      sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me', ...more }));

    const without = await refusal(assume({}));
    const wrong = await refusal(assume({ SerialNumber, TokenCode: '314159' }));
    const right = await assume({ SerialNumber, TokenCode: '271828' });

    expect(without).toMatchObject({ code: 'AccessDenied', message: expect.stringContaining('sts:AssumeRole') });
    expect(wrong).toEqual({
      code: 'AccessDenied',
      status: 403,
      message: 'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    });
    expect(right.Credentials?.AccessKeyId).toMatch(/^ASIA/);
  });

  test.each(['12345', '1234567', 'abcdef'])('that is none is a validation error: %s', async (TokenCode) => {
    const { sts } = await openSandbox();

    const { code, message } = await refusal(sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode })));

    expect(code).toBe('ValidationError');
    expect(message).toContain("at 'tokenCode' failed to satisfy constraint");
  });
});
