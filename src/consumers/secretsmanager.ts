// The consumer `secretsmanager:SECRET`: two properties of a secret's JSON. A new version is written beside the current one
// and read back, and takes its place only if nobody changed the secret meanwhile; AWSCURRENT is never moved back.
import { UsageError } from '../errors.ts';
import type { ConsumerKind, Surroundings } from './contract.ts';
import { findSecrets, neverRead } from './find-secrets.ts';
import { inNoRegion } from './key-in-text.ts';
import type { PropertyNames } from './pair-in-json.ts';
import { joinPlace, kmsPermission, neededRegion, partitionOfRegion, splitPlace } from './place-in-aws.ts';
import { openSecret } from './secret-versions.ts';

const kind = 'secretsmanager';
const arnPattern = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):\d{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$/;
const namePattern = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

interface Place {
  /** Its name or ARN. */
  secret: string;
  region: string;
  names: PropertyNames | null;
}

export const secretsmanager: ConsumerKind = {
  kind,
  usage: `${kind}:SECRET[#id=PROPERTY,secret=PROPERTY]  two properties of a secret in Secrets Manager`,
  resolve: (place, surroundings) => placeOf(parsePlace(place, surroundings)),
  open: (place, replacement, { aws, clock }) => {
    const { secret, region, names } = parsePlace(place, {});
    const spec = `${kind}:${placeOf({ secret, region, names })}`;
    return openSecret({ spec, secret, names, where: `the secret ${secret}` }, replacement, {
      clock,
      secrets: () => aws.secretsManager(region),
    });
  },
  find: async () => [],
  findIn: async (keyId, place, { region }, aws) => {
    if (place !== null) return undefined;
    if (region === undefined) return inNoRegion(kind);
    return findSecrets(keyId, { region, secrets: aws.secretsManager(region), specOf });
  },
  permissions: (place) => {
    const { secret, region } = parsePlace(place, {});
    // Secrets Manager puts a dash and six characters behind the name (its User Guide, "Determine permissions").
    const arn = arnPattern.test(secret)
      ? secret
      : `arn:${partitionOfRegion(region)}:secretsmanager:${region}:*:secret:${secret}-??????`;
    const operations = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];
    return [
      { actions: operations.map((name) => `${kind}:${name}`), resources: [arn] },
      kmsPermission(kind, region, ['Decrypt', 'GenerateDataKey']),
    ];
  },
  searchPermissions: (region) => [
    { actions: [`${kind}:BatchGetSecretValue`, `${kind}:ListSecrets`], resources: ['*'] },
    {
      actions: [`${kind}:GetSecretValue`],
      resources: neverRead.map((prefix) => `arn:${partitionOfRegion(region)}:${kind}:*:*:secret:${prefix}*`),
      allBut: true,
    },
    kmsPermission(kind, region, ['Decrypt']),
  ],
};

function parsePlace(place: string, surroundings: Pick<Surroundings, 'region'>): Place {
  const { name, options } = splitPlace(kind, place);
  const spec = `${kind}:${place}`;
  const ofArn = arnPattern.exec(name)?.[1];
  if (!ofArn && !namePattern.test(name)) {
    throw new UsageError(`${spec} names no secret`, { hint: 'like secretsmanager:app/aws-key, or its ARN' });
  }
  if (ofArn && options.region && options.region !== ofArn) {
    throw new UsageError(`${spec} names two regions`, { hint: 'an ARN has its own' });
  }
  const { id, secret } = options;
  const names = id === undefined || secret === undefined ? null : { id, secret };
  if (names === null && (id !== undefined || secret !== undefined)) {
    throw new UsageError(`${spec} names one property`, { hint: 'name both: #id=PROPERTY,secret=PROPERTY' });
  }
  const region = ofArn ?? options.region ?? neededRegion(spec, surroundings);
  return { secret: name, region, names };
}

function placeOf({ secret, region, names }: Place): string {
  return joinPlace(secret, { ...names, ...(arnPattern.test(secret) ? {} : { region }) });
}

/** Null where no spec can name such a secret: those of other services have names of their own. */
function specOf(secret: string, region: string): string | null {
  return namePattern.test(secret) ? `${kind}:${placeOf({ secret, region, names: null })}` : null;
}
