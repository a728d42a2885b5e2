import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { openSandbox } from './open-sandbox.ts';

test('a pair stands as it would once all has arrived everywhere, and its secret is only compared', async () => {
  const { sandbox, userWith } = await openSandbox({ newKeyDelay: 10_000, statusDelay: 10_000 });
  const { key } = userWith('ci');
  const { account, inspection } = sandbox;

  const made = inspection.standing(key);
  const wrong = inspection.standing({ ...key, secretAccessKey: 'another' });
  account.setStatus(key.accessKeyId, 'Inactive');
  const inactive = inspection.standing(key);
  account.deleteKey(key.accessKeyId);

  expect([made, wrong, inactive, inspection.standing(key)]).toEqual(['Active', 'another secret', 'Inactive', 'gone']);
});

test('a key was last used when AWS tells so, not before', async () => {
  const { sandbox, clock, userWith } = await openSandbox({ lastUsedLag: 3_600_000 });
  const { key } = userWith('ci');
  sandbox.account.use(key.accessKeyId);

  const early = sandbox.inspection.keys('ci');
  await clock.advance(3_600_000);

  expect(early).toEqual([{ id: key.accessKeyId, status: 'Active', lastUsedAt: null }]);
  expect(sandbox.inspection.keys('ci')).toEqual([
    { id: key.accessKeyId, status: 'Active', lastUsedAt: Date.parse('2026-12-06T10:00:00Z') },
  ]);
  expect(sandbox.inspection.keys('nobody')).toEqual([]);
});

test('secrets are found in every region until they are gone', async () => {
  const { sandbox, secrets, as } = await openSandbox();
  const there = as(sandbox.credentials, { region: 'eu-west-1' }).secrets;
  await secrets.send(new CreateSecretCommand({ Name: 'app/one', SecretString: '1' }));
  await there.send(new CreateSecretCommand({ Name: 'app/two' }));
  await there.send(new CreateSecretCommand({ Name: 'other', SecretString: '3' }));

  const both = sandbox.inspection.secrets('app/');
  await secrets.send(new DeleteSecretCommand({ SecretId: 'app/one', ForceDeleteWithoutRecovery: true }));

  expect(both).toEqual([
    { name: 'app/one', region: 'us-east-1', value: '1' },
    { name: 'app/two', region: 'eu-west-1', value: undefined },
  ]);
  expect(sandbox.inspection.secrets('app/').map(({ name }) => name)).toEqual(['app/two']);
});
