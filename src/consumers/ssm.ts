// The consumers `ssm:/PATH`, both halves in the JSON of one SecureString, and `ssm:/PATH#id=/PATH2`, a parameter for each.
// One parameter is written at once; two cannot be, which is why one is better.
import { UsageError } from '../errors.ts';
import type { ConsumerKind, Permission, Surroundings } from './contract.ts';
import { findParameters } from './find-parameters.ts';
import { inNoRegion } from './key-in-text.ts';
import type { PropertyNames } from './pair-in-json.ts';
import { openParameterPair } from './parameter-pair.ts';
import {
  joinPlace,
  kmsPermission,
  neededRegion,
  type PlaceOptions,
  partitionOfRegion,
  splitPlace,
} from './place-in-aws.ts';
import { openSecureJson } from './secure-json.ts';

const kind = 'ssm';

interface Place {
  /** Holds the JSON, or the secret alone where `idPath` is set. */
  path: string;
  idPath: string | null;
  names: PropertyNames | null;
  region: string;
}

export const ssm: ConsumerKind = {
  kind,
  usage: `${kind}:/PATH[#id=/PATH2]  a SecureString in Parameter Store, or one for each half`,
  resolve: (place, surroundings) => placeOf(parsePlace(place, surroundings)),
  open: (place, replacement, { aws, clock }) => {
    const parsed = parsePlace(place, {});
    const { path, idPath, names, region } = parsed;
    const parts = { clock, parameters: () => aws.parameterStore(region) };
    const spec = `${kind}:${placeOf(parsed)}`;
    return idPath === null
      ? openSecureJson({ spec, path, names }, replacement, parts)
      : openParameterPair({ spec, path, idPath }, parts);
  },
  find: async () => [],
  findIn: async (keyId, place, { region }, aws) => {
    if (place !== null) return undefined;
    if (region === undefined) return inNoRegion(kind);
    const specOf = (path: string, idPath: string | null) => `${kind}:${placeOf({ path, idPath, names: null, region })}`;
    return findParameters(keyId, { region, parameters: aws.parameterStore(region), specOf });
  },
  permissions: (place): Permission[] => {
    const { path, idPath, region } = parsePlace(place, {});
    const arn = (name: string) =>
      `arn:${partitionOfRegion(region)}:ssm:${region}:*:parameter/${name.replace(/^\//, '')}`;
    const operations = ['GetParameter', 'GetParameterHistory', 'PutParameter'];
    return [
      {
        actions: operations.map((name) => `${kind}:${name}`),
        resources: [path, ...(idPath === null ? [] : [idPath])].map(arn),
      },
      // By its tier a parameter is encrypted with the key itself, or with a data key (Parameter Store, "KMS encryption").
      kmsPermission(kind, region, ['Decrypt', 'Encrypt', 'GenerateDataKey']),
    ];
  },
  searchPermissions: (region) => [
    { actions: [`${kind}:DescribeParameters`, `${kind}:GetParameters`], resources: ['*'] },
    kmsPermission(kind, region, ['Decrypt']),
  ],
};

function parsePlace(place: string, surroundings: Pick<Surroundings, 'region'>): Place {
  const { name: path, options } = splitPlace(kind, place);
  const spec = `${kind}:${place}`;
  const { idPath, names } = halvesOf(options, spec);
  for (const name of idPath === null ? [path] : [path, idPath]) {
    if (!/^[A-Za-z0-9_.\-/]{1,1011}$/.test(name)) {
      throw new UsageError(`${spec}: "${name}" is no parameter`, { hint: 'like ssm:/app/aws-key; not its ARN' });
    }
  }
  if (idPath === path) {
    throw new UsageError(`${spec} names one parameter twice`, { hint: `for both in one: ssm:${path}` });
  }
  return { path, idPath, names, region: options.region ?? neededRegion(spec, surroundings) };
}

function halvesOf({ id, secret }: PlaceOptions, spec: string): Pick<Place, 'idPath' | 'names'> {
  if (secret === undefined) return { idPath: id ?? null, names: null };
  if (id === undefined) {
    throw new UsageError(`${spec} names one property`, {
      hint: 'name both, #id=PROPERTY,secret=PROPERTY; or #id=/PATH2, a parameter of its own for the id',
    });
  }
  return { idPath: null, names: { id, secret } };
}

function placeOf({ path, idPath, names, region }: Place): string {
  return joinPlace(path, { ...names, ...(idPath === null ? {} : { id: idPath }), region });
}
