// From the creation of a secret to its deletion.
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import { mergedTags, tagsIn } from './json-input.ts';
import { newSecret } from './new-secret.ts';
import { addVersion, type StoredSecret, sameValue } from './secret.ts';
import { tooManyTags } from './secrets-attachments.ts';
import {
  findSecret,
  invalidParameter,
  invalidRequest,
  keep,
  kmsAccess,
  onSecret,
  secretArn,
  secretKey,
  secretNotFound,
  secretNow,
  tokenIn,
  valueIn,
} from './secrets-input.ts';
import { kmsOf, tokenInUse } from './secrets-values.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

const day = 24 * 60 * 60 * 1000;

export const lifecycleOperations: Record<string, Operation> = {
  CreateSecret: {
    kind: 'change',
    access: (call) => {
      const name = requiredText(call.params, 'Name');
      const requestTags = tagsIn(call.params);
      const actions = Object.keys(requestTags).length > 0 ? ['CreateSecret', 'TagResource'] : ['CreateSecret'];
      const needed = actions.map(
        (action): Access => ({
          action: `secretsmanager:${action}`,
          resource: secretArn(call.region, call.world.accountId, name),
          shown: name,
          requestTags,
          context: { 'secretsmanager:name': [name] },
        }),
      );
      return [...needed, ...kmsAccess(call, optionalText(call.params, 'KmsKeyId'), 'GenerateDataKey', 'Decrypt')];
    },
    apply: (call) => {
      const { region, params, world } = call;
      const name = checkedName(requiredText(params, 'Name'));
      const id = tokenIn(params);
      const value = valueIn(params);
      const existing = findSecret(world.secrets.current, call, name);
      if (existing) return sameCreation(existing, id, value);
      const empty = newSecret(world, {
        region,
        name,
        description: optionalText(params, 'Description') ?? null,
        kmsKeyId: optionalText(params, 'KmsKeyId') ?? null,
        tags: mergedTags({}, tagsIn(params), tooManyTags),
      });
      const secret = value ? addVersion(empty, { id, value }, ['AWSCURRENT'], world.clock.now()) : empty;
      keep(call, secret);
      return { ARN: secret.arn, Name: name, VersionId: value ? id : undefined };
    },
  },

  UpdateSecret: {
    kind: 'change',
    access: (call) => [
      ...onSecret(call),
      ...kmsOf(call, requiredText(call.params, 'SecretId'), 'GenerateDataKey', 'Decrypt'),
      ...kmsAccess(call, optionalText(call.params, 'KmsKeyId'), 'GenerateDataKey', 'Decrypt'),
    ],
    apply: (call) => {
      const secret = secretNow(call);
      const now = call.world.clock.now();
      const described = {
        ...secret,
        description: optionalText(call.params, 'Description') ?? secret.description,
        kmsKeyId: optionalText(call.params, 'KmsKeyId') ?? secret.kmsKeyId,
        changedAt: now,
      };
      const value = valueIn(call.params);
      const id = value && tokenIn(call.params);
      // Unlike PutSecretValue it refuses even the same value once more.
      if (secret.versions.some((version) => version.id === id)) throw tokenInUse(secret, id ?? '');
      keep(call, value && id ? addVersion(described, { id, value }, ['AWSCURRENT'], now) : described);
      return { ARN: secret.arn, Name: secret.name, VersionId: id };
    },
  },

  DeleteSecret: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const { params, world } = call;
      const at = world.clock.now();
      if (params.ForceDeleteWithoutRecovery === true) return deleteAtOnce(call);
      const secret = secretNow(call);
      checkNoReplicas(secret);
      const days = params.RecoveryWindowInDays ?? 30;
      if (typeof days !== 'number' || days < 7 || days > 30) {
        throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).');
      }
      keep(call, { ...secret, deletion: { at, until: at + days * day } });
      return { ARN: secret.arn, Name: secret.name, DeletionDate: epochSeconds(at + days * day) };
    },
  },

  RestoreSecret: {
    kind: 'change',
    access: onSecret,
    apply: (call) => {
      const secret = findSecret(call.world.secrets.current, call, requiredText(call.params, 'SecretId'));
      if (!secret) throw secretNotFound();
      keep(call, { ...secret, deletion: null });
      return { ARN: secret.arn, Name: secret.name };
    },
  },
};

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

/** No error even where there is nothing to delete. */
function deleteAtOnce(call: Call): Record<string, unknown> {
  const { params, region, world } = call;
  if (params.RecoveryWindowInDays !== undefined) {
    throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
  }
  const id = requiredText(params, 'SecretId');
  const secret = findSecret(world.secrets.current, call, id);
  if (secret) {
    checkNoReplicas(secret);
    world.secrets.remove(secretKey(region, secret.name));
  }
  return {
    ARN: secret?.arn ?? secretArn(region, world.accountId, id),
    Name: secret?.name ?? id,
    DeletionDate: epochSeconds(world.clock.now()),
  };
}

function checkNoReplicas({ name, replicas }: StoredSecret): void {
  if (replicas.length === 0) return;
  const regions = replicas.map(({ region }) => region).join(', ');
  throw invalidParameter(`You can't delete secret ${name} that still has replica regions [${regions}]`);
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
