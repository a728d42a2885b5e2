// A user whose key only a secret holds, beside a deployed keyturn: what is true in AWS while Step Functions rotates it.
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { TestContext } from 'vitest';
import { type Desk, openDesk, type Standing } from './built-keyturn.ts';
import { type Credentials, clientFor, type Emulator } from './servers.ts';

export interface UnattendedDesk extends Omit<Desk, 'standing'> {
  old: Credentials;
  /** What the secret holds, as applications read it. */
  inSecret(): Promise<Credentials>;
  /** With the secrets that are keyturn's own for this rotation. */
  standing(rotation?: string | null): Promise<Standing & { secrets: string[] }>;
}

/** The secret's name. */
export function secretOf(user: string): string {
  return `app/${user}`;
}

/** The key was used a moment ago, by something that makes no sessions. */
export async function openUnattendedDesk(
  context: Pick<TestContext, 'onTestFinished'>,
  emulator: Emulator,
  name: string,
): Promise<UnattendedDesk> {
  const desk = await openDesk(context, emulator, { name, allow: [{ Action: 'iam:GetUser', Resource: '*' }] });
  const [old] = desk.pairs as [Credentials];
  const secrets = new SecretsManagerClient(clientFor(emulator));
  const SecretString = JSON.stringify({ host: 'db.example.com', ...old });
  await secrets.send(new CreateSecretCommand({ Name: secretOf(name), SecretString }));
  await new IAMClient(clientFor(emulator, old)).send(new GetUserCommand({ UserName: name }));

  return {
    ...desk,
    old,
    inSecret: async () => {
      const asked = { SecretId: secretOf(name), VersionStage: 'AWSCURRENT' };
      return JSON.parse((await secrets.send(new GetSecretValueCommand(asked))).SecretString ?? '{}');
    },
    standing: async (rotation = null) => {
      const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ MaxResults: 100 }));
      const own = SecretList.map(({ Name = '' }) => Name).filter((one) => rotation !== null && one.includes(rotation));
      return { ...(await desk.standing()), secrets: own.sort() };
    },
  };
}
