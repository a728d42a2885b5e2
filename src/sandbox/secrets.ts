// Secrets Manager seen from behind: arranges secrets and shows what is there, without asking anybody's permission and
// without a request in the log.
import { instant, timeOf } from '../clock.ts';
import { newSecret } from './new-secret.ts';
import {
  addVersion,
  moveStage,
  type SecretRotation,
  type SecretValue,
  type StoredSecret,
  shownValue,
  versionWith,
  withoutDeprecated,
} from './secret.ts';
import { secretKey } from './secrets-input.ts';
import type { World } from './world.ts';

export interface SecretArrangement {
  name: string;
  /** The first version's, which is AWSCURRENT; without one the secret has no version. */
  value?: string | Uint8Array;
  /** Default `us-east-1`. */
  region?: string;
  description?: string;
  kmsKeyId?: string;
  tags?: Readonly<Record<string, string>>;
  /** An instant; by default now. */
  createdAt?: string;
  /** Rotation by somebody's Lambda; enabled unless said otherwise. */
  rotation?: { lambdaArn: string; enabled?: boolean };
  /** Regions of its replicas, all InSync. */
  replicas?: readonly string[];
}

export type SecretChange = Partial<Pick<StoredSecret, 'description' | 'kmsKeyId' | 'tags' | 'rotation' | 'replicas'>>;

/** Where a value is looked for; by default AWSCURRENT in `us-east-1`. */
export interface Where {
  region?: string;
  stage?: string;
  versionId?: string;
}

export interface SecretSnapshot {
  arn: string;
  description: string | null;
  kmsKeyId: string | null;
  tags: Record<string, string>;
  deletesAt: string | null;
  rotation: SecretRotation | null;
  resourcePolicy: { document: string; blockPublicPolicy: boolean } | null;
  /** Oldest first. `value` only where it was asked for: text, or base64 of a binary value. */
  versions: { id: string; stages: string[]; createdAt: string; value?: string }[];
}

export interface Secrets {
  /** Throws if the name is taken. */
  create(secret: SecretArrangement): { arn: string; versionId: string | null };
  /** Adds a version with these labels, by default AWSCURRENT, and returns its id. */
  put(
    name: string,
    value: string | Uint8Array,
    version?: { stages?: readonly string[]; id?: string; region?: string },
  ): string;
  /** Moves a label to a version of the secret; null takes it away. */
  label(name: string, stage: string, versionId: string | null, region?: string): void;
  change(name: string, change: SecretChange, region?: string): void;
  /** At once and for good. */
  delete(name: string, region?: string): void;
  /** Removes the versions without a label, as Secrets Manager may do at any time. */
  removeDeprecated(name: string, region?: string): void;
  /** Text, or base64 of a binary value; undefined where no version is found. */
  value(name: string, where?: Where): string | undefined;
  /**
   * Resolves when no rotation of the secret is under way, to how the last one since the start ended: the step that failed,
   * with the error's name, or `rotated`; undefined where there was none.
   */
  rotated(name: string, region?: string): Promise<string | undefined>;
  /** Every secret of a region (default `us-east-1`) by name; no values unless asked for. */
  snapshot(options?: { region?: string; values?: boolean }): Record<string, SecretSnapshot>;
}

const home = 'us-east-1';

export function createSecrets(world: World): Secrets {
  const { secrets, clock, random } = world;
  const find = (name: string, region = home): StoredSecret => {
    const secret = secrets.current.get(secretKey(region, name));
    if (!secret) throw new Error(`the account has no secret ${name} in ${region}`);
    return secret;
  };
  const keep = (secret: StoredSecret) => secrets.put(secretKey(secret.region, secret.name), secret);
  const add = (secret: StoredSecret, value: string | Uint8Array, stages: readonly string[], id: string) =>
    keep(addVersion(secret, { id, value: storedValue(value) }, stages, clock.now()));

  return {
    create: ({ name, value, region = home, createdAt, rotation, replicas = [], ...rest }) => {
      if (secrets.current.get(secretKey(region, name))) {
        throw new Error(`the account already has a secret ${name} in ${region}`);
      }
      const at = createdAt === undefined ? clock.now() : timeOf(createdAt);
      const secret = newSecret(world, {
        ...rest,
        region,
        name,
        createdAt: at,
        changedAt: at,
        rotation: rotation ? { enabled: true, ...rotation } : null,
        replicas: replicas.map((replica) => ({ region: replica, status: 'InSync' })),
      });
      const versionId = value === undefined ? null : random.requestId();
      keep(
        value === undefined || versionId === null
          ? secret
          : addVersion(secret, { id: versionId, value: storedValue(value) }, ['AWSCURRENT'], at),
      );
      return { arn: secret.arn, versionId };
    },
    put: (name, value, { stages = ['AWSCURRENT'], id = random.requestId(), region } = {}) => {
      add(find(name, region), value, stages, id);
      return id;
    },
    label: (name, stage, versionId, region) => keep(moveStage(find(name, region), stage, versionId)),
    change: (name, change, region) => keep({ ...find(name, region), ...change }),
    delete: (name, region = home) => secrets.remove(secretKey(region, find(name, region).name)),
    removeDeprecated: (name, region) => keep(withoutDeprecated(find(name, region))),
    value: (name, { region, stage = 'AWSCURRENT', versionId } = {}) => {
      const secret = find(name, region);
      const version =
        versionId === undefined ? versionWith(secret, stage) : secret.versions.find((one) => one.id === versionId);
      return version && shownValue(version);
    },
    rotated: async (name, region = home) => world.rotations.get(secretKey(region, name)),
    snapshot: ({ region = home, values = false } = {}) => {
      const here = secrets.current.all().filter((secret) => secret.region === region);
      return Object.fromEntries(here.map((secret) => [secret.name, snapshotOf(secret, values)]));
    },
  };
}

function snapshotOf(secret: StoredSecret, values: boolean): SecretSnapshot {
  const { arn, description, kmsKeyId, tags, deletion, rotation, resourcePolicy, versions } = secret;
  return {
    arn,
    description,
    kmsKeyId,
    tags: { ...tags },
    deletesAt: deletion ? instant(deletion.until) : null,
    rotation,
    resourcePolicy,
    versions: versions.map((version) => ({
      id: version.id,
      stages: [...version.stages],
      createdAt: instant(version.createdAt),
      ...(values && version.value ? { value: shownValue(version) ?? '' } : {}),
    })),
  };
}

function storedValue(value: string | Uint8Array): SecretValue {
  return typeof value === 'string' ? { string: value } : { binary: Buffer.from(value).toString('base64') };
}
