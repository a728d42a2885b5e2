// The contract's view of Secrets Manager under test: clients per user, and secrets with names that no other case has.
import { randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Case } from '../contract.ts';
import {
  type ContractTarget,
  type ContractUser,
  type Credentials,
  openAccount,
  region,
  type Statement,
} from '../iam-sts-contract/account.ts';

export { refusal } from '../iam-sts-contract/account.ts';

export interface Secret {
  name: string;
  arn: string;
  /** Of the first version. */
  versionId: string;
}

export interface SecretsAccount {
  id: string;
  /** The administrator's. */
  secrets: SecretsManagerClient;
  as(credentials: Credentials): SecretsManagerClient;
  makeUser(...statements: Statement[]): Promise<ContractUser & { secrets: SecretsManagerClient }>;
  setStatus(userName: string, key: Credentials, status: 'Active' | 'Inactive'): Promise<void>;
  newName(stem?: string): string;
  /** A secret whose value is `one` unless said otherwise. */
  makeSecret(options?: { name?: string; value?: string; tags?: Record<string, string> }): Promise<Secret>;
  /** Adds a version with these labels and returns its id. */
  put(secret: Secret, value: string, stages?: string[]): Promise<string>;
  /** The value with a label, by default AWSCURRENT, which is always named. */
  value(secret: Secret, stage?: string): Promise<string | undefined>;
  /** The labels of each version that has any, in order of the alphabet. */
  stages(secret: Secret): Promise<Record<string, string[]>>;
  close(): Promise<void>;
}

export type SecretsCase = Case<SecretsAccount>;

export function openSecrets(target: ContractTarget): SecretsAccount {
  const account = openAccount(target);
  const open: SecretsManagerClient[] = [];
  const as = (credentials: Credentials) => {
    const client = new SecretsManagerClient({ endpoint: target.endpoint, region, credentials, maxAttempts: 1 });
    open.push(client);
    return client;
  };
  const secrets = as(target.admin);
  const newName = (stem = 'secret') => account.newName(stem);

  return {
    id: account.id,
    secrets,
    as,
    newName,
    setStatus: account.setStatus,

    makeUser: async (...statements) => {
      const user = await account.makeUser({ statements });
      return { ...user, secrets: as(user.key) };
    },

    makeSecret: async ({ name = newName(), value = 'one', tags = {} } = {}) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      const made = await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value, Tags }));
      return { name, arn: made.ARN ?? '', versionId: made.VersionId ?? '' };
    },

    put: async ({ name }, SecretString, VersionStages) => {
      const command = { SecretId: name, SecretString, ClientRequestToken: randomUUID() };
      const { VersionId = '' } = await secrets.send(
        new PutSecretValueCommand(VersionStages ? { ...command, VersionStages } : command),
      );
      return VersionId;
    },

    value: async ({ name }, VersionStage = 'AWSCURRENT') => {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: name, VersionStage }));
      return SecretString;
    },

    stages: async ({ name }) => {
      const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: name }));
      const labelled = Object.entries(VersionIdsToStages).filter(([, stages]) => stages.length > 0);
      return Object.fromEntries(labelled.map(([id, stages]) => [id, stages.toSorted()]));
    },

    close: async () => {
      for (const client of open) client.destroy();
      await account.close();
    },
  };
}
