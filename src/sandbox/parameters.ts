// Parameter Store seen from behind: arranges parameters and shows what is there, without asking anybody's permission and
// without a request in the log.
import { instant } from '../clock.ts';
import type { ParameterType, ParameterVersion, StoredParameter } from './parameter.ts';
import { accountKey, newest, parameterArn, parameterKey } from './parameters-input.ts';
import type { World } from './world.ts';

export interface ParameterArrangement {
  name: string;
  value: string;
  /** Default `SecureString`. */
  type?: ParameterType;
  /** Default `us-east-1`. */
  region?: string;
  description?: string;
  /** Of a SecureString; by default the account's key. */
  keyId?: string;
  /** Default `Standard`. */
  tier?: 'Standard' | 'Advanced';
  tags?: Readonly<Record<string, string>>;
}

export interface ParameterSnapshot {
  arn: string;
  type: ParameterType;
  tags: Record<string, string>;
  /** Oldest first. `value` only where it was asked for. */
  versions: {
    version: number;
    labels: string[];
    tier: 'Standard' | 'Advanced';
    keyId: string | null;
    changedAt: string;
    value?: string;
  }[];
}

export interface Parameters {
  /** Throws if the name is taken. */
  create(parameter: ParameterArrangement): { arn: string };
  /** Adds a version that differs from the newest one in its value alone, and returns its number. */
  put(name: string, value: string, region?: string): number;
  delete(name: string, region?: string): void;
  /** The newest value, decrypted; throws where there is no such parameter. */
  value(name: string, region?: string): string;
  /** Every parameter of a region (default `us-east-1`) by name; no values unless asked for. */
  snapshot(options?: { region?: string; values?: boolean }): Record<string, ParameterSnapshot>;
}

const home = 'us-east-1';

export function createParameters(world: World): Parameters {
  const { parameters, clock, accountId } = world;
  const find = (name: string, region = home): StoredParameter => {
    const parameter = parameters.current.get(parameterKey(region, name));
    if (!parameter) throw new Error(`the account has no parameter ${name} in ${region}`);
    return parameter;
  };
  const keep = (parameter: StoredParameter) =>
    parameters.put(parameterKey(parameter.region, parameter.name), parameter);
  const root = `arn:aws:iam::${accountId}:root`;

  return {
    create: ({
      name,
      value,
      type = 'SecureString',
      region = home,
      description,
      keyId,
      tier = 'Standard',
      tags = {},
    }) => {
      if (parameters.current.get(parameterKey(region, name))) {
        throw new Error(`the account already has a parameter ${name} in ${region}`);
      }
      const version: ParameterVersion = {
        version: 1,
        value,
        labels: [],
        description: description ?? null,
        changedAt: clock.now(),
        changedBy: root,
        tier,
        keyId: type === 'SecureString' ? (keyId ?? accountKey) : null,
      };
      const arn = parameterArn(region, accountId, name);
      keep({ region, name, arn, type, tags, versions: [version] });
      return { arn };
    },
    put: (name, value, region) => {
      const parameter = find(name, region);
      const last = newest(parameter);
      const version = {
        ...last,
        value,
        version: last.version + 1,
        labels: [],
        changedAt: clock.now(),
        changedBy: root,
      };
      keep({ ...parameter, versions: [...parameter.versions, version] });
      return version.version;
    },
    delete: (name, region = home) => parameters.remove(parameterKey(region, find(name, region).name)),
    value: (name, region) => newest(find(name, region)).value,
    snapshot: ({ region = home, values = false } = {}) => {
      const here = parameters.current.all().filter((parameter) => parameter.region === region);
      return Object.fromEntries(here.map((parameter) => [parameter.name, snapshotOf(parameter, values)]));
    },
  };
}

function snapshotOf({ arn, type, tags, versions }: StoredParameter, values: boolean): ParameterSnapshot {
  return {
    arn,
    type,
    tags: { ...tags },
    versions: versions.map(({ version, labels, tier, keyId, changedAt, value }) => ({
      version,
      labels: [...labels],
      tier,
      keyId,
      changedAt: instant(changedAt),
      ...(values ? { value } : {}),
    })),
  };
}
