import { CreateUserCommand, ListGroupsCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { openSandbox, refusal, sessionKey } from './open-sandbox.ts';

const formType = { 'content-type': 'application/x-www-form-urlencoded' };

test('an unsigned request is refused', async () => {
  const { sandbox } = await openSandbox();

  const answer = await fetch(sandbox.url, { method: 'POST', headers: formType, body: 'Action=ListUsers' });

  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain(
    '<Code>MissingAuthenticationToken</Code><Message>Request is missing Authentication Token</Message>',
  );
});

test('an Authorization header that is no signature is refused', async () => {
  const { sandbox } = await openSandbox();

  const headers = { ...formType, authorization: 'Bearer abc' };
  const answer = await fetch(sandbox.url, { method: 'POST', headers, body: 'Action=ListUsers' });

  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('<Code>IncompleteSignature</Code>');
});

test('a wrong secret is told as AWS tells it, and is not taken for an unknown key', async () => {
  const { sandbox, as } = await openSandbox();
  const { sts } = as({ ...sandbox.credentials, secretAccessKey: 'w'.repeat(40) });

  expect(await refusal(sts.send(new GetCallerIdentityCommand()))).toEqual({
    code: 'SignatureDoesNotMatch',
    status: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  });
});

test('a body changed after signing is refused, even where its claimed hash is left alone', async () => {
  const { sandbox, iam } = await openSandbox();
  const send = iam.config.requestHandler.handle.bind(iam.config.requestHandler);
  iam.config.requestHandler.handle = (request, options) => {
    request.body = request.body.replace('alice', 'mallo');
    return send(request, options);
  };

  const refused = await refusal(iam.send(new CreateUserCommand({ UserName: 'alice' })));

  expect(refused).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  expect(Object.keys(sandbox.account.snapshot())).toEqual(['administrator']);
});

test('a refused key is told as AWS tells it', async () => {
  const { sandbox, userWith } = await openSandbox();
  const { key, sts } = userWith('ci');
  sandbox.account.setStatus(key.accessKeyId, 'Inactive');

  const refused = await refusal(sts.send(new GetCallerIdentityCommand()));

  expect(refused).toEqual({
    code: 'InvalidClientTokenId',
    status: 403,
    message: 'The security token included in the request is invalid.',
  });
});

test('a signature for a service that is not there is refused', async () => {
  const { sandbox } = await openSandbox();
  const scope = `${sandbox.credentials.accessKeyId}/20261206/us-east-1/nosuchservice/aws4_request`;

  const headers = {
    ...formType,
    'x-amz-date': '20261206T100000Z',
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  };
  const answer = await fetch(sandbox.url, { method: 'POST', headers, body: 'Action=ListUsers' });

  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
});

test('an operation that is not there is refused after the signature is checked', async () => {
  const { iam, sandbox } = await openSandbox();

  const refused = await refusal(iam.send(new ListGroupsCommand()));

  expect(refused).toEqual({
    code: 'InvalidAction',
    status: 400,
    message: 'Could not find operation ListGroups for version 2010-05-08',
  });
  expect(sandbox.requests).toMatchObject([{ operation: 'ListGroups', error: 'InvalidAction' }]);
});

test('by default a signature may be as far from the clock as it likes', async () => {
  const { sts, clock } = await openSandbox();
  await clock.advance(40 * 24 * 60 * 60 * 1000);

  const { Account } = await sts.send(new GetCallerIdentityCommand());

  expect(Account).toBe('123456789012');
});

test('with enforceClockSkew an old signature has expired', async () => {
  const { sts } = await openSandbox({ enforceClockSkew: true });
  sts.config.systemClockOffset = Date.parse('2026-12-06T09:40:00Z') - Date.now();
  sts.config.disableClockSkewCorrection = async () => false;

  const refused = await refusal(sts.send(new GetCallerIdentityCommand()));

  expect(refused).toMatchObject({ code: 'SignatureDoesNotMatch', status: 403 });
  expect(refused.message).toMatch(
    /^Signature expired: 20261206T09\d{4}Z is now earlier than 20261206T094500Z \(20261206T100000Z - 15 min\.\)$/,
  );
});

test('with enforceClockSkew a signature from the future is not yet current', async () => {
  const { sts } = await openSandbox({ enforceClockSkew: true });
  sts.config.systemClockOffset = Date.parse('2026-12-06T10:30:00Z') - Date.now();
  sts.config.disableClockSkewCorrection = async () => false;

  const refused = await refusal(sts.send(new GetCallerIdentityCommand()));

  expect(refused.message).toMatch(
    /^Signature not yet current: 20261206T10\d{4}Z is still later than 20261206T101500Z \(20261206T100000Z \+ 15 min\.\)$/,
  );
});

test('with enforceClockSkew a client that may retry corrects itself by the Date of the refusal', async () => {
  const { sandbox, as } = await openSandbox({ enforceClockSkew: true });
  const { sts } = as(sandbox.credentials, { maxAttempts: 3 });
  sts.config.disableClockSkewCorrection = async () => false;
  sts.config.systemClockOffset = 400 * 24 * 60 * 60 * 1000;

  await sts.send(new GetCallerIdentityCommand());
  await sts.send(new GetCallerIdentityCommand());

  expect(sandbox.requests.map((request) => request.error)).toEqual(['SignatureDoesNotMatch', null, null]);
});

test('temporary credentials expire on the sandbox clock', async () => {
  const { as, clock, sts } = await openSandbox();
  const session = as(sessionKey(await sts.send(new GetSessionTokenCommand({ DurationSeconds: 900 }))));

  await clock.advance(899_000);
  const last = await session.sts.send(new GetCallerIdentityCommand());
  await clock.advance(1_000);
  const refused = await refusal(session.sts.send(new GetCallerIdentityCommand()));

  expect(last.Arn).toBe('arn:aws:iam::123456789012:user/administrator');
  expect(refused).toEqual({
    code: 'ExpiredToken',
    status: 403,
    message: 'The security token included in the request is expired',
  });
});
