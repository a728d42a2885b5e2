import {
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
} from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const get = (Name: string) => new GetParameterCommand({ Name, WithDecryption: true });
const all = { Effect: 'Allow', Action: 'ssm:*', Resource: '*' } as const;
const key = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';

test('a parameter that is not there is refused without a word', async () => {
  const { ssm } = await openSandbox();

  expect(await refusal(ssm.send(get('/app')))).toEqual({
    code: 'ParameterNotFound',
    status: 400,
    message: 'UnknownError',
  });
});

test('each Region has parameters of its own, and a call is a use in that Region', async () => {
  const { sandbox, userWith, as } = await openSandbox();
  const ci = userWith('ci', all);
  sandbox.parameters.create({ name: '/app', value: 'theirs', region: 'eu-west-1' });

  const { Parameter } = await as(ci.key, { region: 'eu-west-1' }).ssm.send(get('/app'));

  expect(Parameter).toMatchObject({ Value: 'theirs', ARN: 'arn:aws:ssm:eu-west-1:123456789012:parameter/app' });
  expect((await refusal(ci.ssm.send(get('/app')))).code).toBe('ParameterNotFound');
  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([{ lastUsed: { service: 'ssm', region: 'eu-west-1' } }]);
});

test('a SecureString with a key of the customer needs that key, but only to be decrypted', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.parameters.create({ name: '/app', value: 'one', keyId: '1234abcd' });
  const none = userWith('none', all).ssm;
  const reader = userWith('reader', all, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: key }).ssm;

  await none.send(new GetParameterCommand({ Name: '/app' }));
  expect((await reader.send(get('/app'))).Parameter?.Value).toBe('one');
  expect(await refusal(none.send(get('/app')))).toEqual({
    code: 'AccessDeniedException',
    status: 400,
    message: `User: arn:aws:iam::123456789012:user/none is not authorized to perform: kms:Decrypt on resource: ${key} because no identity-based policy allows the kms:Decrypt action`,
  });
});

test('writing one needs kms:Encrypt, in the advanced tier kms:GenerateDataKey', async () => {
  const { userWith } = await openSandbox();
  const encrypts = userWith('encrypts', all, { Effect: 'Allow', Action: 'kms:Encrypt', Resource: key }).ssm;
  const put = (Name: string, more: object = {}) =>
    new PutParameterCommand({ Name, Value: 'one', Type: 'SecureString', KeyId: '1234abcd', ...more });

  await encrypts.send(put('/standard'));
  const advanced = await refusal(encrypts.send(put('/advanced', { Tier: 'Advanced' })));

  expect(advanced.message).toContain(`not authorized to perform: kms:GenerateDataKey on resource: ${key}`);
});

test('overwriting without a key takes the key of the account', async () => {
  const { sandbox, ssm } = await openSandbox();
  sandbox.parameters.create({ name: '/app', value: 'one', keyId: '1234abcd' });

  await ssm.send(new PutParameterCommand({ Name: '/app', Value: 'two', Overwrite: true }));

  const versions = sandbox.parameters.snapshot()['/app']?.versions;
  expect(versions?.map(({ keyId }) => keyId)).toEqual(['1234abcd', 'alias/aws/ssm']);
});

test('an advanced parameter stays one, and its description stays', async () => {
  const { sandbox, ssm } = await openSandbox();
  sandbox.parameters.create({ name: '/app', value: 'one', tier: 'Advanced', description: 'of ci' });

  const { Tier } = await ssm.send(new PutParameterCommand({ Name: '/app', Value: 'x'.repeat(8192), Overwrite: true }));

  expect(Tier).toBe('Advanced');
  const { Parameters } = await ssm.send(new DescribeParametersCommand());
  expect(Parameters).toMatchObject([{ Name: '/app', Version: 2, Tier: 'Advanced', Description: 'of ci' }]);
});

test('a value must not hold another parameter', async () => {
  const { ssm } = await openSandbox();
  const command = new PutParameterCommand({ Name: '/app', Value: '{"a":"{{ssm:b}}"}', Type: 'String' });

  expect((await refusal(ssm.send(command))).code).toBe('ValidationException');
});

