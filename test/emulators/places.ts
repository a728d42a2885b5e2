// A place of every kind for one test, all holding the desk's first pair among things that are none of keyturn's business,
// and each read as whoever uses it reads it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Desk } from './built-keyturn.ts';
import { type Credentials, clientFor, type Emulator } from './servers.ts';

export interface Places {
  specs: string[];
  /** Every place as flags of `rotate`. */
  to: string[];
  /** What each holds now, as it stands there. */
  texts(): Promise<Record<string, string>>;
  /** AWS's own labels on the secrets' versions. */
  labels(): Promise<string[]>;
}

/** A command that keeps the pair in a file, as JSON. */
const keeper = `
const { readFileSync, writeFileSync } = require('node:fs');
const { action, accessKeyId, secretAccessKey } = JSON.parse(readFileSync(0, 'utf8'));
if (action === 'readBack') console.log(JSON.stringify({ holds: JSON.parse(readFileSync('kept.json')).accessKeyId }));
if (secretAccessKey) writeFileSync('kept.json', JSON.stringify({ accessKeyId, secretAccessKey }));
`;

export async function openPlaces(emulator: Emulator, { user, folder, pairs, place, file }: Desk): Promise<Places> {
  const [{ accessKeyId: id, secretAccessKey: secret }] = pairs as [Credentials];
  const envFile = join(folder, '.env');
  const kept = join(folder, 'kept.json');
  await writeFile(
    envFile,
    `# shop\nexport AWS_ACCESS_KEY_ID="${id}" # a key\nPORT=80\nAWS_SECRET_ACCESS_KEY=${secret}\n`,
  );
  await writeFile(kept, JSON.stringify({ accessKeyId: id, secretAccessKey: secret }));
  await writeFile(join(folder, 'keep-key.cjs'), `#!${process.execPath}\n${keeper}`, { mode: 0o755 });

  const secrets = new SecretsManagerClient(clientFor(emulator));
  const values = {
    [`${user}/key`]: `{"host": "db-1", "aws_access_key_id": "${id}",\n "n": 12345678901234567890, "aws_secret_access_key": "${secret}"}`,
    [`${user}/named`]: `{"accessKeyId":"AKIASTRANGESTRANGER3","S3 id":"${id}","S3 word":"${secret}"}`,
  };
  for (const [Name, SecretString] of Object.entries(values)) {
    await secrets.send(new CreateSecretCommand({ Name, SecretString }));
  }
  const parameterStore = new SSMClient(clientFor(emulator));
  const parameters = {
    [`/${user}/key`]: `{"accessKeyId": "${id}", "secretAccessKey": "${secret}", "port": 80}`,
    [`/${user}/id`]: id,
    [`/${user}/secret`]: secret,
  };
  for (const [Name, Value] of Object.entries(parameters)) {
    await parameterStore.send(new PutParameterCommand({ Name, Value, Type: 'SecureString' }));
  }

  const specs = [
    place,
    'env-file:.env',
    'exec:./keep-key.cjs',
    `secretsmanager:${user}/key`,
    `secretsmanager:${user}/named#id=S3 id,secret=S3 word`,
    `ssm:/${user}/key`,
    `ssm:/${user}/secret#id=/${user}/id`,
  ];
  return {
    specs,
    to: specs.flatMap((spec) => ['--to', spec]),
    texts: async () => {
      const texts: Record<string, string> = {
        profile: await file(),
        envFile: await readFile(envFile, 'utf8'),
        kept: await readFile(kept, 'utf8'),
      };
      for (const SecretId of Object.keys(values)) {
        const asked = new GetSecretValueCommand({ SecretId, VersionStage: 'AWSCURRENT' });
        texts[SecretId] = (await secrets.send(asked)).SecretString ?? '';
      }
      for (const Name of Object.keys(parameters)) {
        const { Parameter } = await parameterStore.send(new GetParameterCommand({ Name, WithDecryption: true }));
        texts[Name] = Parameter?.Value ?? '';
      }
      return texts;
    },
    labels: async () => {
      const labels: string[] = [];
      for (const SecretId of Object.keys(values)) {
        const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
        labels.push(...Object.values(VersionIdsToStages).flat());
      }
      return labels.filter((label) => label.startsWith('AWS')).sort();
    },
  };
}

/** The names of the secrets that keyturn's vault keeps for a rotation. */
export async function vaultInAws(emulator: Emulator, rotation: string | null): Promise<string[]> {
  const secrets = new SecretsManagerClient(clientFor(emulator));
  const { SecretList = [] } = await secrets.send(
    new ListSecretsCommand({
      Filters: [{ Key: 'name', Values: [`keyturn/vault/${rotation}`] }],
      IncludePlannedDeletion: true,
    }),
  );
  return SecretList.map(({ Name }) => Name ?? '');
}

/** Every text with one pair in the place of the other, and not one other byte changed. */
export function withPair(texts: Record<string, string>, from: Credentials, to: Credentials): Record<string, string> {
  const changed = (text: string) =>
    text.replaceAll(from.accessKeyId, to.accessKeyId).replaceAll(from.secretAccessKey, to.secretAccessKey);
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, changed(text)]));
}
