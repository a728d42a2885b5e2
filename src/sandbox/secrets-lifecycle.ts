// From the creation of a secret to its deletion, and what is told about it.
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import { newSecret } from './new-secret.ts';
import { addVersion, type StoredSecret, sameValue } from './secret.ts';
import {
  findSecret,
  invalidRequest,
  keep,
  kmsAccess,
  onSecret,
  secretArn,
  secretNotFound,
  tokenIn,
  valueIn,
} from './secrets-input.ts';
import type { Access, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

export const lifecycleOperations: Record<string, Operation> = {
  CreateSecret: {
    kind: 'change',
    access: (call) => {
      const name = requiredText(call.params, 'Name');
      const access: Access = {
        action: 'secretsmanager:CreateSecret',
        resource: secretArn(call.region, call.world.accountId, name),
        shown: name,
        context: { 'secretsmanager:name': [name] },
      };
      return [access, ...kmsAccess(call, optionalText(call.params, 'KmsKeyId'), 'GenerateDataKey', 'Decrypt')];
    },
    apply: (call) => {
      const name = checkedName(requiredText(call.params, 'Name'));
      const id = tokenIn(call.params);
      const value = valueIn(call.params);
      const existing = findSecret(call.world.secrets.current, call, name);
      if (existing) return sameCreation(existing, id, value);
      const { region, params, world } = call;
      const empty = newSecret(world, {
        region,
        name,
        description: optionalText(params, 'Description') ?? null,
        kmsKeyId: optionalText(params, 'KmsKeyId') ?? null,
      });
      const secret = value ? addVersion(empty, { id, value }, ['AWSCURRENT'], world.clock.now()) : empty;
      keep(call, secret);
      return { ARN: secret.arn, Name: name, VersionId: value ? id : undefined };
    },
  },

  DescribeSecret: {
    kind: 'read',
    access: onSecret,
    apply: (call) => {
      const secret = findSecret(call.seen(call.world.secrets), call, requiredText(call.params, 'SecretId'));
      if (!secret) throw secretNotFound();
      return { ...shownSecret(secret), VersionIdsToStages: shownVersions(secret) };
    },
  },
};

/** What DescribeSecret and ListSecrets tell alike. */
export function shownSecret(secret: StoredSecret): Record<string, unknown> {
  const { rotation, replicas, deletion } = secret;
  const tags = Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description ?? undefined,
    KmsKeyId: secret.kmsKeyId ?? undefined,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.lambdaArn,
    LastChangedDate: epochSeconds(secret.changedAt),
    LastAccessedDate: secret.accessedAt === null ? undefined : epochSeconds(secret.accessedAt),
    DeletedDate: deletion ? epochSeconds(deletion.at) : undefined,
    Tags: tags.length > 0 ? tags : undefined,
    CreatedDate: epochSeconds(secret.createdAt),
    PrimaryRegion: replicas.length > 0 ? secret.region : undefined,
    ReplicationStatus:
      replicas.length > 0 ? replicas.map(({ region, status }) => ({ Region: region, Status: status })) : undefined,
  };
}

/** The labels by version; a version without any is left out. */
export function shownVersions({ versions }: StoredSecret): Record<string, readonly string[]> | undefined {
  const labelled = versions.filter((version) => version.stages.length > 0);
  return labelled.length > 0 ? Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])) : undefined;
}

/** The same token with the same value is the same request once more. */
function sameCreation(secret: StoredSecret, token: string, value: ReturnType<typeof valueIn>) {
  if (secret.deletion) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const version = secret.versions.find((one) => one.id === token);
  if (!version || !value || !sameValue(version.value, value)) {
    throw new ServiceError(
      'ResourceExistsException',
      400,
      `The operation failed because the secret ${secret.name} already exists.`,
    );
  }
  return { ARN: secret.arn, Name: secret.name, VersionId: token };
}

function checkedName(name: string): string {
  if (!/^[\w/+=.@!-]{1,512}$/.test(name)) {
    throw new ServiceError(
      'ValidationException',
      400,
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
  return name;
}
