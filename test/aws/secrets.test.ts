// What is asked of Secrets Manager only to learn whether it may be done.
import { expect, onTestFinished, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox } from '../../src/sandbox/index.ts';

test('the proof that a secret can be written could not empty it, even on a server that did what is asked', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'proof' });
  onTestFinished(() => sandbox.close());
  const { versionId = '' } = sandbox.secrets.create({ name: 'app/key', value: 'one' });
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const credentials = new KeyPair(accessKeyId, secretAccessKey);
  const aws = createAws({ clock, version: '0.0.0-test', endpointUrl: sandbox.url, credentials });
  const before = sandbox.secrets.snapshot({ values: true });
  const asked: unknown[] = [];
  sandbox.onRequest(({ phase, operation, params, error }) => {
    if (phase === 'after') asked.push({ operation, ...params, error });
  });

  await aws.secretsManager('us-east-1').proveWritable('app/key', versionId ?? '');

  expect(asked).toEqual([
    {
      operation: 'PutSecretValue',
      SecretId: 'app/key',
      VersionStages: ['KEYTURN_NO_SUCH_LABEL'],
      ClientRequestToken: expect.any(String),
      error: 'InvalidRequestException',
    },
    {
      operation: 'UpdateSecretVersionStage',
      SecretId: 'app/key',
      VersionStage: 'KEYTURN_NO_SUCH_LABEL',
      RemoveFromVersionId: versionId,
      error: 'InvalidParameterException',
    },
  ]);
  expect(sandbox.secrets.snapshot({ values: true })).toEqual(before);
});
