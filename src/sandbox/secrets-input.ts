// What Secrets Manager's operations check and look up in their input before anything else.
import { optionalText, requiredText } from './iam-input.ts';
import type { RecordsView } from './records.ts';
import type { SecretValue, StoredSecret } from './secret.ts';
import type { Access, Call, Params } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const valueBytes = 65_536;

export function secretNotFound(): ServiceError {
  return new ServiceError('ResourceNotFoundException', 400, "Secrets Manager can't find the specified secret.");
}

export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', 400, message);
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', 400, message);
}

export function secretKey(region: string, name: string): string {
  return `${region} ${name}`;
}

/** The secret that a name, an ARN or an ARN without its last six characters stands for, marked for deletion or not. */
export function findSecret(
  view: RecordsView<StoredSecret>,
  { region, world }: Pick<Call, 'region' | 'world'>,
  id: string,
): StoredSecret | undefined {
  const prefix = secretArn(region, world.accountId, '');
  const rest = id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
  const found =
    view.all().find((secret) => secret.region === region && secret.arn === id) ??
    // What ends as a whole ARN does is taken for one.
    view.get(secretKey(region, rest === undefined ? id : /-[A-Za-z0-9]{6}$/.test(rest) ? '' : rest.replace(/-$/, '')));
  return found?.deletion && found.deletion.until <= world.clock.now() ? undefined : found;
}

/** The secret as it is now; throws where there is none or it is marked for deletion. */
export function secretNow(call: Call, id = requiredText(call.params, 'SecretId')): StoredSecret {
  return usable(findSecret(call.world.secrets.current, call, id));
}

/** The secret as a read may see it. */
export function secretSeen(call: Call, id = requiredText(call.params, 'SecretId')): StoredSecret {
  return usable(findSecret(call.seen(call.world.secrets), call, id));
}

function usable(secret: StoredSecret | undefined): StoredSecret {
  if (!secret) throw secretNotFound();
  if (secret.deletion) {
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }
  return secret;
}

export function keep({ world }: Call, secret: StoredSecret): void {
  world.secrets.put(secretKey(secret.region, secret.name), secret);
}

export function secretArn(region: string, accountId: string, name: string): string {
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`;
}

/** The permission for the call's operation on the secret that it is about. */
export function onSecret(call: Call): Access[] {
  return [secretAccess(call, `secretsmanager:${call.operation}`, requiredText(call.params, 'SecretId'))];
}

export function secretAccess(call: Call, action: string, id: string): Access {
  const secret = findSecret(call.world.secrets.current, call, id);
  const { VersionId, VersionStage } = call.params;
  return {
    action,
    resource: secret?.arn ?? (id.startsWith('arn:') ? id : secretArn(call.region, call.world.accountId, id)),
    shown: id,
    resourceTags: secret?.tags ?? {},
    context: {
      ...(secret ? { 'secretsmanager:secretid': [secret.arn] } : {}),
      ...(typeof VersionId === 'string' ? { 'secretsmanager:versionid': [VersionId] } : {}),
      ...(typeof VersionStage === 'string' ? { 'secretsmanager:versionstage': [VersionStage] } : {}),
    },
  };
}

/** What a customer's own key needs beside; nothing for the account's key. */
export function kmsAccess(call: Call, keyId: string | null | undefined, ...operations: string[]): Access[] {
  if (!keyId || keyId === 'alias/aws/secretsmanager') return [];
  const { region, world } = call;
  const id = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  const resource = keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${world.accountId}:${id}`;
  const context = { 'kms:viaservice': [`secretsmanager.${region}.amazonaws.com`] };
  return operations.map((name) => ({
    action: `kms:${name}`,
    resource,
    refusal: 'Access to KMS is not allowed',
    context,
  }));
}

/** The request's value; undefined where it has none. No error ever repeats it. */
export function valueIn(params: Params): SecretValue | undefined {
  const string = optionalText(params, 'SecretString');
  const binary = optionalText(params, 'SecretBinary');
  if (string !== undefined && binary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  const bytes = string === undefined ? Buffer.from(binary ?? '', 'base64').length : Buffer.byteLength(string);
  const member = string === undefined ? 'secretBinary' : 'secretString';
  if ((string ?? binary) !== undefined && (bytes < 1 || bytes > valueBytes)) {
    const limit = bytes < 1 ? 'greater than or equal to 1' : `less than or equal to ${valueBytes}`;
    throw new ServiceError(
      'ValidationException',
      400,
      `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must have length ${limit}`,
    );
  }
  if (string !== undefined) return { string };
  return binary === undefined ? undefined : { binary };
}

/** The token that becomes the id of a new version. */
export function tokenIn(params: Params): string {
  const token = optionalText(params, 'ClientRequestToken');
  if (token === undefined) {
    throw invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
  }
  if (token.length < 32) throw constraintError(token, 'clientRequestToken', 'have length greater than or equal to 32');
  if (token.length > 64) throw constraintError(token, 'clientRequestToken', 'have length less than or equal to 64');
  return token;
}
