import { CreateAccessKeyCommand, GetUserCommand, TagUserCommand } from '@aws-sdk/client-iam';
import { expect, test } from 'vitest';
import type { RequestEvent } from '../../src/sandbox/index.ts';
import { openSandbox, refusal } from './open-sandbox.ts';

test('the log tells operation, signer, time and refusal of each request', async () => {
  const { iam, sandbox, clock, userWith } = await openSandbox();
  const ci = userWith('ci');

  await iam.send(new GetUserCommand({ UserName: 'ci' }));
  await clock.advance(90_000);
  await refusal(ci.iam.send(new GetUserCommand()));

  const known = { service: 'iam', operation: 'GetUser', fault: null, userAgent: expect.stringContaining('aws-sdk-js') };
  expect(sandbox.requests).toEqual([
    { ...known, accessKeyId: sandbox.credentials.accessKeyId, at: '2026-12-06T10:00:00Z', error: null },
    { ...known, accessKeyId: ci.key.accessKeyId, at: '2026-12-06T10:01:30Z', error: 'AccessDenied' },
  ]);
});

test('neither log nor snapshot nor listeners see a secret', async () => {
  const { iam, sandbox } = await openSandbox();
  const seen: RequestEvent[] = [];
  sandbox.onRequest((event) => void seen.push(event));
  sandbox.account.createUser({ name: 'ci' });

  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ci' }));

  const everything = JSON.stringify([sandbox.requests, sandbox.account.snapshot(), seen]);
  expect(everything).toContain(AccessKey?.AccessKeyId);
  expect(everything).not.toContain(AccessKey?.SecretAccessKey);
  expect(everything).not.toContain(sandbox.credentials.secretAccessKey);
});

test('a listener sees each request before and after it is applied', async () => {
  const { iam, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci' });
  const seen: object[] = [];
  const stop = sandbox.onRequest(({ phase, error }) => {
    seen.push({ phase, error, tags: sandbox.account.tags('ci') });
  });

  await iam.send(new TagUserCommand({ UserName: 'ci', Tags: [{ Key: 'a', Value: '1' }] }));
  stop();
  await iam.send(new TagUserCommand({ UserName: 'ci', Tags: [{ Key: 'b', Value: '2' }] }));

  expect(seen).toEqual([
    { phase: 'before', error: null, tags: {} },
    { phase: 'after', error: null, tags: { a: '1' } },
  ]);
});

test('a listener is told the input, and who is calling with what', async () => {
  const { iam, sandbox } = await openSandbox();
  const seen: RequestEvent[] = [];
  sandbox.onRequest((event) => void seen.push(event));

  await iam.send(new TagUserCommand({ UserName: 'administrator', Tags: [{ Key: 'a', Value: '1' }] }));

  expect(seen[0]).toEqual({
    phase: 'before',
    needs: [{ action: 'iam:TagUser', resource: 'arn:aws:iam::123456789012:user/administrator' }],
    service: 'iam',
    operation: 'TagUser',
    params: { UserName: 'administrator', Tags: [{ Key: 'a', Value: '1' }] },
    principal: {
      type: 'user',
      arn: 'arn:aws:iam::123456789012:user/administrator',
      userId: expect.stringMatching(/^AIDA/),
      accessKeyId: sandbox.credentials.accessKeyId,
      userName: 'administrator',
      session: null,
    },
    userAgent: expect.stringContaining('aws-sdk-js'),
    error: null,
  });
});

test('a refused request is told once, after, with its error', async () => {
  const { sandbox, userWith, as } = await openSandbox();
  const ci = userWith('ci');
  const seen: object[] = [];
  sandbox.onRequest(({ phase, error, principal }) => {
    seen.push({ phase, error, caller: principal?.userName ?? null });
  });

  await refusal(ci.iam.send(new GetUserCommand()));
  await refusal(as({ ...ci.key, secretAccessKey: 'wrong' }).iam.send(new GetUserCommand()));

  expect(seen).toEqual([
    { phase: 'after', error: 'AccessDenied', caller: 'ci' },
    { phase: 'after', error: 'SignatureDoesNotMatch', caller: null },
  ]);
});

test('a request waits for its listener', async () => {
  const { iam, sandbox } = await openSandbox();
  sandbox.account.createUser({ name: 'ci' });
  sandbox.onRequest(async ({ phase }) => {
    if (phase !== 'before') return;
    await Promise.resolve();
    sandbox.account.deleteUser('ci');
  });

  const refused = await refusal(iam.send(new GetUserCommand({ UserName: 'ci' })));

  expect(refused.code).toBe('NoSuchEntity');
});

test('what a listener throws ends the connection and comes out of close', async () => {
  const { iam, sandbox } = await openSandbox();
  sandbox.onRequest(() => {
    throw new Error('rule broken');
  });

  await expect(iam.send(new GetUserCommand())).rejects.toMatchObject({ code: 'ECONNRESET' });

  await expect(sandbox.close()).rejects.toThrow('rule broken');
});
