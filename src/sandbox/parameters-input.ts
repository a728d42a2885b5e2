// What Parameter Store's operations check and look up in their input before anything else.
import { requiredText } from './iam-input.ts';
import type { ParameterVersion, StoredParameter } from './parameter.ts';
import type { RecordsView } from './records.ts';
import type { Access, Call } from './service.ts';
import { ServiceError } from './service-error.ts';

/** The key that an account has without making one. */
export const accountKey = 'alias/aws/ssm';

/** AWS says no more than that. */
export function parameterNotFound(): ServiceError {
  return new ServiceError('ParameterNotFound', 400, '');
}

export function versionNotFound(name: string, version: string): ServiceError {
  return new ServiceError(
    'ParameterVersionNotFound',
    400,
    `Systems Manager could not find version ${version} of ${name}. Verify the version and try again.`,
  );
}

export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', 400, message);
}

export function parameterKey(region: string, name: string): string {
  return `${region} ${name}`;
}

export function parameterArn(region: string, accountId: string, name: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
}

/** A name or ARN and, behind a colon, the version or label asked for: `/app/key:3`. */
export function selected({ region, world }: Pick<Call, 'region' | 'world'>, given: string) {
  const prefix = parameterArn(region, world.accountId, '');
  const bare = given.startsWith(prefix) ? given.slice(prefix.length) : given.trim();
  const [name = '', selector] = bare.split(/:(.*)/s);
  // An ARN does not tell whether the name begins with a slash; one that has further slashes must.
  return { name: given.startsWith(prefix) && name.includes('/') ? `/${name}` : name, selector: selector ?? null };
}

export function findParameter(
  view: RecordsView<StoredParameter>,
  call: Pick<Call, 'region' | 'world'>,
  given: string,
): StoredParameter | undefined {
  return view.get(parameterKey(call.region, selected(call, given).name));
}

export function parameterNow(call: Call, given = requiredText(call.params, 'Name')): StoredParameter {
  const parameter = findParameter(call.world.parameters.current, call, given);
  if (!parameter) throw parameterNotFound();
  return parameter;
}

export function keep({ world }: Call, parameter: StoredParameter): void {
  world.parameters.put(parameterKey(parameter.region, parameter.name), parameter);
}

export function newest(parameter: StoredParameter): ParameterVersion {
  const version = parameter.versions.at(-1);
  if (!version) throw new Error(`parameter ${parameter.name} has no version`);
  return version;
}

/** The permission for the call's operation on one parameter. */
export function onParameter(call: Call, given = requiredText(call.params, 'Name')): Access[] {
  const { name } = selected(call, given);
  const tags = findParameter(call.world.parameters.current, call, given)?.tags ?? {};
  const resource = parameterArn(call.region, call.world.accountId, name);
  return [{ action: `ssm:${call.operation}`, resource, resourceTags: tags }];
}

/** What a customer's own key needs beside; nothing for the account's key. */
export function kmsAccess(call: Call, keyId: string | null | undefined, operation: string): Access[] {
  if (!keyId || keyId === accountKey) return [];
  const { region, world } = call;
  const id = keyId.startsWith('alias/') ? keyId : `key/${keyId}`;
  const resource = keyId.startsWith('arn:') ? keyId : `arn:aws:kms:${region}:${world.accountId}:${id}`;
  return [{ action: `kms:${operation}`, resource, context: { 'kms:viaservice': [`ssm.${region}.amazonaws.com`] } }];
}

/** The path of GetParametersByPath, as given. */
export function pathIn({ params }: Call): string {
  const path = requiredText(params, 'Path');
  if (/^\/(?:[\w.-]+(?:\/[\w.-]+)*\/?)?$/.test(path)) return path;
  throw invalid(
    `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.`,
  );
}

export function checkedName(name: string): string {
  if (/^\/?(?:aws|ssm)/i.test(name)) {
    throw invalid('Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).');
  }
  if (!/^(?:\/(?:[\w.-]+\/)*)?[\w.-]+$/.test(name) || name.length > 1011) {
    throw invalid(
      'Parameter name must be a fully qualified name: only a mix of letters, numbers and the following 3 symbols .-_, in sub-paths divided by the slash symbol.',
    );
  }
  if (name.split('/').length - 1 > 15) {
    const message = 'A hierarchy can have a maximum of 15 levels.';
    throw new ServiceError('HierarchyLevelLimitExceededException', 400, message);
  }
  return name;
}
