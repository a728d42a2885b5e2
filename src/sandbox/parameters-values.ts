// Writing a parameter's next version, and reading values.
import { createHash } from 'node:crypto';
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import type { ParameterType, ParameterVersion, StoredParameter } from './parameter.ts';
import {
  accountKey,
  checkedName,
  findParameter,
  invalid,
  keep,
  kmsAccess,
  newest,
  onParameter,
  parameterArn,
  parameterNotFound,
  selected,
} from './parameters-input.ts';
import { tagsIn } from './parameters-tags.ts';
import type { Access, Call, Operation } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const versionsKept = 100;
const bytesIn = { Standard: 4096, Advanced: 8192 };
const types = ['String', 'StringList', 'SecureString'];

export const parameterValueOperations: Record<string, Operation> = {
  PutParameter: {
    kind: 'change',
    access: (call) => {
      const existing = findParameter(call.world.parameters.current, call, requiredText(call.params, 'Name'));
      const secure = (optionalText(call.params, 'Type') ?? existing?.type) === 'SecureString';
      const operation = tierFor(call, existing) === 'Advanced' ? 'GenerateDataKey' : 'Encrypt';
      const tagging = call.params.Tags === undefined ? [] : tagAccess(call);
      return [
        ...onParameter(call),
        ...tagging,
        ...(secure ? kmsAccess(call, optionalText(call.params, 'KeyId'), operation) : []),
      ];
    },
    apply: (call) => {
      const { params, region, world } = call;
      const name = checkedName(requiredText(params, 'Name'));
      const existing = findParameter(world.parameters.current, call, name);
      const type = checkedType(call, existing);
      const tier = tierFor(call, existing);
      const value = checkedValue(requiredText(params, 'Value'), tier);
      const version: ParameterVersion = {
        version: existing ? newest(existing).version + 1 : 1,
        value,
        labels: [],
        description: optionalText(params, 'Description') ?? (existing ? newest(existing).description : null),
        changedAt: world.clock.now(),
        changedBy: call.caller.arn,
        tier,
        // Without a KeyId even the next version of a parameter is encrypted with the account's key.
        keyId: type === 'SecureString' ? (optionalText(params, 'KeyId') ?? accountKey) : null,
      };
      keep(call, {
        region,
        name,
        arn: parameterArn(region, world.accountId, name),
        type,
        tags: existing?.tags ?? tagsIn(params),
        versions: [...(existing ? withRoom(existing) : []), version],
      });
      return { Version: version.version, Tier: tier };
    },
  },

  GetParameter: {
    kind: 'read',
    access: (call) => readAccess(call, requiredText(call.params, 'Name')),
    apply: (call) => ({ Parameter: read(call, requiredText(call.params, 'Name')) }),
  },

  GetParameters: {
    kind: 'read',
    access: (call) => namesIn(call).flatMap((name) => readAccess(call, name)),
    apply: (call) => {
      const asked = namesIn(call).map((name) => ({ name, found: readOrNothing(call, name) }));
      return {
        Parameters: asked.flatMap(({ found }) => found ?? []),
        InvalidParameters: asked.filter(({ found }) => !found).map(({ name }) => name),
      };
    },
  },
};

/** The value as a read without decryption tells a SecureString: opaque, and nothing can be learned from it. */
export function shownValue(parameter: StoredParameter, version: ParameterVersion, decrypted: boolean): string {
  if (parameter.type !== 'SecureString' || decrypted) return version.value;
  const sealed = createHash('sha512').update(`${parameter.arn}:${version.version}`).digest('base64');
  return `AQICAH${sealed}`;
}

export function shownParameter(parameter: StoredParameter, version: ParameterVersion, decrypted: boolean) {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: shownValue(parameter, version, decrypted),
    Version: version.version,
    LastModifiedDate: epochSeconds(version.changedAt),
    ARN: parameter.arn,
    DataType: 'text',
  };
}

function read(call: Call, given: string): Record<string, unknown> {
  const { selector } = selected(call, given);
  const parameter = findParameter(call.seen(call.world.parameters), call, given);
  if (!parameter) throw parameterNotFound();
  const version = selector === null ? newest(parameter) : versionBy(parameter, selector);
  const shown = shownParameter(parameter, version, call.params.WithDecryption === true);
  return selector === null ? shown : { ...shown, Selector: `:${selector}` };
}

