import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { translate } from '../../src/aws/translate.ts';
import { createVirtualClock } from '../../src/clock.ts';
import type { KeyturnError } from '../../src/errors.ts';
import { createSandbox, type FaultKind } from '../../src/sandbox/index.ts';

const everything = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } } as const;

async function arranged() {
  const sandbox = await createSandbox({ clock: createVirtualClock('2026-12-06T10:00:00Z') });
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const connect = (pair: KeyPair, endpointUrl = sandbox.url) =>
    createAws({
      clock: createVirtualClock('2026-12-06T10:00:00Z'),
      version: '0',
      endpointUrl,
      region: 'us-east-1',
      credentials: pair,
    });
  return { sandbox, connect, aws: connect(new KeyPair(accessKeyId, secretAccessKey)) };
}

const caught = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: unknown) => error as KeyturnError,
  );

test.each<[FaultKind, string, number]>([
  ['lostAnswer', 'AnswerUnknownError', 1],
  ['garbage', 'AnswerUnknownError', 1],
  ['error500', 'AnswerUnknownError', 0],
  ['reset', 'AnswerUnknownError', 0],
  ['throttled', 'ThrottledError', 0],
  ['accessDenied', 'AccessDeniedError', 0],
])('CreateAccessKey that meets %s is sent once and ends as %s', async (kind, name, made) => {
  const { sandbox, aws } = await arranged();
  sandbox.account.createUser({ name: 'alice', policies: [everything] });
  sandbox.fault({ operation: 'CreateAccessKey', call: 'every', kind });

  const error = await caught(aws.createKey('alice', 'rot-1'));

  expect(error?.name).toBe(name);
  expect(sandbox.requests.filter((request) => request.operation === 'CreateAccessKey')).toHaveLength(1);
  expect(sandbox.account.snapshot().alice?.keys).toHaveLength(made);
  await sandbox.close();
});

test('the answer to CreateAccessKey stays out of the error, whatever was wrong with it', async () => {
  const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const body = `<CreateAccessKeyResponse><SecretAccessKey>${secret}</SecretAccessKey>`;
  const broken = Object.assign(new SyntaxError(`unexpected end of <SecretAccessKey>${secret}`), {
    $response: { statusCode: 200, body },
    $metadata: { httpStatusCode: 200, requestId: 'a-request' },
  });

  const error = translate('iam:CreateAccessKey', broken);

  expect(error.name).toBe('AnswerUnknownError');
  expect(error.message).toBe('no usable answer to iam:CreateAccessKey: SyntaxError (HTTP 200) (request a-request)');
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
});

test('a refusal names the action and the resource, and what to allow', async () => {
  const { sandbox, connect } = await arranged();
  const [key] = sandbox.account.createUser({ name: 'bob', keys: [{ createdAt: '2026-01-01T00:00:00Z' }] }).keys;
  sandbox.account.createUser({ name: 'alice' });

  const error = await caught(connect(new KeyPair(key?.accessKeyId ?? '', key?.secretAccessKey ?? '')).keys('alice'));

  expect(error?.name).toBe('AccessDeniedError');
  expect(error?.message).toContain('iam:ListAccessKeys is denied');
  expect(error?.message).toContain('arn:aws:iam::123456789012:user/alice');
  expect(error?.hint).toBe('allow iam:ListAccessKeys for whoever runs keyturn, then run the same command again');
  await sandbox.close();
});

test('a key that is unknown, inactive or has another secret is one and the same refusal', async () => {
  const { sandbox, connect } = await arranged();
  const [key] = sandbox.account.createUser({ name: 'bob', keys: [{ createdAt: '2026-01-01T00:00:00Z' }] }).keys;
  const id = key?.accessKeyId ?? '';

  const unknown = await caught(connect(new KeyPair('AKIAIOSFODNN7EXAMPLE', 'x'.repeat(40))).caller());
  const wrongSecret = await caught(connect(new KeyPair(id, 'x'.repeat(40))).caller());
  sandbox.account.setStatus(id, 'Inactive');
  const inactive = await caught(connect(new KeyPair(id, key?.secretAccessKey ?? '')).caller());

  expect([unknown?.name, wrongSecret?.name, inactive?.name]).toEqual(Array(3).fill('KeyNotAcceptedError'));
  await sandbox.close();
});

test('an MFA code that AWS refuses is said as such, and that the next one is needed', () => {
  const message = 'MultiFactorAuthentication failed with invalid MFA one time pass code. ';
  const refused = Object.assign(new Error(message), { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });

  const error = translate('sts:AssumeRole', refused);

  expect(error.name).toBe('AccessDeniedError');
  expect(error.message).toBe('AWS did not accept the MFA code for sts:AssumeRole');
  expect(error.hint).toContain('wait for the next one');
});

test('nobody listening is said as such, with what to check', async () => {
  const { sandbox, connect } = await arranged();
  await sandbox.close();

  const error = await caught(connect(new KeyPair('AKIAIOSFODNN7EXAMPLE', 'x'.repeat(40))).caller());

  expect(error?.message).toBe(
    `AWS could not be reached for sts:GetCallerIdentity: ECONNREFUSED ${sandbox.url.replace('http://', '')}`,
  );
  expect(error?.hint).toBe(
    'this call changed nothing; check the network, the region and AWS_ENDPOINT_URL, then run the same command again',
  );
});

test('a host that is not there is named: that is how a wrong region shows', () => {
  const error = translate('sts:GetCallerIdentity', { code: 'ENOTFOUND', hostname: 'sts.us-eats-1.amazonaws.com' });

  expect(error.message).toBe(
    'AWS could not be reached for sts:GetCallerIdentity: ENOTFOUND sts.us-eats-1.amazonaws.com',
  );
});

test('S11 time is that of the newest answer, moved on by what passed here since, refusals included', async () => {
  const clock = createVirtualClock('2026-01-01T00:00:00Z', { auto: false });
  const far = createVirtualClock('2026-12-06T10:00:00Z', { auto: false });
  const sandbox = await createSandbox({ clock: far });
  const aws = createAws({
    clock,
    version: '0',
    endpointUrl: sandbox.url,
    region: 'us-east-1',
    credentials: new KeyPair('AKIAIOSFODNN7EXAMPLE', 'x'.repeat(40)),
  });

  expect(aws.time()).toBeNull();
  await caught(aws.caller());
  await clock.advance(90_000);

  expect(new Date(aws.time() ?? 0).toISOString()).toBe('2026-12-06T10:01:30.000Z');
  await sandbox.close();
});
