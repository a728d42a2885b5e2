// Many values in one request: what goes wrong with one secret is told beside the others.
import { authorize } from './authorize.ts';
import { page, textsIn } from './json-input.ts';
import { findSecret, invalidParameter, kmsAccess, secretAccess, secretSeen } from './secrets-input.ts';
import { badToken, listAccess, listed } from './secrets-lists.ts';
import { readValue } from './secrets-values.ts';
import { secretsManagerJson } from './secrets-wire.ts';
import type { Call, Operation } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const secretsPerBatch = 20;

export const batchOperations: Record<string, Operation> = {
  BatchGetSecretValue: {
    kind: 'read',
    access: ({ params }) => [
      { action: 'secretsmanager:BatchGetSecretValue', resource: '*' },
      ...(params.Filters === undefined ? [] : listAccess),
    ],
    apply: (call) => {
      const { items, ...more } = page(call, idsIn(call), { most: secretsPerBatch, idOf: (id) => id, badToken });
      const asked = items.map((id) => valueOrError(call, id));
      return {
        SecretValues: asked.filter((one) => !('ErrorCode' in one)),
        Errors: asked.filter((one) => 'ErrorCode' in one),
        ...more,
      };
    },
  },
};

function idsIn(call: Call): string[] {
  const { SecretIdList, Filters, MaxResults } = call.params;
  if ((SecretIdList === undefined) === (Filters === undefined)) {
    throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }
  if (Filters !== undefined) return listed(call).map((secret) => secret.arn);
  if (MaxResults !== undefined) {
    throw invalidParameter("'Filters' not specified. 'Filters' must also be specified when 'MaxResults' is provided.");
  }
  const ids = textsIn(call.params, 'SecretIdList');
  if (ids.length < 1 || ids.length > secretsPerBatch) {
    const limit = ids.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${secretsPerBatch}`;
    throw constraintError(`[${ids.join(', ')}]`, 'secretIdList', `have length ${limit}`);
  }
  return ids;
}

function valueOrError(call: Call, id: string): Record<string, unknown> {
  try {
    const secret = findSecret(call.world.secrets.current, call, id);
    const needed = [
      secretAccess(call, 'secretsmanager:GetSecretValue', id),
      ...kmsAccess(call, secret?.kmsKeyId, 'Decrypt'),
    ];
    authorize(call.caller, needed, call.world.accountId);
    return readValue(call, secretSeen(call, id));
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { code, message } = secretsManagerJson.worded(error);
    return { SecretId: id, ErrorCode: code, Message: message };
  }
}
