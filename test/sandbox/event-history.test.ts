// What CloudTrail tells of the calls that were made.
import { CloudTrailClient, type LookupAttributeKey, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateAccessKeyCommand, DeleteAccessKeyCommand, ListAccessKeysCommand } from '@aws-sdk/client-iam';
import { CreateSecretCommand, ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { expect, onTestFinished, test } from 'vitest';
import { openSandbox, refusal, sessionKey } from './open-sandbox.ts';

async function openHistory() {
  const opened = await openSandbox();
  const { sandbox, as } = opened;
  const client = (region: string) => {
    const { credentials, url: endpoint } = sandbox;
    const made = new CloudTrailClient({
      endpoint,
      region,
      credentials,
      maxAttempts: 1,
      disableClockSkewCorrection: true,
    });
    onTestFinished(() => made.destroy());
    return made;
  };
  const inIam = client('us-east-1');
  const lookup = async (AttributeKey: LookupAttributeKey, AttributeValue: string, trail = inIam) => {
    const { Events = [] } = await trail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey, AttributeValue }] }),
    );
    return Events.map((event) => ({ ...event, record: JSON.parse(event.CloudTrailEvent ?? '{}') }));
  };
  return { ...opened, as, client, inIam, lookup };
}

test('a new key is told by whom it was made, whose it is and which, and never its secret', async () => {
  const { sandbox, iam, lookup } = await openHistory();
  sandbox.account.createUser({ name: 'alice' });
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));

  const [event] = await lookup('EventName', 'CreateAccessKey');

  expect(event).toMatchObject({
    EventName: 'CreateAccessKey',
    EventSource: 'iam.amazonaws.com',
    EventTime: new Date('2026-12-06T10:00:00Z'),
    Username: 'administrator',
    ReadOnly: 'false',
    AccessKeyId: sandbox.credentials.accessKeyId,
    Resources: [
      { ResourceType: 'AWS::IAM::AccessKey', ResourceName: AccessKey?.AccessKeyId },
      { ResourceType: 'AWS::IAM::User', ResourceName: 'alice' },
    ],
    record: {
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/administrator' },
      awsRegion: 'us-east-1',
      sourceIPAddress: '127.0.0.1',
      requestParameters: { userName: 'alice' },
      responseElements: { accessKey: { userName: 'alice', accessKeyId: AccessKey?.AccessKeyId, status: 'Active' } },
    },
  });
  expect(event?.record.userAgent).toContain('aws-sdk-js');
  expect(event?.CloudTrailEvent).not.toContain(AccessKey?.SecretAccessKey);
});

test('a refused call is told with its code and without its input', async () => {
  const { iam, userWith, lookup } = await openHistory();
  const { key, iam: asMallory } = userWith('mallory');
  await asMallory.send(new CreateAccessKeyCommand({ UserName: 'alice' })).catch(() => {});
  await iam
    .send(new DeleteAccessKeyCommand({ UserName: 'mallory', AccessKeyId: 'AKIAGONEGONEGONEGONE' }))
    .catch(() => {});

  const [denied] = await lookup('AccessKeyId', key.accessKeyId);
  const [gone] = await lookup('EventName', 'DeleteAccessKey');

  expect(denied?.record).toMatchObject({ errorCode: 'AccessDenied', requestParameters: null, responseElements: null });
  expect(gone?.record).toMatchObject({
    errorCode: 'NoSuchEntity',
    requestParameters: { userName: 'mallory', accessKeyId: 'AKIAGONEGONEGONEGONE' },
  });
});

test('values that a service keeps secret are in no event', async () => {
  const { secrets, ssm, lookup } = await openHistory();
  await secrets.send(new CreateSecretCommand({ Name: 'app', SecretString: 'hunter2' }));
  await ssm.send(new PutParameterCommand({ Name: '/app', Value: 'hunter2', Type: 'SecureString' }));

  const events = [...(await lookup('EventName', 'CreateSecret')), ...(await lookup('EventName', 'PutParameter'))];

  expect(events.map(({ record }) => record.requestParameters)).toMatchObject([
    { name: 'app', secretString: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
    { name: '/app', value: 'HIDDEN_DUE_TO_SECURITY_REASONS' },
  ]);
  expect(JSON.stringify(events)).not.toContain('hunter2');
});

test('a session is told as its role, with the key of the session', async () => {
  const { sandbox, sts, as, lookup } = await openHistory();
  const { arn } = sandbox.account.createRole({
    name: 'rotator',
    policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  });
  const key = sessionKey(await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'nightly' })));
  await as(key).iam.send(new ListAccessKeysCommand({ UserName: 'administrator' }));

  const [assumed] = await lookup('EventName', 'AssumeRole');
  const [listed] = await lookup('Username', 'nightly');

  expect(assumed?.record.responseElements).toMatchObject({ credentials: { accessKeyId: key.accessKeyId } });
  expect(assumed?.CloudTrailEvent).not.toContain(key.secretAccessKey);
  expect(assumed?.CloudTrailEvent).not.toContain(key.sessionToken);
  expect(listed?.record.userIdentity).toMatchObject({
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/rotator/nightly',
    accessKeyId: key.accessKeyId,
    sessionContext: { sessionIssuer: { type: 'Role', arn, userName: 'rotator' } },
  });
});

