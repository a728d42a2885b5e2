import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('S17 from the moment it is told so, everything is signed with the new key, also by clients already in use', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  await using cleanUp = new AsyncDisposableStack();
  const sandbox = await createSandbox({ clock });
  cleanUp.defer(() => sandbox.close());
  const { keys } = sandbox.account.createUser({
    name: 'alice',
    policies: [{ Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }],
    keys: [{ createdAt: '2025-01-01T00:00:00Z' }, { createdAt: '2025-02-01T00:00:00Z' }],
  });
  const [old, fresh] = keys.map((key) => new KeyPair(key.accessKeyId, key.secretAccessKey)) as [KeyPair, KeyPair];
  const aws = createAws({ clock, version: '0', endpointUrl: sandbox.url, region: 'us-east-1', credentials: old });
  expect(await aws.signers()).toEqual([old.accessKeyId]);
  expect(sandbox.requests).toEqual([]);
  const ask = async () => {
    await aws.caller();
    await aws.user('alice');
    await aws.regions();
    await aws.alarms('us-east-1').state('an-alarm');
    await aws.trails('us-east-1').ofIamChanges();
  };
  await ask();

  aws.signWithInsteadOf(old.accessKeyId, fresh);
  await ask();

  const signed = sandbox.requests.map((request) => request.accessKeyId);
  expect(signed).toEqual([...Array(6).fill(old.accessKeyId), ...Array(6).fill(fresh.accessKeyId)]);
});

test('a session is asked for once, and anew as soon as it is about to expire', async () => {
  // Of the past, so that the SDK, which goes by the machine's time, asks for credentials with each request.
  const clock = createVirtualClock('2020-12-06T10:00:00Z', { auto: false });
  await using cleanUp = new AsyncDisposableStack();
  const sandbox = await createSandbox({ clock });
  cleanUp.defer(() => sandbox.close());
  const { arn } = sandbox.account.createRole({ name: 'rotator' });
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const file = join(temporaryFolder(), 'config');
  writeFileSync(
    file,
    `[profile admin]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n[profile ops]\nrole_arn = ${arn}\nsource_profile = admin\n`,
  );
  vi.stubEnv('AWS_CONFIG_FILE', file);
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${file}-of-keys`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const aws = createAws({ clock, version: '0', endpointUrl: sandbox.url, region: 'us-east-1', profile: 'ops' });
  const assumed = () => sandbox.requests.filter(({ operation }) => operation === 'AssumeRole').length;

  await aws.caller();
  await clock.advance(54 * 60_000);
  await aws.caller();
  const early = assumed();
  await clock.advance(2 * 60_000);
  await aws.caller();

  expect([early, assumed()]).toEqual([1, 2]);
  expect((await aws.signers())[0]).toBe(accessKeyId);
});
