// Everything about parameters but their values: lists, tags, labels, deletion.
import { optionalText, requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import { mergedTags, page, shownTags, tagsIn, textsIn, withoutTags } from './json-input.ts';
import type { StoredParameter } from './parameter.ts';
import { badToken, matchesFilters } from './parameters-filters.ts';
import {
  findParameter,
  keep,
  newest,
  onParameter,
  parameterKey,
  parameterNow,
  versionNotFound,
} from './parameters-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { ServiceError } from './service-error.ts';

const labelsPerVersion = 10;

export const parameterManageOperations: Record<string, Operation> = {
  DescribeParameters: {
    kind: 'read',
    // It has no resource type of its own: nothing narrower than every resource allows it.
    access: ({ region, world }) => [
      { action: 'ssm:DescribeParameters', resource: `arn:aws:ssm:${region}:${world.accountId}:*` },
    ],
    apply: (call) => {
      const found = call
        .seen(call.world.parameters)
        .all()
        .filter((parameter) => parameter.region === call.region)
        .filter(matchesFilters(call, ['Path', 'Name', 'Type', 'KeyId', 'Tier', 'tag:']))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, ...more } = page(call, found, { most: 50, idOf: ({ name }) => name, badToken });
      return { Parameters: items.map(shownMetadata), ...more };
    },
  },

  DeleteParameter: {
    kind: 'change',
    access: (call) => onParameter(call),
    apply: (call) => {
      remove(call, parameterNow(call));
      return undefined;
    },
  },

  DeleteParameters: {
    kind: 'change',
    access: (call) => textsIn(call.params, 'Names').flatMap((name) => onParameter(call, name)),
    apply: (call) => {
      const { current } = call.world.parameters;
      const asked = textsIn(call.params, 'Names').map((name) => ({ name, found: findParameter(current, call, name) }));
      for (const { found } of asked) if (found) remove(call, found);
      return {
        DeletedParameters: asked.filter(({ found }) => found).map(({ name }) => name),
        InvalidParameters: asked.filter(({ found }) => !found).map(({ name }) => name),
      };
    },
  },

  LabelParameterVersion: {
    kind: 'change',
    access: (call) => onParameter(call),
    apply: (call) => {
      const parameter = parameterNow(call);
      const number = call.params.ParameterVersion ?? newest(parameter).version;
      const labels = textsIn(call.params, 'Labels');
      // A label begins with a letter, so that it is no version, and not like AWS's own.
      const bad = labels.filter((label) => !/^(?!aws|ssm)[a-z_][\w.-]{0,99}$/i.test(label));
      const good = labels.filter((label) => !bad.includes(label));
      const target = parameter.versions.find(({ version }) => version === number);
      if (!target) throw versionNotFound(parameter.name, String(number));
      const versions = parameter.versions.map((version) => {
        const others = version.labels.filter((label) => !good.includes(label));
        return { ...version, labels: version === target ? [...others, ...good] : others };
      });
      if (versions.some((version) => version.labels.length > labelsPerVersion)) {
        throw new ServiceError('ParameterVersionLabelLimitExceeded', 400, '');
      }
      keep(call, { ...parameter, versions });
      return { InvalidLabels: bad, ParameterVersion: number };
    },
  },

  AddTagsToResource: {
    kind: 'change',
    access: (call) => onTagged(call).map((access) => ({ ...access, requestTags: tagsIn(call.params) })),
    apply: (call) => {
      const parameter = tagged(findParameter(call.world.parameters.current, call, idIn(call)));
      const tooMany = () => new ServiceError('TooManyTagsError', 400, '');
      keep(call, { ...parameter, tags: mergedTags(parameter.tags, tagsIn(call.params), tooMany) });
      return undefined;
    },
  },

  RemoveTagsFromResource: {
    kind: 'change',
    access: (call) => onTagged(call).map((access) => ({ ...access, tagKeys: textsIn(call.params, 'TagKeys') })),
    apply: (call) => {
      const parameter = tagged(findParameter(call.world.parameters.current, call, idIn(call)));
      keep(call, { ...parameter, tags: withoutTags(parameter.tags, textsIn(call.params, 'TagKeys')) });
      return undefined;
    },
  },

  ListTagsForResource: {
    kind: 'read',
    access: (call) => onTagged(call),
    apply: (call) => {
      const parameter = tagged(findParameter(call.seen(call.world.parameters), call, idIn(call)));
      return { TagList: shownTags(parameter.tags) };
    },
  },
};

function shownMetadata(parameter: StoredParameter): Record<string, unknown> {
  const { name, arn, type } = parameter;
  const { version, keyId, changedAt, changedBy, description, tier } = newest(parameter);
  return {
    Name: name,
    ARN: arn,
    Type: type,
    KeyId: keyId ?? undefined,
    LastModifiedDate: epochSeconds(changedAt),
    LastModifiedUser: changedBy,
    Description: description ?? undefined,
    Version: version,
    Tier: tier,
    Policies: [],
    DataType: 'text',
  };
}

function remove({ world }: Call, { region, name }: StoredParameter): void {
  world.parameters.remove(parameterKey(region, name));
}

function idIn({ params }: Call): string {
  if (optionalText(params, 'ResourceType') !== 'Parameter') throw new ServiceError('InvalidResourceType', 400, '');
  return requiredText(params, 'ResourceId');
}

function onTagged(call: Call): Access[] {
  return onParameter(call, idIn(call));
}

function tagged(parameter: StoredParameter | undefined): StoredParameter {
  if (!parameter) throw new ServiceError('InvalidResourceId', 400, '');
  return parameter;
}