function readOrNothing(call: Call, given: string): Record<string, unknown> | undefined {
  try {
    return read(call, given);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function versionBy(parameter: StoredParameter, selector: string): ParameterVersion {
  const version = parameter.versions.find((one) => String(one.version) === selector || one.labels.includes(selector));
  if (version) return version;
  throw new ServiceError(
    'ParameterVersionNotFound',
    400,
    `Systems Manager could not find version ${selector} of ${parameter.name}. Verify the version and try again.`,
  );
}

function readAccess(call: Call, given: string): Access[] {
  const parameter = findParameter(call.world.parameters.current, call, given);
  const decrypts = parameter?.type === 'SecureString' && call.params.WithDecryption === true;
  return [...onParameter(call, given), ...(decrypts ? kmsAccess(call, newest(parameter).keyId, 'Decrypt') : [])];
}

function tagAccess(call: Call): Access[] {
  const requestTags = tagsIn(call.params);
  return onParameter(call).map((access) => ({ ...access, action: 'ssm:AddTagsToResource', requestTags }));
}

function namesIn({ params }: Call): string[] {
  const names = Array.isArray(params.Names) ? [...new Set(params.Names.map(String))] : [];
  if (names.length === 0) throw constraintError(null, 'names', 'not be null');
  if (names.length > 10) {
    throw constraintError(`[${names.join(', ')}]`, 'names', 'have length less than or equal to 10');
  }
  return names;
}

function checkedType({ params }: Call, existing: StoredParameter | undefined): ParameterType {
  const given = optionalText(params, 'Type');
  if (given !== undefined && !types.includes(given)) {
    throw constraintError(given, 'type', 'satisfy enum value set: [SecureString, StringList, String]');
  }
  if (params.Overwrite === true && params.Tags !== undefined) {
    throw invalid(
      "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    );
  }
  if (existing && params.Overwrite !== true) {
    throw new ServiceError(
      'ParameterAlreadyExists',
      400,
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = given ?? existing?.type;
  if (type === undefined) throw invalid('A parameter type is required when you create a parameter.');
  if (existing && type !== existing.type) {
    throw new ServiceError(
      'HierarchyTypeMismatchException',
      400,
      "Parameter Store doesn't support changing a parameter type in a hierarchy. You must create a new, unique parameter.",
    );
  }
  if (optionalText(params, 'KeyId') !== undefined && type !== 'SecureString') {
    throw invalid('KeyId is required only for the SecureString parameter type.');
  }
  return type as ParameterType;
}

function tierFor({ params }: Call, existing: StoredParameter | undefined): 'Standard' | 'Advanced' {
  const given = optionalText(params, 'Tier');
  const advanced = existing !== undefined && newest(existing).tier === 'Advanced';
  if (given !== undefined && !['Standard', 'Advanced', 'Intelligent-Tiering'].includes(given)) {
    throw constraintError(given, 'tier', 'satisfy enum value set: [Advanced, Intelligent-Tiering, Standard]');
  }
  if (given === 'Standard' && advanced) {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
    );
  }
  const long = Buffer.byteLength(optionalText(params, 'Value') ?? '') > bytesIn.Standard;
  return advanced || given === 'Advanced' || (given === 'Intelligent-Tiering' && long) ? 'Advanced' : 'Standard';
}

/** No error repeats the value. */
function checkedValue(value: string, tier: 'Standard' | 'Advanced'): string {
  if (value.length === 0) {
    throw invalid(
      "1 validation error detected: Value at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
    );
  }
  if (Buffer.byteLength(value) > bytesIn[tier]) {
    throw invalid(`${tier} tier parameters support a maximum parameter value of ${bytesIn[tier]} characters.`);
  }
  if (/\{\{.*\}\}/s.test(value)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  return value;
}

/** The oldest version goes for the newest, unless it has a label. */
function withRoom({ name, versions }: StoredParameter): readonly ParameterVersion[] {
  const [oldest] = versions;
  if (versions.length < versionsKept || !oldest) return versions;
  if (oldest.labels.length > 0) {
    throw new ServiceError(
      'ParameterMaxVersionLimitExceeded',
      400,
      `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
    );
  }
  return versions.slice(1);
}
