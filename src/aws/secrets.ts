// Secrets Manager in keyturn's own words. No refusal is quoted but those of permissions, and no value reaches an error.
import type * as Sdk from '@aws-sdk/client-secrets-manager';
import { AwsRefusalError, NoSuchEntityError } from '../errors.ts';
import type { ListedSecret, Refused, SecretAmongMany, SecretsManager } from './contract.ts';
import { translatedWithoutWords as translated } from './translate.ts';

const noSuchLabel = 'KEYTURN_NO_SUCH_LABEL';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.SecretsManagerClient;
}

export function secretsManagerOf(connect: () => Promise<Connected>): SecretsManager {
  const call = async <T>(operation: string, send: (connected: Connected) => Promise<T>): Promise<T> => {
    const connected = await connect();
    return translated(`secretsmanager:${operation}`, () => send(connected));
  };

  const moveStage: SecretsManager['moveStage'] = async (secret, stage, { from, to }) => {
    await call('UpdateSecretVersionStage', ({ sdk, client }) =>
      client.send(
        new sdk.UpdateSecretVersionStageCommand({
          SecretId: secret,
          VersionStage: stage,
          RemoveFromVersionId: from,
          ...(to === null ? {} : { MoveToVersionId: to }),
        }),
      ),
    );
  };

  return {
    moveStage,

    list: () =>
      call('ListSecrets', async ({ sdk, client }) => {
        const secrets: ListedSecret[] = [];
        for await (const { SecretList = [] } of sdk.paginateListSecrets({ client, pageSize: 100 }, {})) {
          for (const { Name = '', ARN = Name, PrimaryRegion = null } of SecretList) {
            secrets.push({ name: Name, arn: ARN, primaryRegion: PrimaryRegion });
          }
        }
        return secrets;
      }),

    tagged: (key, value) =>
      call('ListSecrets', async ({ sdk, client }) => {
        // The service matches either by how it begins, so what it lists is looked at again.
        const asked = {
          Filters: [
            { Key: 'tag-key' as const, Values: [key] },
            { Key: 'tag-value' as const, Values: [value] },
          ],
        };
        const secrets: ListedSecret[] = [];
        for await (const { SecretList = [] } of sdk.paginateListSecrets({ client, pageSize: 100 }, asked)) {
          for (const { Name = '', ARN = Name, PrimaryRegion = null, Tags = [] } of SecretList) {
            const isTagged = Tags.some((tag) => tag.Key === key && tag.Value === value);
            if (isTagged) secrets.push({ name: Name, arn: ARN, primaryRegion: PrimaryRegion });
          }
        }
        return secrets;
      }),

    values: (secrets) =>
      call('BatchGetSecretValue', async ({ sdk, client }) => {
        const given = new Map<string | undefined, Pick<SecretAmongMany, 'value' | 'refused'>>();
        for await (const page of sdk.paginateBatchGetSecretValue({ client }, { SecretIdList: [...secrets] })) {
          for (const { ARN, Name, SecretString, SecretBinary } of page.SecretValues ?? []) {
            const value =
              SecretString === undefined ? { bytes: SecretBinary ?? new Uint8Array() } : { text: SecretString };
            for (const id of [ARN, Name]) given.set(id, { value, refused: null });
          }
          for (const error of page.Errors ?? []) given.set(error.SecretId, { value: null, refused: refusalOf(error) });
        }
        const unanswered = { value: null, refused: { why: 'AWS said nothing of it', action: null } };
        return secrets.map((secret) => ({ secret, ...(given.get(secret) ?? unanswered) }));
      }),

    describe: async (secret) => {
      const facts = await call('DescribeSecret', ({ sdk, client }) =>
        client.send(new sdk.DescribeSecretCommand({ SecretId: secret })),
      );
      return {
        arn: facts.ARN ?? secret,
        deleted: facts.DeletedDate !== undefined,
        rotates: facts.RotationEnabled === true || Boolean(facts.RotationLambdaARN),
        stages: facts.VersionIdsToStages ?? {},
        replicas: (facts.ReplicationStatus ?? []).map(({ Region = '', Status = '' }) => ({
          region: Region,
          status: Status,
        })),
      };
    },

    value: async (secret, which) => {
      const asked = 'stage' in which ? { VersionStage: which.stage } : { VersionId: which.version };
      const value = await call('GetSecretValue', ({ sdk, client }) =>
        client.send(new sdk.GetSecretValueCommand({ SecretId: secret, ...asked })),
      );
      return {
        arn: value.ARN ?? secret,
        version: value.VersionId ?? '',
        stages: value.VersionStages ?? [],
        text: value.SecretString ?? null,
        bytes: value.SecretBinary ?? null,
      };
    },

    create: async (name, { token, text, description, kmsKey }) => {
      await call('CreateSecret', ({ sdk, client }) =>
        client.send(
          new sdk.CreateSecretCommand({
            Name: name,
            ClientRequestToken: token,
            SecretString: text,
            Description: description,
            ...(kmsKey ? { KmsKeyId: kmsKey } : {}),
          }),
        ),
      );
    },

    put: async (secret, { token, text, stage }) => {
      await call('PutSecretValue', ({ sdk, client }) =>
        client.send(
          new sdk.PutSecretValueCommand({
            SecretId: secret,
            ClientRequestToken: token,
            SecretString: text,
            VersionStages: [stage],
          }),
        ),
      );
    },

    proveWritable: async (secret, version) => {
      // Permission is judged first, so whoever may is told instead that there is no value, and no such label. The label is
      // for servers that take a version without a value: unlabelled it would be AWSCURRENT, and the secret empty.
      await refusedAnyway(() =>
        call('PutSecretValue', ({ sdk, client }) =>
          client.send(new sdk.PutSecretValueCommand({ SecretId: secret, VersionStages: [noSuchLabel] })),
        ),
      );
      await refusedAnyway(() => moveStage(secret, noSuchLabel, { from: version, to: null }));
    },

    deleteAtOnce: async (secret) => {
      try {
        await call('DeleteSecret', ({ sdk, client }) =>
          client.send(new sdk.DeleteSecretCommand({ SecretId: secret, ForceDeleteWithoutRecovery: true })),
        );
      } catch (error) {
        if (!(error instanceof NoSuchEntityError)) throw error;
      }
    },
  };
}

async function refusedAnyway(impossible: () => Promise<unknown>): Promise<void> {
  try {
    await impossible();
  } catch (error) {
    if (error instanceof AwsRefusalError) return;
    throw error;
  }
}

/** Null where there is no value that could be refused. */
function refusalOf({ ErrorCode = 'Error', Message = '' }: Sdk.APIErrorType): Refused | null {
  if (['ResourceNotFoundException', 'InvalidRequestException'].includes(ErrorCode)) return null;
  if (!ErrorCode.startsWith('AccessDenied'))
    return { why: `secretsmanager:GetSecretValue: ${ErrorCode}`, action: null };
  const action = /kms/i.test(Message) ? 'kms:Decrypt' : 'secretsmanager:GetSecretValue';
  return { why: `${action} is denied`, action };
}
