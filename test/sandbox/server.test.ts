import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, expect, test, vi } from 'vitest';
import { openSandbox, until } from './open-sandbox.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('answers carry the time of the sandbox clock and a request id', async () => {
  const { sandbox, clock } = await openSandbox();
  await clock.advance(24 * 60 * 60 * 1000);

  const { headers } = await fetch(sandbox.url, { method: 'POST', body: 'Action=ListUsers' });

  expect(headers.get('date')).toBe('Mon, 07 Dec 2026 10:00:00 GMT');
  expect(headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('listens on 127.0.0.1 only', async () => {
  const { sandbox } = await openSandbox();

  expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('a client finds the sandbox by AWS_ENDPOINT_URL', async () => {
  const { sandbox } = await openSandbox();
  vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', sandbox.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', sandbox.credentials.secretAccessKey);
  const sts = new STSClient();

  const { Arn } = await sts.send(new GetCallerIdentityCommand());
  sts.destroy();

  expect(Arn).toBe('arn:aws:iam::123456789012:user/administrator');
});

test('closes while connections are kept alive and while a request has no answer', async () => {
  const { sandbox, sts, as } = await openSandbox();
  await sts.send(new GetCallerIdentityCommand());
  sandbox.fault({ operation: 'GetCallerIdentity', call: 1, kind: 'noAnswer' });
  const unanswered = as(sandbox.credentials).sts.send(new GetCallerIdentityCommand());
  const refused = expect(unanswered).rejects.toMatchObject({ code: 'ECONNRESET' });
  await until(() => sandbox.requests.length === 2);

  await sandbox.close();

  await refused;
});
