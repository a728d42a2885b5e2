// What Secrets Manager tells of secrets without their values.
import { requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import { page, shownTags } from './json-input.ts';
import type { SecretVersion, StoredSecret } from './secret.ts';
import { matchesFilters } from './secrets-filters.ts';
import { findSecret, onSecret, secretNotFound } from './secrets-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

export const listOperations: Record<string, Operation> = {
  DescribeSecret: {
    kind: 'read',
    access: onSecret,
    apply: (call) => {
      const secret = anySecret(call);
      return { ...shownSecret(secret), VersionIdsToStages: stagesByVersion(secret) };
    },
  },

  ListSecrets: {
    kind: 'read',
    access: () => listAccess,
    apply: (call) => {
      const { items, ...more } = page(call, listed(call), { most: 100, idOf: ({ arn }) => arn, badToken });
      const shown = items.map((secret) => ({
        ...shownSecret(secret),
        SecretVersionsToStages: stagesByVersion(secret),
      }));
      return { SecretList: shown, ...more };
    },
  },

  ListSecretVersionIds: {
    kind: 'read',
    access: onSecret,
    apply: (call) => {
      const secret = anySecret(call);
      const all = call.params.IncludeDeprecated === true;
      const versions = secret.versions.filter(({ stages }) => all || stages.length > 0);
      const { items, ...more } = page(call, versions, { most: 100, idOf: ({ id }) => id, badToken });
      return {
        ARN: secret.arn,
        Name: secret.name,
        Versions: items.map((version) => shownVersion(version, secret)),
        ...more,
      };
    },
  },
};

/** The permission for lists, which have no resource: only a policy for every resource gives it. */
export const listAccess: Access[] = [{ action: 'secretsmanager:ListSecrets', resource: '*' }];

/** The secrets of the Region that the request's filters pick, in the order that it asks for. */
export function listed(call: Call): StoredSecret[] {
  const { params, region, world } = call;
  const now = world.clock.now();
  const picked = call
    .seen(world.secrets)
    .all()
    .filter((secret) => secret.region === region)
    .filter(({ deletion }) => !deletion || (params.IncludePlannedDeletion === true && deletion.until > now))
    .filter(matchesFilters(params));
  const sorted = picked.sort((a, b) => order(a, params.SortBy, b) || (a.name < b.name ? -1 : 1));
  return params.SortOrder === 'asc' ? sorted.reverse() : sorted;
}

export function badToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 400, 'The NextToken value is invalid.');
}

/** Newest first, and names from the end of the alphabet. */
function order(a: StoredSecret, by: unknown, b: StoredSecret): number {
  if (by === 'name') return a.name < b.name ? 1 : -1;
  if (by === 'last-changed-date') return b.changedAt - a.changedAt;
  if (by === 'last-accessed-date') return (b.accessedAt ?? 0) - (a.accessedAt ?? 0);
  return b.createdAt - a.createdAt;
}

/** The secret, even if it is marked for deletion. */
function anySecret(call: Call): StoredSecret {
  const secret = findSecret(call.seen(call.world.secrets), call, requiredText(call.params, 'SecretId'));
  if (!secret) throw secretNotFound();
  return secret;
}

/** What DescribeSecret and ListSecrets tell alike; AWS leaves out what has no value. */
function shownSecret(secret: StoredSecret): Record<string, unknown> {
  const { rotation, replicas, deletion, tags } = secret;
  return {
    ARN: secret.arn,
    Name: secret.name,
    Description: secret.description ?? undefined,
    KmsKeyId: secret.kmsKeyId ?? undefined,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.lambdaArn,
    RotationRules: rotation?.rules,
    LastRotatedDate: rotation?.rotatedAt === undefined ? undefined : epochSeconds(rotation.rotatedAt),
    LastChangedDate: epochSeconds(secret.changedAt),
    LastAccessedDate: secret.accessedAt === null ? undefined : epochSeconds(secret.accessedAt),
    DeletedDate: deletion ? epochSeconds(deletion.at) : undefined,
    Tags: Object.keys(tags).length > 0 ? shownTags(tags) : undefined,
    CreatedDate: epochSeconds(secret.createdAt),
    PrimaryRegion: replicas.length > 0 ? secret.region : undefined,
    ReplicationStatus:
      replicas.length > 0 ? replicas.map(({ region, status }) => ({ Region: region, Status: status })) : undefined,
  };
}

/** The labels by version; a version without any is left out. */
function stagesByVersion({ versions }: StoredSecret): Record<string, readonly string[]> | undefined {
  const labelled = versions.filter((version) => version.stages.length > 0);
  return labelled.length > 0 ? Object.fromEntries(labelled.map(({ id, stages }) => [id, stages])) : undefined;
}

function shownVersion({ id, stages, createdAt, accessedAt }: SecretVersion, { kmsKeyId }: StoredSecret) {
  return {
    VersionId: id,
    VersionStages: stages.length > 0 ? stages : undefined,
    CreatedDate: epochSeconds(createdAt),
    LastAccessedDate: accessedAt === null ? undefined : epochSeconds(accessedAt),
    KmsKeyIds: [kmsKeyId ?? 'DefaultEncryptionKey'],
  };
}
