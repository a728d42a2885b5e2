import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  StopReplicationToReplicaCommand,
  TagResourceCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { openSandbox, refusal } from './open-sandbox.ts';

const hour = 60 * 60 * 1000;
const day = 24 * hour;
const get = (SecretId: string, more: { VersionId?: string; VersionStage?: string } = {}) =>
  new GetSecretValueCommand({ SecretId, ...more });
const put = (SecretId: string, SecretString: string) => new PutSecretValueCommand({ SecretId, SecretString });

test('each Region has secrets of its own', async () => {
  const { sandbox, secrets, as } = await openSandbox();
  const frankfurt = as(sandbox.credentials, { region: 'eu-central-1' }).secrets;

  const { ARN = '' } = await frankfurt.send(new CreateSecretCommand({ Name: 'app', SecretString: 'theirs' }));
  await secrets.send(new CreateSecretCommand({ Name: 'app', SecretString: 'ours' }));

  expect(ARN).toMatch(/^arn:aws:secretsmanager:eu-central-1:123456789012:secret:app-[A-Za-z0-9]{6}$/);
  expect((await secrets.send(get('app'))).SecretString).toBe('ours');
  expect((await frankfurt.send(get('app'))).SecretString).toBe('theirs');
  expect((await refusal(secrets.send(get(ARN)))).code).toBe('ResourceNotFoundException');
});

test('a call is a use of its key, of this service and in the Region signed for', async () => {
  const { sandbox, userWith, as } = await openSandbox();
  const { key } = userWith('ci');

  await refusal(as(key, { region: 'eu-west-1' }).secrets.send(get('app')));

  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([
    { lastUsed: { at: '2026-12-06T10:00:00Z', service: 'secretsmanager', region: 'eu-west-1' } },
  ]);
});

test('what is not found is told in the words of AWS', async () => {
  const { sandbox, secrets } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  const version = '11111111-2222-3333-4444-555555555555';
  const told = async (command: GetSecretValueCommand) => (await refusal(secrets.send(command))).message;

  expect(await told(get('nothing'))).toBe("Secrets Manager can't find the specified secret.");
  expect(await told(get('app', { VersionStage: 'AWSPENDING' }))).toBe(
    "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
  );
  expect(await told(get('app', { VersionId: version }))).toBe(
    "Secrets Manager can't find the specified secret value for VersionId: 11111111-2222-3333-4444-555555555555",
  );
});

test('a move without the version that loses the label names it', async () => {
  const { sandbox, secrets } = await openSandbox();
  const { versionId } = sandbox.secrets.create({ name: 'app', value: 'one' });
  const MoveToVersionId = sandbox.secrets.put('app', 'two', { stages: ['AWSPENDING'] });
  const move = { SecretId: 'app', VersionStage: 'AWSCURRENT', MoveToVersionId };

  const { message } = await refusal(secrets.send(new UpdateSecretVersionStageCommand(move)));

  expect(message).toBe(
    `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${versionId}, so you must explicitly reference that version in RemoveFromVersionId.`,
  );
});

test('a name that ends as an ARN does is not found by its ARN without the last six characters', async () => {
  const { sandbox, secrets } = await openSandbox();
  const { arn } = sandbox.secrets.create({ name: 'app-a1b2c3', value: 'one' });

  expect((await secrets.send(get(arn))).SecretString).toBe('one');
  expect((await refusal(secrets.send(get(arn.slice(0, -7))))).code).toBe('ResourceNotFoundException');
});

test('the oldest version without a label goes for the 101st, once it is a day old', async () => {
  const { sandbox, secrets, clock } = await openSandbox();
  const { versionId } = sandbox.secrets.create({ name: 'app', value: 'value 1' });
  for (let version = 2; version <= 100; version++) sandbox.secrets.put('app', `value ${version}`);

  await clock.advance(23 * hour);
  const young = await refusal(secrets.send(put('app', 'value 101')));
  await clock.advance(hour);
  await secrets.send(put('app', 'value 101'));

  expect(young.code).toBe('LimitExceededException');
  const versions = sandbox.secrets.snapshot({ values: true }).app?.versions ?? [];
  expect(versions.map(({ id }) => id)).not.toContain(versionId);
  expect([versions[0]?.value, versions.at(-1)?.value, versions.length]).toEqual(['value 2', 'value 101', 100]);
});