test('what is told without decryption depends on nothing in the value', async () => {
  const { sandbox, ssm } = await openSandbox();
  const sealed = async (value: string) => {
    sandbox.parameters.create({ name: '/app', value });
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/app' }));
    sandbox.parameters.delete('/app');
    return Parameter?.Value;
  };

  expect(await sealed('one')).toBe(await sealed('another'));
});

test('the name of a version comes back apart from the name', async () => {
  const { sandbox, ssm } = await openSandbox();
  sandbox.parameters.create({ name: '/app', value: 'one' });
  sandbox.parameters.put('/app', 'two');

  const { Parameter } = await ssm.send(get('/app:1'));
  const missing = await refusal(ssm.send(get('/app:9')));

  expect(Parameter).toMatchObject({ Name: '/app', Selector: ':1', Value: 'one' });
  expect(missing.message).toBe('Systems Manager could not find version 9 of /app. Verify the version and try again.');
});

test('one name that may not be read refuses all', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.parameters.create({ name: '/ours', value: 'one' });
  sandbox.parameters.create({ name: '/theirs', value: 'two' });
  const { ssm } = userWith('ci', { Effect: 'Allow', Action: 'ssm:GetParameters', Resource: '*:parameter/ours' });

  const refused = await refusal(ssm.send(new GetParametersCommand({ Names: ['/ours', '/theirs'] })));

  expect(refused.message).toContain('on resource: arn:aws:ssm:us-east-1:123456789012:parameter/theirs');
});

test('a path that holds a SecureString with a key of the customer needs that key', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.parameters.create({ name: '/app/plain', value: 'one', type: 'String' });
  const { ssm } = userWith('ci', all);
  const list = () => ssm.send(new GetParametersByPathCommand({ Path: '/app/', WithDecryption: true }));

  expect((await list()).Parameters).toMatchObject([{ Value: 'one' }]);
  sandbox.parameters.create({ name: '/app/sealed', value: 'two', keyId: '1234abcd' });

  expect((await refusal(list())).message).toContain('kms:Decrypt');
});

test('descriptions need a permission on every resource', async () => {
  const { userWith } = await openSandbox();
  const narrow = userWith('narrow', { Effect: 'Allow', Action: 'ssm:*', Resource: 'arn:aws:ssm:*:*:parameter/*' });
  const wide = userWith('wide', all);

  await wide.ssm.send(new DescribeParametersCommand());
  const refused = await refusal(narrow.ssm.send(new DescribeParametersCommand()));

  expect(refused.message).toContain('ssm:DescribeParameters on resource: arn:aws:ssm:us-east-1:123456789012:* because');
});

test('reads answer as the parameter was before', async () => {
  const { sandbox, ssm, clock } = await openSandbox({ readDelay: 10_000 });
  sandbox.parameters.create({ name: '/app', value: 'one' });
  await clock.advance(60_000);

  const { Version } = await ssm.send(new PutParameterCommand({ Name: '/app', Value: 'two', Overwrite: true }));
  const stale = await ssm.send(get('/app'));
  await clock.advance(10_000);
  const fresh = await ssm.send(get('/app'));

  expect([Version, stale.Parameter?.Value, fresh.Parameter?.Value]).toEqual([2, 'one', 'two']);
});

test('a server error has the name that SSM gives it', async () => {
  const { sandbox, ssm } = await openSandbox();
  sandbox.fault({ operation: 'ssm:*', call: 1, kind: 'error500' });

  expect(await refusal(ssm.send(get('/app')))).toMatchObject({ code: 'InternalServerError', status: 500 });
});

test('neither log nor snapshot nor listeners see a value, unless a snapshot is asked for it', async () => {
  const { sandbox, ssm } = await openSandbox();
  const seen: unknown[] = [];
  sandbox.onRequest((event) => void seen.push(event));

  await ssm.send(new PutParameterCommand({ Name: '/app', Value: 'hush', Type: 'SecureString' }));
  await ssm.send(get('/app'));

  const everything = JSON.stringify([sandbox.requests, sandbox.parameters.snapshot(), seen]);
  expect(everything).toContain('"Value":"hidden"');
  expect(everything).not.toContain('hush');
  expect(sandbox.parameters.snapshot({ values: true })['/app']?.versions).toMatchObject([{ value: 'hush' }]);
  expect(sandbox.parameters.value('/app')).toBe('hush');
});
