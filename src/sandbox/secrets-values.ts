// Reading and writing the values of secrets, and moving the labels of their versions.
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import {
  addVersion,
  fillVersion,
  moveStage,
  type SecretValue,
  type SecretVersion,
  type StoredSecret,
  sameValue,
  versionWith,
} from './secret.ts';
import {
  findSecret,
  invalidParameter,
  invalidRequest,
  keep,
  kmsAccess,
  onSecret,
  secretKey,
  secretNow,
  secretSeen,
  tokenIn,
  valueIn,
} from './secrets-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

export const valueOperations: Record<string, Operation> = {
  GetSecretValue: {
    kind: 'read',
    access: (call) => [...onSecret(call), ...kmsOf(call, requiredText(call.params, 'SecretId'), 'Decrypt')],
    apply: (call) => readValue(call, secretSeen(call)),
  },

  PutSecretValue: {
    kind: 'change',
    access: (call) => [
      ...onSecret(call),
      ...kmsOf(call, requiredText(call.params, 'SecretId'), 'GenerateDataKey', 'Decrypt'),
    ],
    apply: (call) => {
      const secret = secretNow(call);
      const id = tokenIn(call.params);
      const value = valueIn(call.params);
      if (!value) throw invalidRequest('You must provide either SecretString or SecretBinary.');
      const existing = secret.versions.find((version) => version.id === id);
      const isFilled = existing !== undefined && existing.value !== null;
      if (isFilled && !sameValue(existing.value, value)) throw tokenInUse(secret, id);
      const put = existing ? fillVersion : addVersion;
      const changed = isFilled ? secret : put(secret, { id, value }, stagesIn(call), call.world.clock.now());
      if (!isFilled) keep(call, changed);
      const version = changed.versions.find((one) => one.id === id);
      return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: version?.stages };
    },
  },

  UpdateSecretVersionStage: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const secret = secretNow(call);
      const stage = checkedStage(requiredText(call.params, 'VersionStage'), 'versionStage');
      const to = optionalText(call.params, 'MoveToVersionId');
      const from = optionalText(call.params, 'RemoveFromVersionId');
      checkMove(secret, stage, from, to);
      const moved = moveStage(secret, stage, to ?? null);
      if (moved !== secret) keep(call, { ...moved, changedAt: call.world.clock.now() });
      return { ARN: secret.arn, Name: secret.name };
    },
  },
};

export function kmsOf(call: Call, secretId: string, ...operations: string[]): Access[] {
  return kmsAccess(call, findSecret(call.world.secrets.current, call, secretId)?.kmsKeyId, ...operations);
}

/** The version asked for by `VersionId`, `VersionStage` or both, by default AWSCURRENT, as GetSecretValue shows it. */
export function readValue(call: Call, secret: StoredSecret): Record<string, unknown> {
  const id = optionalText(call.params, 'VersionId');
  const stage = optionalText(call.params, 'VersionStage') ?? (id === undefined ? 'AWSCURRENT' : undefined);
  const version = stage === undefined || id !== undefined ? byId(secret, id ?? '') : byStage(secret, stage);
  if (stage !== undefined && !version.stages.includes(stage)) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  const value = readableValue(version, stage);
  noteAccess(call, secret, version.id);
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...('string' in value ? { SecretString: value.string } : { SecretBinary: value.binary }),
    ...(version.stages.length > 0 ? { VersionStages: version.stages } : {}),
    CreatedDate: epochSeconds(version.createdAt),
  };
}

export function tokenInUse({ arn }: StoredSecret, token: string): ServiceError {
  return new ServiceError(
    'ResourceExistsException',
    400,
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );
}

function readableValue({ id, value }: SecretVersion, stage: string | undefined): SecretValue {
  if (value) return value;
  throw valueNotFound(stage === undefined ? `VersionId: ${id}` : `staging label: ${stage}`);
}

function byId(secret: StoredSecret, id: string): SecretVersion {
  const version = secret.versions.find((one) => one.id === id);
  if (!version) throw valueNotFound(`VersionId: ${id}`);
  return version;
}

function byStage(secret: StoredSecret, stage: string): SecretVersion {
  const version = versionWith(secret, stage);
  if (!version) throw valueNotFound(`staging label: ${stage}`);
  return version;
}

function valueNotFound(asked: string): ServiceError {
  return new ServiceError(
    'ResourceNotFoundException',
    400,
    `Secrets Manager can't find the specified secret value for ${asked}`,
  );
}

/** AWS tells the day of the last access, so one note a day is enough. */
function noteAccess(call: Call, { region, name }: StoredSecret, versionId: string): void {
  const { secrets, clock } = call.world;
  const secret = secrets.current.get(secretKey(region, name));
  const day = 24 * 60 * 60 * 1000;
  const today = Math.floor(clock.now() / day) * day;
  const version = secret?.versions.find((one) => one.id === versionId);
  if (!secret || !version || (secret.accessedAt === today && version.accessedAt === today)) return;
  const versions = secret.versions.map((one) => (one.id === versionId ? { ...one, accessedAt: today } : one));
  keep(call, { ...secret, versions, accessedAt: today });
}

function stagesIn({ params }: Call): string[] {
  const given = params.VersionStages;
  if (!Array.isArray(given)) return ['AWSCURRENT'];
  if (given.length < 1 || given.length > 20) {
    throw constraintError(String(given.length), 'versionStages', 'have between 1 and 20 members');
  }
  return given.map((stage) => checkedStage(String(stage), 'versionStages'));
}

function checkedStage(stage: string, member: string): string {
  if (stage.length < 1) throw constraintError(stage, member, 'have length greater than or equal to 1');
  if (stage.length > 256) throw constraintError(stage, member, 'have length less than or equal to 256');
  return stage;
}

function checkMove(secret: StoredSecret, stage: string, from: string | undefined, to: string | undefined): void {
  const holder = versionWith(secret, stage)?.id;
  for (const id of [to, from]) {
    if (id !== undefined && !secret.versions.some((version) => version.id === id)) {
      throw new ServiceError(
        'ResourceNotFoundException',
        400,
        `Secrets Manager can't find the specified secret version: ${id}`,
      );
    }
  }
  if (to === undefined && from === undefined) {
    throw invalidParameter('You must specify MoveToVersionId, RemoveFromVersionId, or both.');
  }
  if (to === undefined && stage === 'AWSCURRENT') {
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
  }
  if (from === undefined && holder !== undefined && holder !== to) {
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (from !== undefined && holder !== from) {
    throw invalidParameter(`Staging label ${stage} is not currently attached to version ${from}.`);
  }
}
