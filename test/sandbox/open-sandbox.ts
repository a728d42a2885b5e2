// A sandbox on a virtual clock for one test, with SDK clients that ask once, so that a test sees each answer itself.
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { createVirtualClock } from '../../src/clock.ts';
import { type Credentials, createSandbox, type PolicyStatement, type SandboxOptions } from '../../src/sandbox/index.ts';

export interface SigningKey extends Credentials {
  sessionToken?: string;
}

export async function openSandbox(options: Partial<SandboxOptions> = {}) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z', { auto: false });
  const sandbox = await createSandbox({ clock, ...options });
  const open: { destroy(): void }[] = [];
  onTestFinished(async () => {
    for (const client of open) client.destroy();
    await sandbox.close().catch(() => {});
  });

  const configOf = (credentials: SigningKey, { region = 'us-east-1', maxAttempts = 1 } = {}) => ({
    endpoint: sandbox.url,
    region,
    credentials,
    maxAttempts,
    disableClockSkewCorrection: true,
  });
  const as = (credentials: SigningKey, options: Parameters<typeof configOf>[1] = {}) => {
    const config = configOf(credentials, options);
    const clients = {
      iam: new IAMClient(config),
      sts: new STSClient(config),
      secrets: new SecretsManagerClient(config),
      ssm: new SSMClient(config),
    };
    open.push(...Object.values(clients));
    return clients;
  };

  /** A client of any other service; without credentials it is the administrator's. */
  const connect = <Client extends { destroy(): void }>(
    Client: new (config: ReturnType<typeof configOf> & { forcePathStyle: boolean }) => Client,
    credentials: SigningKey = sandbox.credentials,
  ): Client => {
    const client = new Client({ ...configOf(credentials, { region: 'eu-west-1' }), forcePathStyle: true });
    open.push(client);
    return client;
  };

  /** A user with one key that may do what the statements say. */
  const userWith = (name: string, ...statements: PolicyStatement[]) => {
    const policies = statements.length > 0 ? [{ Version: '2012-10-17', Statement: statements }] : [];
    const [key] = sandbox.account.createUser({ name, policies, keys: [{}] }).keys;
    if (!key) throw new Error('no key');
    return { key, ...as(key) };
  };

  return { sandbox, clock, as, connect, userWith, ...as(sandbox.credentials) };
}

/** Lets everything else run until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}

/** What a refused call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<{ code: string; status: number; message: string }> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error('the call was accepted');
  const { Code, name, message, $metadata } = error as Error & {
    Code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  return { code: Code ?? name, status: $metadata?.httpStatusCode ?? 0, message };
}

interface TemporaryCredentials {
  AccessKeyId: string | undefined;
  SecretAccessKey: string | undefined;
  SessionToken: string | undefined;
}

export function sessionKey({ Credentials }: { Credentials?: TemporaryCredentials | undefined }): SigningKey {
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