test('versions without a label may go at any time', async () => {
  const { sandbox, secrets } = await openSandbox();
  const { versionId } = sandbox.secrets.create({ name: 'app', value: 'one' });
  sandbox.secrets.put('app', 'two');
  sandbox.secrets.put('app', 'three');
  const oldest = get('app', { VersionId: String(versionId) });

  expect((await secrets.send(oldest)).SecretString).toBe('one');
  sandbox.secrets.removeDeprecated('app');

  expect((await refusal(secrets.send(oldest))).code).toBe('ResourceNotFoundException');
});

test('all versions together have at most 20 labels', async () => {
  const { sandbox, secrets } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  const labelled = (count: number) =>
    new PutSecretValueCommand({
      SecretId: 'app',
      SecretString: 'two',
      VersionStages: Array.from({ length: count }, (_, index) => `label-${index}`),
    });

  const refused = await refusal(secrets.send(labelled(20)));
  await secrets.send(labelled(19));

  expect(refused.code).toBe('LimitExceededException');
});

test('UpdateSecret refuses a token that a version has, even with the same value', async () => {
  const { sandbox, secrets } = await openSandbox();
  const { arn, versionId } = sandbox.secrets.create({ name: 'app', value: 'one' });
  const command = { SecretId: 'app', SecretString: 'one', ClientRequestToken: String(versionId) };

  expect(await refusal(secrets.send(new UpdateSecretCommand(command)))).toEqual({
    code: 'ResourceExistsException',
    status: 400,
    message: `You can't use ClientRequestToken ${versionId} because that value is already in use for a version of secret ${arn}.`,
  });
});

test('a client that lost the answer to PutSecretValue puts the same version again', async () => {
  const { sandbox, as } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  sandbox.fault({ operation: 'PutSecretValue', call: 1, kind: 'lostAnswer' });

  const { VersionId } = await as(sandbox.credentials, { maxAttempts: 3 }).secrets.send(put('app', 'two'));

  const versions = sandbox.secrets.snapshot().app?.versions ?? [];
  expect(versions.map(({ stages }) => stages)).toEqual([['AWSPREVIOUS'], ['AWSCURRENT']]);
  expect(versions[1]?.id).toBe(VersionId);
});

test('ordered faults have the codes of the JSON protocol', async () => {
  const { sandbox, secrets } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  sandbox.fault({ operation: 'secretsmanager:GetSecretValue', call: 1, kind: 'throttled' });
  sandbox.fault({ operation: 'GetSecretValue', call: 2, kind: 'error500' });
  sandbox.fault({ operation: 'GetSecretValue', call: 3, kind: 'accessDenied' });
  const code = async () => refusal(secrets.send(get('app')));

  expect(await code()).toEqual({ code: 'ThrottlingException', status: 400, message: 'Rate exceeded' });
  expect(await code()).toMatchObject({ code: 'InternalServiceError', status: 500 });
  expect(await code()).toMatchObject({ code: 'AccessDeniedException', status: 400 });
  expect(sandbox.requests.map(({ error }) => error)).toEqual([
    'ThrottlingException',
    'InternalServiceError',
    'AccessDeniedException',
  ]);
});

test('a secret with a key of the customer needs that key too', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one', kmsKeyId: '1234abcd' });
  const all = { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' } as const;
  const Resource = 'arn:aws:kms:us-east-1:123456789012:key/1234abcd';
  const none = userWith('none', all).secrets;
  const reader = userWith('reader', all, { Effect: 'Allow', Action: 'kms:Decrypt', Resource }).secrets;
  const writer = userWith('writer', all, {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource,
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.us-east-1.amazonaws.com' } },
  }).secrets;
  const refused = { code: 'AccessDeniedException', status: 400, message: 'Access to KMS is not allowed' };

  expect(await refusal(none.send(get('app')))).toEqual(refused);
  await none.send(new DescribeSecretCommand({ SecretId: 'app' }));
  expect((await reader.send(get('app'))).SecretString).toBe('one');
  expect(await refusal(reader.send(put('app', 'two')))).toEqual(refused);
  await writer.send(put('app', 'two'));
  expect(sandbox.secrets.value('app')).toBe('two');
});

