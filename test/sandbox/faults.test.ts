import { CreateAccessKeyCommand, GetUserCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import type { FaultRule } from '../../src/sandbox/index.ts';
import { openSandbox, refusal, until } from './open-sandbox.ts';

const createKey = () => new CreateAccessKeyCommand({ UserName: 'ci' });

async function openWithCi(...faults: FaultRule[]) {
  const opened = await openSandbox();
  opened.sandbox.account.createUser({ name: 'ci' });
  for (const fault of faults) opened.sandbox.fault(fault);
  return { ...opened, keys: () => opened.sandbox.account.snapshot().ci?.keys.length };
}

test('lostAnswer makes the change and tells nobody', async () => {
  const { iam, keys, sandbox } = await openWithCi({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });

  await expect(iam.send(createKey())).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect(keys()).toBe(1);
  expect(sandbox.requests).toMatchObject([{ operation: 'CreateAccessKey', error: null, fault: 'lostAnswer' }]);
});

test('a default client that lost the answer makes a second key', async () => {
  const { as, sandbox, keys } = await openWithCi({ operation: 'CreateAccessKey', call: 1, kind: 'lostAnswer' });
  const { iam } = as(sandbox.credentials, { maxAttempts: 3 });

  await iam.send(createKey());

  expect(keys()).toBe(2);
});

test('reset changes nothing', async () => {
  const { iam, keys, sandbox } = await openWithCi({ operation: 'CreateAccessKey', call: 1, kind: 'reset' });

  await expect(iam.send(createKey())).rejects.toMatchObject({ code: 'ECONNRESET' });

  expect(keys()).toBe(0);
  expect(sandbox.account.snapshot().administrator?.keys).toMatchObject([{ lastUsed: null }]);
});

test.each<[FaultRule['kind'], string, number, string]>([
  ['error500', 'ServiceFailure', 500, 'The request processing has failed because of an unknown error.'],
  ['throttled', 'Throttling', 400, 'Rate exceeded'],
  [
    'accessDenied',
    'AccessDenied',
    403,
    'User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: iam:CreateAccessKey on resource: arn:aws:iam::123456789012:user/ci because no identity-based policy allows the iam:CreateAccessKey action',
  ],
])('%s refuses and changes nothing', async (kind, code, status, message) => {
  const { iam, keys } = await openWithCi({ operation: 'CreateAccessKey', call: 1, kind });

  expect(await refusal(iam.send(createKey()))).toEqual({ code, status, message });
  expect(keys()).toBe(0);
});

test('garbage makes the change and answers with what no client can read', async () => {
  const { iam, keys } = await openWithCi({ operation: 'CreateAccessKey', call: 1, kind: 'garbage' });

  await expect(iam.send(createKey())).rejects.toThrow();

  expect(keys()).toBe(1);
});

test('a delayed request is applied only when its time on the sandbox clock has passed', async () => {
  const { iam, keys, clock, sandbox } = await openWithCi({
    operation: 'CreateAccessKey',
    call: 1,
    kind: 'delayed',
    ms: 90_000,
  });

  const answer = iam.send(createKey());
  await until(() => sandbox.requests.length === 1);
  await clock.advance(89_999);
  expect(keys()).toBe(0);
  await clock.advance(1);

  expect((await answer).AccessKey?.CreateDate).toEqual(new Date('2026-12-06T10:01:30Z'));
});

test('a delayed request is applied even after its client has gone', async () => {
  const { iam, keys, clock, sandbox } = await openWithCi({
    operation: 'CreateAccessKey',
    call: 1,
    kind: 'delayed',
    ms: 90_000,
  });
  const impatience = new AbortController();

  const answer = iam.send(createKey(), { abortSignal: impatience.signal });
  await until(() => sandbox.requests.length === 1);
  impatience.abort();
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  await clock.advance(90_000);

  await until(() => keys() === 1);
});

test.each([
  [undefined, 1],
  [false, 0],
])('noAnswer leaves the client waiting; with applied %s there are %i keys', async (applied, made) => {
  const rule: FaultRule = { operation: 'CreateAccessKey', call: 1, kind: 'noAnswer' };
  const { iam, keys, sandbox } = await openWithCi(applied === undefined ? rule : { ...rule, applied });
  const impatience = new AbortController();
  const before = new Promise((resolve) => sandbox.onRequest(resolve));

  const answer = iam.send(createKey(), { abortSignal: impatience.signal });
  if (made > 0) await before;
  else await until(() => sandbox.requests.length === 1);
  impatience.abort();

  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  expect(keys()).toBe(made);
});

test('a fault falls on the n-th call of its operation and no other', async () => {
  const { iam, sts } = await openWithCi({ operation: 'ListAccessKeys', call: 2, kind: 'throttled' });
  const list = () =>
    iam.send(new ListAccessKeysCommand({ UserName: 'ci' })).then(
      () => 'ok',
      (error) => error.name,
    );

  await sts.send(new GetCallerIdentityCommand());
  await iam.send(new GetUserCommand({ UserName: 'ci' }));

  expect([await list(), await list(), await list()]).toEqual(['ok', 'Throttling', 'ok']);
});

test('a fault may fall on every call, or on those that a function picks', async () => {
  const { iam, sts } = await openWithCi(
    { operation: 'ListAccessKeys', call: 'every', kind: 'throttled' },
    { operation: 'sts:*', call: 'every', kind: 'error500' },
    { operation: 'GetUser', call: (call) => call % 2 === 0, kind: 'throttled' },
  );
  const code = (call: Promise<unknown>) =>
    call.then(
      () => 'ok',
      (error) => error.name,
    );
  const list = () => code(iam.send(new ListAccessKeysCommand({ UserName: 'ci' })));
  const get = () => code(iam.send(new GetUserCommand({ UserName: 'ci' })));

  expect([await list(), await list()]).toEqual(['Throttling', 'Throttling']);
  expect([await get(), await get(), await get(), await get()]).toEqual(['ok', 'Throttling', 'ok', 'Throttling']);
  expect(await code(sts.send(new GetCallerIdentityCommand()))).toBe('ServiceFailure');
});

test('a fault may be meant for one key', async () => {
  const { sandbox, userWith, sts } = await openWithCi();
  const other = userWith('other');
  sandbox.fault({
    operation: 'GetCallerIdentity',
    call: 'every',
    kind: 'throttled',
    accessKeyId: other.key.accessKeyId,
  });

  await sts.send(new GetCallerIdentityCommand());

  expect((await refusal(other.sts.send(new GetCallerIdentityCommand()))).code).toBe('Throttling');
});

test('a fault can be called off', async () => {
  const { sandbox, sts } = await openWithCi();
  const callOff = sandbox.fault({ operation: '*', call: 'every', kind: 'throttled' });
  expect((await refusal(sts.send(new GetCallerIdentityCommand()))).code).toBe('Throttling');

  callOff();
  await sts.send(new GetCallerIdentityCommand());

  sandbox.fault({ operation: '*', call: 'every', kind: 'throttled' });
  sandbox.clearFaults();
  await sts.send(new GetCallerIdentityCommand());
});