test('each region has its own events, and IAM’s are in us-east-1 alone', async () => {
  const { sandbox, as, client, lookup } = await openHistory();
  const inIreland = as(sandbox.credentials, { region: 'eu-west-1' });
  await inIreland.sts.send(new GetCallerIdentityCommand({}));
  await inIreland.secrets.send(new ListSecretsCommand({}));
  await inIreland.iam.send(new ListAccessKeysCommand({}));

  const { accessKeyId } = sandbox.credentials;
  const here = await lookup('AccessKeyId', accessKeyId);
  const there = await lookup('AccessKeyId', accessKeyId, client('eu-west-1'));

  expect(here.map(({ EventName }) => EventName)).toEqual(['ListAccessKeys']);
  expect(there.map(({ EventName }) => EventName)).toEqual(['ListSecrets', 'GetCallerIdentity']);
});

test('a data event is in no history, though the key was used', async () => {
  const { sandbox, lookup } = await openHistory();
  const [key] = sandbox.account.createUser({ name: 'alice', keys: [{}] }).keys;
  const id = key?.accessKeyId ?? '';
  sandbox.account.use(id, { service: 's3' });
  sandbox.account.use(id, {
    service: 'sts',
    operation: 'GetCallerIdentity',
    source: '198.51.100.7',
    agent: 'aws-cli/2.32.0',
    at: '2026-12-06T09:00:00Z',
  });

  const events = await lookup('AccessKeyId', id);

  expect(events.map(({ record }) => record)).toMatchObject([
    { eventName: 'GetCallerIdentity', sourceIPAddress: '198.51.100.7', userAgent: 'aws-cli/2.32.0' },
  ]);
});

test('the newest come first, 50 at a time, and none is older than 90 days', async () => {
  const { sandbox, inIam } = await openHistory();
  const [key] = sandbox.account.createUser({ name: 'alice', keys: [{}] }).keys;
  const use = (at: string) =>
    sandbox.account.use(key?.accessKeyId ?? '', { service: 'sts', operation: 'GetCallerIdentity', at });
  use('2026-09-07T09:59:59Z');
  use('2026-09-07T10:00:00Z');
  for (let minute = 0; minute < 59; minute++) use(`2026-12-06T09:${String(minute).padStart(2, '0')}:00Z`);

  const first = await inIam.send(new LookupEventsCommand({}));
  const second = await inIam.send(new LookupEventsCommand({ NextToken: first.NextToken }));

  expect(first.Events?.length).toBe(50);
  expect(first.Events?.[0]?.EventTime).toEqual(new Date('2026-12-06T09:58:00Z'));
  expect(second.Events?.length).toBe(10);
  expect(second.Events?.at(-1)?.EventTime).toEqual(new Date('2026-09-07T10:00:00Z'));
  expect(second.NextToken).toBeUndefined();
});

test('an event comes late, as late as the sandbox is told', async () => {
  const { sandbox, clock, iam, lookup } = await openHistory();
  sandbox.settings.eventLatency = 300_000;
  await iam.send(new ListAccessKeysCommand({}));

  const before = await lookup('EventName', 'ListAccessKeys');
  await clock.advance(300_000);
  const after = await lookup('EventName', 'ListAccessKeys');

  expect([before.length, after.length]).toEqual([0, 1]);
});

test('who asks more than twice a second is throttled', async () => {
  const { sandbox, clock, inIam } = await openHistory();
  sandbox.settings.lookupsPerSecond = 2;
  await inIam.send(new LookupEventsCommand({}));
  await inIam.send(new LookupEventsCommand({}));

  const refused = await refusal(inIam.send(new LookupEventsCommand({})));
  await clock.advance(1000);
  const later = await inIam.send(new LookupEventsCommand({}));

  expect(refused.code).toBe('ThrottlingException');
  expect(later.$metadata.httpStatusCode).toBe(200);
});

test.each([
  [
    'two attributes',
    {
      LookupAttributes: [
        { AttributeKey: 'EventName' as const, AttributeValue: 'CreateUser' },
        { AttributeKey: 'Username' as const, AttributeValue: 'alice' },
      ],
    },
    'InvalidLookupAttributesException',
  ],
  ['more than 50', { MaxResults: 51 }, 'InvalidMaxResultsException'],
  [
    'an end before the start',
    { StartTime: new Date('2026-12-06T09:00:00Z'), EndTime: new Date('2026-12-06T08:00:00Z') },
    'InvalidTimeRangeException',
  ],
  ['a token that is none', { NextToken: 'nonsense' }, 'InvalidNextTokenException'],
])('%s is refused', async (_, input, code) => {
  const { inIam } = await openHistory();

  const refused = await refusal(inIam.send(new LookupEventsCommand(input)));

  expect(refused).toMatchObject({ code, status: 400 });
});