test('a batch tells per secret what went wrong', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.secrets.create({ name: 'mine/a', value: 'one' });
  sandbox.secrets.create({ name: 'mine/sealed', value: 'two', kmsKeyId: 'alias/robots' });
  sandbox.secrets.create({ name: 'theirs', value: 'three' });
  const { secrets } = userWith(
    'ci',
    { Effect: 'Allow', Action: 'secretsmanager:BatchGetSecretValue', Resource: '*' },
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*:secret:mine/*' },
  );

  const { SecretValues, Errors } = await secrets.send(
    new BatchGetSecretValueCommand({ SecretIdList: ['mine/a', 'mine/sealed', 'mine/none', 'theirs'] }),
  );

  expect(SecretValues).toMatchObject([{ Name: 'mine/a', SecretString: 'one' }]);
  expect(Errors).toEqual([
    { SecretId: 'mine/sealed', ErrorCode: 'AccessDeniedException', Message: 'Access to KMS is not allowed' },
    {
      SecretId: 'mine/none',
      ErrorCode: 'ResourceNotFoundException',
      Message: "Secrets Manager can't find the specified secret.",
    },
    {
      SecretId: 'theirs',
      ErrorCode: 'AccessDeniedException',
      Message:
        'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: secretsmanager:GetSecretValue on resource: theirs because no identity-based policy allows the secretsmanager:GetSecretValue action',
    },
  ]);
});

test('a batch by filters needs the permission to list', async () => {
  const { userWith } = await openSandbox();
  const { secrets } = userWith('ci', { Effect: 'Allow', Action: 'secretsmanager:*GetSecretValue', Resource: '*' });
  const Filters = [{ Key: 'name' as const, Values: ['a'] }];

  const { message } = await refusal(secrets.send(new BatchGetSecretValueCommand({ Filters })));

  expect(message).toContain('secretsmanager:ListSecrets');
});

test('tagging at creation needs the permission to tag, and policies see the tags of a secret', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.secrets.create({ name: 'ours', value: 'one', tags: { team: 'billing' } });
  sandbox.secrets.create({ name: 'theirs', value: 'two', tags: { team: 'payments' } });
  const { secrets } = userWith(
    'ci',
    { Effect: 'Allow', Action: 'secretsmanager:CreateSecret', Resource: '*' },
    {
      Effect: 'Allow',
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*',
      Condition: { StringEquals: { 'secretsmanager:ResourceTag/team': 'billing' } },
    },
  );
  const Tags = [{ Key: 'team', Value: 'billing' }];

  await secrets.send(new CreateSecretCommand({ Name: 'bare', SecretString: 'one' }));
  const tagged = await refusal(secrets.send(new CreateSecretCommand({ Name: 'new', SecretString: 'one', Tags })));
  const own = await secrets.send(get('ours'));
  const foreign = await refusal(secrets.send(get('theirs')));

  expect(tagged.message).toContain('secretsmanager:TagResource');
  expect(own.SecretString).toBe('one');
  expect(foreign.code).toBe('AccessDeniedException');
});

test('a policy can limit which version is read', async () => {
  const { sandbox, userWith } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  const { secrets } = userWith('ci', {
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
    Condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
  });

  expect((await secrets.send(get('app', { VersionStage: 'AWSCURRENT' }))).SecretString).toBe('one');
  const refused = await refusal(secrets.send(get('app', { VersionStage: 'AWSPREVIOUS' })));
  expect(refused.code).toBe('AccessDeniedException');
});

test('a secret is gone and its name free when its recovery window ends', async () => {
  const { secrets, clock, sandbox } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });

  const { DeletionDate } = await secrets.send(new DeleteSecretCommand({ SecretId: 'app' }));
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }));
  await clock.advance(30 * day - 1);
  const before = await refusal(secrets.send(get('app')));
  await clock.advance(1);
  const after = await refusal(secrets.send(get('app')));
  await secrets.send(new CreateSecretCommand({ Name: 'app', SecretString: 'two' }));

  expect(DeletionDate).toEqual(new Date('2027-01-05T10:00:00Z'));
  expect(described.DeletedDate).toEqual(new Date('2026-12-06T10:00:00Z'));
  expect(before.message).toBe("You can't perform this operation on the secret because it was marked for deletion.");
  expect(after.code).toBe('ResourceNotFoundException');
  expect(sandbox.secrets.value('app')).toBe('two');
});

test('reads answer as the secret was before, changes are made on what it is', async () => {
  const { secrets, clock, sandbox } = await openSandbox({ readDelay: 10_000 });
  sandbox.secrets.create({ name: 'app', value: 'one' });
  await clock.advance(60_000);

  await secrets.send(put('app', 'two'));
  await secrets.send(new TagResourceCommand({ SecretId: 'app', Tags: [{ Key: 'a', Value: '1' }] }));
  const stale = [await secrets.send(get('app')), await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))];
  await clock.advance(10_000);
  const fresh = await secrets.send(get('app'));

  expect(stale).toMatchObject([{ SecretString: 'one', VersionStages: ['AWSCURRENT'] }, { Name: 'app' }]);
  expect(stale[1]).not.toHaveProperty('Tags');
  expect(fresh.SecretString).toBe('two');
});

test('the day of the last access is told', async () => {
  const { secrets, clock, sandbox } = await openSandbox();
  sandbox.secrets.create({ name: 'app', value: 'one' });
  const lastAccess = async () => (await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))).LastAccessedDate;

  const before = await lastAccess();
  await secrets.send(get('app'));
  await clock.advance(day);

  expect(before).toBeUndefined();
  expect(await lastAccess()).toEqual(new Date('2026-12-06T00:00:00Z'));
});

test('rotation and replicas of somebody else are described', async () => {
  const { secrets, sandbox } = await openSandbox();
  const lambdaArn = 'arn:aws:lambda:us-east-1:123456789012:function:rotate';
  sandbox.secrets.create({ name: 'app', value: 'one', rotation: { lambdaArn }, replicas: ['eu-west-1'] });

  expect(await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN: lambdaArn,
    PrimaryRegion: 'us-east-1',
    ReplicationStatus: [{ Region: 'eu-west-1', Status: 'InSync' }],
  });
  sandbox.secrets.change('app', { rotation: { lambdaArn, enabled: false } });
  expect((await secrets.send(new DescribeSecretCommand({ SecretId: 'app' }))).RotationEnabled).toBe(false);
});

test('a list needs a permission on every resource, and its pages may be shorter than asked for', async () => {
  const { sandbox, secrets, userWith } = await openSandbox({ pageSize: 1 });
  sandbox.secrets.create({ name: 'older', value: 'one', createdAt: '2026-01-01T00:00:00Z' });
  sandbox.secrets.create({ name: 'newer', value: 'one' });
  const narrow = userWith('ci', { Effect: 'Allow', Action: '*', Resource: 'arn:aws:secretsmanager:*' }).secrets;

  const one = await secrets.send(new ListSecretsCommand({ MaxResults: 100 }));
  const two = await secrets.send(new ListSecretsCommand({ MaxResults: 100, NextToken: one.NextToken }));
  const bad = await refusal(secrets.send(new ListSecretsCommand({ NextToken: 'none of ours' })));

  expect([one, two].map(({ SecretList }) => SecretList?.map(({ Name }) => Name))).toEqual([['newer'], ['older']]);
  expect(two.NextToken).toBeUndefined();
  expect(bad.code).toBe('InvalidNextTokenException');
  expect((await refusal(narrow.send(new ListSecretsCommand()))).code).toBe('AccessDeniedException');
});

test('a list goes on where it was, whatever was made or deleted meanwhile', async () => {
  const { sandbox, secrets, clock } = await openSandbox({ pageSize: 2 });
  for (const name of ['a', 'b', 'c', 'd']) {
    sandbox.secrets.create({ name, value: 'one' });
    await clock.advance(1000);
  }
  const names = async (NextToken?: string) => {
    const page = await secrets.send(new ListSecretsCommand({ NextToken }));
    return { token: page.NextToken, names: page.SecretList?.map(({ Name }) => Name) };
  };

  const first = await names();
  sandbox.secrets.create({ name: 'newest', value: 'one' });
  const second = await names(first.token);
  sandbox.secrets.delete('newest');
  sandbox.secrets.delete('c');
  const afterDeletion = await names(first.token);

  expect(first.names).toEqual(['d', 'c']);
  expect(second.names).toEqual(['b', 'a']);
  expect(afterDeletion.names).toEqual(['b', 'a']);
});

test('an exclamation mark turns a filter round', async () => {
  const { sandbox, secrets } = await openSandbox();
  sandbox.secrets.create({ name: 'app/a', value: 'one' });
  sandbox.secrets.create({ name: 'other', value: 'one' });

  const Filters = [{ Key: 'name' as const, Values: ['!app/'] }];
  const { SecretList } = await secrets.send(new ListSecretsCommand({ Filters }));

  expect(SecretList?.map(({ Name }) => Name)).toEqual(['other']);
});

test('neither log nor snapshot nor listeners see a value, unless a snapshot is asked for it', async () => {
  const { secrets, sandbox } = await openSandbox();
  const seen: unknown[] = [];
  sandbox.onRequest((event) => void seen.push(event));

  await secrets.send(new CreateSecretCommand({ Name: 'app', SecretString: 'hush-1' }));
  await secrets.send(put('app', 'hush-2'));
  await secrets.send(new PutSecretValueCommand({ SecretId: 'app', SecretBinary: Buffer.from('hush-3') }));
  await secrets.send(get('app'));

  const everything = JSON.stringify([sandbox.requests, sandbox.secrets.snapshot(), seen]);
  expect(everything).toContain('"SecretString":"hidden"');
  expect(everything).not.toMatch(/hush|aHVzaC0z/);
  const values = sandbox.secrets.snapshot({ values: true }).app?.versions.map(({ value }) => value);
  expect(values).toEqual(['hush-1', 'hush-2', 'aHVzaC0z']);
});

test('labels, changes and deletion can be arranged', async () => {
  const { sandbox } = await openSandbox();
  const { secrets } = sandbox;
  const { versionId } = secrets.create({ name: 'app', value: 'one', region: 'eu-west-1' });
  const pending = secrets.put('app', 'two', { stages: ['AWSPENDING'], region: 'eu-west-1' });

  secrets.label('app', 'AWSCURRENT', pending, 'eu-west-1');
  secrets.label('app', 'AWSPENDING', null, 'eu-west-1');
  secrets.change('app', { tags: { team: 'billing' } }, 'eu-west-1');

  expect(secrets.value('app', { region: 'eu-west-1', stage: 'AWSPREVIOUS' })).toBe('one');
  expect(secrets.snapshot({ region: 'eu-west-1' }).app).toMatchObject({
    tags: { team: 'billing' },
    versions: [
      { id: versionId, stages: ['AWSPREVIOUS'] },
      { id: pending, stages: ['AWSCURRENT'] },
    ],
  });
  expect(secrets.snapshot()).toEqual({});
  secrets.delete('app', 'eu-west-1');
  expect(() => secrets.value('app', { region: 'eu-west-1' })).toThrow('the account has no secret app in eu-west-1');
});

test('a body that is no JSON is refused', async () => {
  const { secrets } = await openSandbox();
  secrets.middlewareStack.add(
    (next) => (args) => {
      (args.request as { body: string }).body = '{"SecretId":';
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'broken' },
  );

  expect(await refusal(secrets.send(get('app')))).toMatchObject({ code: 'SerializationException', status: 400 });
});

test('an operation that is not there is refused', async () => {
  const { secrets } = await openSandbox();

  const refused = await refusal(secrets.send(new StopReplicationToReplicaCommand({ SecretId: 'app' })));

  expect(refused).toMatchObject({ code: 'UnknownOperationException', status: 400 });
});
