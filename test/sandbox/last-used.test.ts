import { GetAccessKeyLastUsedCommand, GetUserCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { openSandbox, refusal, sessionKey } from './open-sandbox.ts';

const minute = 60_000;

async function openWithCi(options = {}) {
  const opened = await openSandbox(options);
  const ci = opened.userWith('ci');
  const lastUse = async () => {
    const answer = await opened.iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: ci.key.accessKeyId }));
    const { LastUsedDate, ServiceName, Region } = answer.AccessKeyLastUsed ?? {};
    return [LastUsedDate?.toISOString(), ServiceName, Region];
  };
  return {
    ...opened,
    ci,
    lastUse,
    use: (at?: string) => opened.sandbox.account.use(ci.key.accessKeyId, at ? { at } : {}),
  };
}

const never = [undefined, 'N/A', 'N/A'];

test('a denied call is a use', async () => {
  const { ci, lastUse } = await openWithCi();

  await refusal(ci.iam.send(new GetUserCommand()));

  expect(await lastUse()).toEqual(['2026-12-06T10:00:00.000Z', 'iam', 'us-east-1']);
});

test('a call with an inactive key is no use', async () => {
  const { ci, lastUse, sandbox } = await openWithCi();
  sandbox.account.setStatus(ci.key.accessKeyId, 'Inactive');

  await refusal(ci.sts.send(new GetCallerIdentityCommand()));

  expect(await lastUse()).toEqual(never);
});

test('a call with a wrong secret is no use', async () => {
  const { ci, lastUse, as } = await openWithCi();

  await refusal(as({ ...ci.key, secretAccessKey: 'wrong' }).sts.send(new GetCallerIdentityCommand()));

  expect(await lastUse()).toEqual(never);
});

test('a use of STS is told with the region that it went to, one of IAM with us-east-1', async () => {
  const { ci, lastUse, as, clock } = await openWithCi();
  const frankfurt = as(ci.key, { region: 'eu-central-1' });

  await frankfurt.sts.send(new GetCallerIdentityCommand());
  expect(await lastUse()).toEqual(['2026-12-06T10:00:00.000Z', 'sts', 'eu-central-1']);

  await clock.advance(15 * minute);
  await refusal(frankfurt.iam.send(new GetUserCommand()));
  expect(await lastUse()).toEqual(['2026-12-06T10:15:00.000Z', 'iam', 'us-east-1']);
});

test('only the first use in 15 minutes is recorded', async () => {
  const { use, lastUse, clock } = await openWithCi();

  use();
  await clock.advance(14 * minute + 59_000);
  use();
  expect(await lastUse()).toEqual(['2026-12-06T10:00:00.000Z', 's3', 'us-east-1']);

  await clock.advance(1_000);
  use();
  expect(await lastUse()).toEqual(['2026-12-06T10:15:00.000Z', 's3', 'us-east-1']);
});

test('a use is published late, and the one before it is told until then', async () => {
  const { use, lastUse, clock } = await openWithCi({ lastUsedLag: 60 * minute });

  use();
  expect(await lastUse()).toEqual(never);

  await clock.advance(30 * minute);
  use();
  await clock.advance(30 * minute);
  expect(await lastUse()).toEqual(['2026-12-06T10:00:00.000Z', 's3', 'us-east-1']);

  await clock.advance(30 * minute);
  expect(await lastUse()).toEqual(['2026-12-06T10:30:00.000Z', 's3', 'us-east-1']);
});

test('calls of a session are no use of the key that made it, but the making is', async () => {
  const { ci, lastUse, as, clock } = await openWithCi();
  const session = as(sessionKey(await ci.sts.send(new GetSessionTokenCommand())));
  await clock.advance(60 * minute);

  await session.sts.send(new GetCallerIdentityCommand());

  expect(await lastUse()).toEqual(['2026-12-06T10:00:00.000Z', 'sts', 'us-east-1']);
});

test("somebody else's use can be arranged at an earlier time", async () => {
  const { ci, lastUse, sandbox } = await openWithCi();

  const counted = sandbox.account.use(ci.key.accessKeyId, {
    service: 'ses',
    region: 'eu-west-1',
    at: '2026-11-01T08:00:00Z',
  });

  expect(counted).toBe(true);
  expect(await lastUse()).toEqual(['2026-11-01T08:00:00.000Z', 'ses', 'eu-west-1']);
});

test('an earlier use arranged afterwards does not hide a later one', async () => {
  const { use, lastUse } = await openWithCi();

  use('2026-12-05T10:00:00Z');
  use('2026-12-01T10:00:00Z');

  expect(await lastUse()).toEqual(['2026-12-05T10:00:00.000Z', 's3', 'us-east-1']);
});

test('a use of an inactive key is refused and does not count', async () => {
  const { ci, use, lastUse, sandbox } = await openWithCi();
  sandbox.account.setStatus(ci.key.accessKeyId, 'Inactive');

  const counted = use();

  expect(counted).toBe(false);
  expect(await lastUse()).toEqual(never);
});

test('a use in the future cannot be arranged', async () => {
  const { use } = await openWithCi();

  expect(() => use('2026-12-06T10:00:01Z')).toThrow('a use at 2026-12-06T10:00:01Z is in the future');
});
