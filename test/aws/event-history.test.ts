// CloudTrail's event history in keyturn's own words, against an embedded AWS.
import { CreateAccessKeyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import type { TrailAttribute, TrailEvent } from '../../src/aws/contract.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { AccessDeniedError } from '../../src/errors.ts';
import type { Credentials } from '../../src/sandbox/index.ts';
import { openSandbox, sessionKey } from '../sandbox/open-sandbox.ts';

async function open() {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const opened = await openSandbox({ clock });
  const lookupAs = async (
    { accessKeyId, secretAccessKey }: Credentials,
    by: TrailAttribute,
    { since = '2026-09-07T10:00:00Z', region = 'us-east-1' } = {},
  ) => {
    const aws = createAws({
      clock,
      version: '0.0.0-test',
      endpointUrl: opened.sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    });
    const events: TrailEvent[] = [];
    for await (const event of aws.trails(region).lookup(by, since)) events.push(event);
    return events;
  };
  return { ...opened, clock, lookupAs };
}

test('a new key is told by whom, for whom, which and from where', async () => {
  const { sandbox, iam, lookupAs } = await open();
  sandbox.account.createUser({ name: 'alice' });
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));

  const events = await lookupAs(sandbox.credentials, { attribute: 'EventName', value: 'CreateAccessKey' });

  expect(events).toEqual([
    {
      id: expect.any(String),
      at: '2026-12-06T10:00:00Z',
      name: 'CreateAccessKey',
      source: 'iam.amazonaws.com',
      region: 'us-east-1',
      by: 'arn:aws:iam::123456789012:user/administrator',
      session: null,
      keyId: sandbox.credentials.accessKeyId,
      from: '127.0.0.1',
      agent: expect.stringContaining('aws-sdk-js'),
      error: null,
      request: { userName: 'alice' },
      response: { accessKey: expect.objectContaining({ accessKeyId: AccessKey?.AccessKeyId, userName: 'alice' }) },
    },
  ]);
});

test('a session stands for its role, and is named', async () => {
  const { sandbox, sts, as, lookupAs } = await open();
  const { arn } = sandbox.account.createRole({
    name: 'rotator',
    policies: [{ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
  });
  sandbox.account.createUser({ name: 'alice' });
  const key = sessionKey(await sts.send(new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'nightly' })));
  await as(key).iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }));

  const events = await lookupAs(sandbox.credentials, { attribute: 'EventName', value: 'CreateAccessKey' });

  expect(events).toMatchObject([{ by: arn, session: 'nightly', keyId: key.accessKeyId }]);
});

test('every page is read, no faster than AWS allows', async () => {
  const { sandbox, clock, lookupAs } = await open();
  sandbox.settings.lookupsPerSecond = 2;
  const [key] = sandbox.account.createUser({ name: 'alice', keys: [{}] }).keys;
  const value = key?.accessKeyId ?? '';
  for (let count = 0; count < 230; count++) {
    sandbox.account.use(value, { service: 'sts', operation: 'GetCallerIdentity', at: '2026-12-06T09:00:00Z' });
  }

  const events = await lookupAs(sandbox.credentials, { attribute: 'AccessKeyId', value });

  expect(events).toHaveLength(230);
  expect(sandbox.requests.map(({ error }) => error)).toEqual([null, null, null, null, null]);
  expect(clock.now() - Date.parse('2026-12-06T10:00:00Z')).toBe(2000);
});

test('only what happened since then, and only in that region', async () => {
  const { sandbox, lookupAs } = await open();
  const [key] = sandbox.account.createUser({ name: 'alice', keys: [{}] }).keys;
  const value = key?.accessKeyId ?? '';
  const use = (at: string, region: string) =>
    sandbox.account.use(value, { service: 'sts', operation: 'GetCallerIdentity', at, region });
  use('2026-12-01T00:00:00Z', 'eu-west-1');
  use('2026-12-02T00:00:00Z', 'eu-west-1');
  use('2026-12-03T00:00:00Z', 'us-east-1');

  const by = { attribute: 'AccessKeyId', value } as const;
  const events = await lookupAs(sandbox.credentials, by, { region: 'eu-west-1', since: '2026-12-02T00:00:00Z' });

  expect(events.map(({ at }) => at)).toEqual(['2026-12-02T00:00:00Z']);
});

test('who may not look learns which permission is missing', async () => {
  const { userWith, lookupAs } = await open();
  const { key } = userWith('mallory');

  const refused = lookupAs(key, { attribute: 'EventName', value: 'CreateAccessKey' });

  await expect(refused).rejects.toThrow(AccessDeniedError);
  await expect(refused).rejects.toThrow('cloudtrail:LookupEvents is denied');
});
