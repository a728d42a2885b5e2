// Secrets Manager of an embedded AWS of one's own, as the vault and the seal are given it.
import { onTestFinished } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { createAws } from '../../src/aws/clients.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { createSandbox, type Settings } from '../../src/sandbox/index.ts';

/** `secrets` opens it anew; `kept` is what lies there. */
export async function sandboxedSecrets(settings: Partial<Settings> = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const sandbox = await createSandbox({ clock, seed: 'vault', ...settings });
  onTestFinished(() => sandbox.close());
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const secrets = () =>
    createAws({
      clock,
      version: '0.0.0-test',
      endpointUrl: sandbox.url,
      credentials: new KeyPair(accessKeyId, secretAccessKey),
    }).secretsManager('eu-west-1');
  return {
    clock,
    sandbox,
    secrets,
    kept: () => sandbox.secrets.snapshot({ region: 'eu-west-1', values: true }),
    lay: (name: string, value: string | Uint8Array) => sandbox.secrets.create({ name, region: 'eu-west-1', value }),
  };
}
