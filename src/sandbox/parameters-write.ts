// PutParameter: a parameter's first version, or its next one.
import { optionalText, requiredText } from './iam-input.ts';
import { mergedTags, tagsIn } from './json-input.ts';
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
} from './parameters-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

const versionsKept = 100;
const bytesIn = { Standard: 4096, Advanced: 8192 };
const types = ['String', 'StringList', 'SecureString'];

export const parameterWriteOperations: Record<string, Operation> = {
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
        tags: existing?.tags ?? mergedTags({}, tagsIn(params), () => new ServiceError('TooManyTagsError', 400, '')),
        versions: [...(existing ? withRoom(existing) : []), version],
      });
      return { Version: version.version, Tier: tier };
    },
  },
};

function tagAccess(call: Call): Access[] {
  const requestTags = tagsIn(call.params);
  return onParameter(call).map((access) => ({ ...access, action: 'ssm:AddTagsToResource', requestTags }));
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
