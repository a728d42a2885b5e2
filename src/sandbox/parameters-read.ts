// Reading parameters' values: one, some by name, a whole path, or all versions of one.
import { createHash } from 'node:crypto';
import { requiredText } from './iam-input.ts';
import { epochSeconds } from './json.ts';
import { page, textsIn } from './json-input.ts';
import type { ParameterVersion, StoredParameter } from './parameter.ts';
import { badToken, matchesFilters, under } from './parameters-filters.ts';
import {
  findParameter,
  kmsAccess,
  newest,
  onParameter,
  parameterNotFound,
  pathIn,
  selected,
  versionNotFound,
} from './parameters-input.ts';
import type { Access, Call, Operation } from './service.ts';
import { constraintError, ServiceError } from './service-error.ts';

export const parameterReadOperations: Record<string, Operation> = {
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

  GetParametersByPath: {
    kind: 'read',
    access: (call) => {
      const below = call.world.parameters.current.all().filter(under(call, pathIn(call)));
      return [...onParameter(call, pathIn(call)), ...below.flatMap((parameter) => decryptAccess(call, parameter))];
    },
    apply: (call) => {
      const found = call
        .seen(call.world.parameters)
        .all()
        .filter(under(call, pathIn(call)))
        .filter(matchesFilters(call, ['Type', 'KeyId', 'Label']))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, ...more } = page(call, found, { most: 10, idOf: ({ name }) => name, badToken });
      return { Parameters: items.map((one) => shown(one, newest(one), decrypted(call))), ...more };
    },
  },

  GetParameterHistory: {
    kind: 'read',
    access: (call) => readAccess(call, requiredText(call.params, 'Name')),
    apply: (call) => {
      const parameter = findParameter(call.seen(call.world.parameters), call, requiredText(call.params, 'Name'));
      if (!parameter) throw parameterNotFound();
      const paging = { most: 50, idOf: ({ version }: ParameterVersion) => String(version), badToken };
      const { items, ...more } = page(call, parameter.versions, paging);
      return { Parameters: items.map((version) => shownHistory(parameter, version, decrypted(call))), ...more };
    },
  },
};

function shown(parameter: StoredParameter, version: ParameterVersion, plain: boolean): Record<string, unknown> {
  return {
    Name: parameter.name,
    Type: parameter.type,
    Value: shownValue(parameter, version, plain),
    Version: version.version,
    LastModifiedDate: epochSeconds(version.changedAt),
    ARN: parameter.arn,
    DataType: 'text',
  };
}

function shownHistory(parameter: StoredParameter, version: ParameterVersion, plain: boolean) {
  const { ARN: _, ...common } = shown(parameter, version, plain);
  return {
    ...common,
    KeyId: version.keyId ?? undefined,
    LastModifiedUser: version.changedBy,
    Description: version.description ?? undefined,
    Labels: version.labels,
    Tier: version.tier,
    Policies: [],
  };
}

/** Without decryption a SecureString is opaque, and nothing can be learned from it. */
function shownValue(parameter: StoredParameter, version: ParameterVersion, plain: boolean): string {
  if (parameter.type !== 'SecureString' || plain) return version.value;
  const sealed = createHash('sha512').update(`${parameter.arn}:${version.version}`).digest('base64');
  return `AQICAH${sealed}`;
}

function decrypted({ params }: Call): boolean {
  return params.WithDecryption === true;
}

function read(call: Call, given: string): Record<string, unknown> {
  const { selector } = selected(call, given);
  const parameter = findParameter(call.seen(call.world.parameters), call, given);
  if (!parameter) throw parameterNotFound();
  const version = selector === null ? newest(parameter) : versionBy(parameter, selector);
  const found = shown(parameter, version, decrypted(call));
  return selector === null ? found : { ...found, Selector: `:${selector}` };
}

function readOrNothing(call: Call, given: string): Record<string, unknown> | undefined {
  try {
    return read(call, given);
  } catch (error) {
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function versionBy({ name, versions }: StoredParameter, selector: string): ParameterVersion {
  const found = versions.find(({ version, labels }) => String(version) === selector || labels.includes(selector));
  if (!found) throw versionNotFound(name, selector);
  return found;
}

function readAccess(call: Call, given: string): Access[] {
  const parameter = findParameter(call.world.parameters.current, call, given);
  return [...onParameter(call, given), ...(parameter ? decryptAccess(call, parameter) : [])];
}

function decryptAccess(call: Call, parameter: StoredParameter): Access[] {
  return decrypted(call) ? kmsAccess(call, newest(parameter).keyId, 'Decrypt') : [];
}

function namesIn({ params }: Call): string[] {
  const names = [...new Set(textsIn(params, 'Names'))];
  if (names.length === 0) throw constraintError(null, 'names', 'not be null');
  if (names.length > 10) {
    throw constraintError(`[${names.join(', ')}]`, 'names', 'have length less than or equal to 10');
  }
  return names;
}
