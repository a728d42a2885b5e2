import {
  CreateAccessKeyCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { openSandbox } from './open-sandbox.ts';

async function accepts(sts: STSClient): Promise<boolean> {
  return sts.send(new GetCallerIdentityCommand()).then(
    () => true,
    () => false,
  );
}

test('a new key is unknown until its delay is over', async () => {
  const { iam, as, clock } = await openSandbox({ newKeyDelay: 15_000 });
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'administrator' }));
  const { sts } = as({
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  });

  expect(await accepts(sts)).toBe(false);
  await clock.advance(14_999);
  expect(await accepts(sts)).toBe(false);
  await clock.advance(1);
  expect(await accepts(sts)).toBe(true);
});

test('whether a new key is refused can be decided attempt by attempt', async () => {
  const asked: object[] = [];
  const { userWith } = await openSandbox({
    newKeyDelay: 15_000,
    newKeyRefusal: (attempt) => {
      asked.push(attempt);
      return attempt.attempt !== 2;
    },
  });
  const { key, sts } = userWith('ci');

  expect([await accepts(sts), await accepts(sts), await accepts(sts)]).toEqual([false, true, false]);
  expect(asked[2]).toEqual({ accessKeyId: key.accessKeyId, attempt: 3, age: 0 });
});

test('a refused new key was not used', async () => {
  const { userWith, sandbox } = await openSandbox({ newKeyDelay: 15_000 });
  const { sts } = userWith('ci');

  await accepts(sts);

  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([{ lastUsed: null }]);
});

test('chances are the same again from the same seed', async () => {
  const play = async (seed: string) => {
    const { userWith } = await openSandbox({ seed, newKeyDelay: 15_000, newKeyRefusal: 0.5 });
    const { key, sts } = userWith('ci');
    const accepted: boolean[] = [];
    for (let attempt = 0; attempt < 12; attempt++) accepted.push(await accepts(sts));
    return { key, accepted };
  };

  const first = await play('one');

  expect(await play('one')).toEqual(first);
  expect((await play('two')).key).not.toEqual(first.key);
  expect(new Set(first.accepted)).toEqual(new Set([true, false]));
});

test('a deactivated key goes on working for the status delay, a reactivated one stays refused as long', async () => {
  const { userWith, sandbox, clock } = await openSandbox({ statusDelay: 4_000 });
  const { key, sts } = userWith('ci');
  await clock.advance(60_000);

  sandbox.account.setStatus(key.accessKeyId, 'Inactive');
  expect(await accepts(sts)).toBe(true);
  await clock.advance(4_000);
  expect(await accepts(sts)).toBe(false);

  sandbox.account.setStatus(key.accessKeyId, 'Active');
  expect(await accepts(sts)).toBe(false);
  await clock.advance(4_000);
  expect(await accepts(sts)).toBe(true);
});

test('a deleted key goes on working for the status delay', async () => {
  const { userWith, sandbox, clock } = await openSandbox({ statusDelay: 4_000 });
  const { key, sts } = userWith('ci');
  await clock.advance(60_000);

  sandbox.account.deleteKey(key.accessKeyId);
  expect(await accepts(sts)).toBe(true);
  await clock.advance(4_000);
  expect(await accepts(sts)).toBe(false);
});

test('reads answer as the account was before', async () => {
  const { iam, userWith, clock, sandbox } = await openSandbox({ readDelay: 10_000 });
  const { key } = userWith('ci');
  await clock.advance(60_000);
  const read = async () => {
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'ci' }));
    const { User } = await iam.send(new GetUserCommand({ UserName: 'ci' }));
    return [AccessKeyMetadata?.map((one) => one.Status), User?.Tags?.map((tag) => tag.Key)];
  };

  await iam.send(new UpdateAccessKeyCommand({ UserName: 'ci', AccessKeyId: key.accessKeyId, Status: 'Inactive' }));
  await iam.send(new TagUserCommand({ UserName: 'ci', Tags: [{ Key: 'team', Value: 'billing' }] }));

  expect(sandbox.account.snapshot().ci?.keys).toMatchObject([{ status: 'Inactive' }]);
  expect(await read()).toEqual([['Active'], undefined]);
  await clock.advance(10_000);
  expect(await read()).toEqual([['Inactive'], ['team']]);
});

test('a change is made on the account as it is, not as a stale read shows it', async () => {
  const { iam, clock, sandbox } = await openSandbox({ readDelay: 10_000 });
  sandbox.account.createUser({ name: 'ci' });
  await clock.advance(60_000);

  await iam.send(new TagUserCommand({ UserName: 'ci', Tags: [{ Key: 'a', Value: '1' }] }));
  await iam.send(new TagUserCommand({ UserName: 'ci', Tags: [{ Key: 'b', Value: '2' }] }));

  expect(sandbox.account.tags('ci')).toEqual({ a: '1', b: '2' });
});

test('which reads are stale can be decided one by one', async () => {
  const { iam, clock, sandbox } = await openSandbox({
    readDelay: 10_000,
    staleReads: ({ operation, read }) => operation === 'ListAccessKeys' && read === 2,
  });
  sandbox.account.createUser({ name: 'ci' });
  await clock.advance(60_000);
  sandbox.account.createKey('ci');
  const count = async () => {
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'ci' }));
    return AccessKeyMetadata?.length;
  };

  expect([await count(), await count(), await count()]).toEqual([1, 0, 1]);
});

test('settings obey at once when they are changed', async () => {
  const { userWith, sandbox } = await openSandbox();
  const { sts } = userWith('ci');

  const before = await accepts(sts);
  sandbox.settings.newKeyDelay = 15_000;
  const after = await accepts(sts);

  expect([before, after]).toEqual([true, false]);
});
