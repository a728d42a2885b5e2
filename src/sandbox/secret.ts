// A secret with its versions, and how staging labels move: every label is on one version at most, and whatever loses
// AWSCURRENT becomes AWSPREVIOUS.
import { ServiceError } from './service-error.ts';

export type SecretValue = { readonly string: string } | { readonly binary: string };

export interface SecretVersion {
  readonly id: string;
  /** Null in a version that a rotation has begun and not filled yet. */
  readonly value: SecretValue | null;
  readonly stages: readonly string[];
  readonly createdAt: number;
  readonly accessedAt: number | null;
}

export interface SecretRotation {
  readonly enabled: boolean;
  readonly lambdaArn: string;
  /** As given: how often, and in which hours. */
  readonly rules?: Readonly<Record<string, unknown>>;
  /** When one last came to its end. */
  readonly rotatedAt?: number;
}

export interface StoredSecret {
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  readonly description: string | null;
  /** As given; null is the account's own key for Secrets Manager. */
  readonly kmsKeyId: string | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest first. */
  readonly versions: readonly SecretVersion[];
  readonly createdAt: number;
  readonly changedAt: number;
  readonly accessedAt: number | null;
  /** When it was marked for deletion and when it goes. */
  readonly deletion: { readonly at: number; readonly until: number } | null;
  readonly rotation: SecretRotation | null;
  readonly replicas: readonly { readonly region: string; readonly status: string }[];
  readonly resourcePolicy: { readonly document: string; readonly blockPublicPolicy: boolean } | null;
}

const day = 24 * 60 * 60 * 1000;
const versionsPerSecret = 100;
const labelsPerSecret = 20;

export function versionWith(secret: StoredSecret, stage: string): SecretVersion | undefined {
  return secret.versions.find((version) => version.stages.includes(stage));
}

/** Text, or base64 of a binary value; undefined where the version is not filled yet. */
export function shownValue({ value }: SecretVersion): string | undefined {
  if (value === null) return undefined;
  return 'string' in value ? value.string : value.binary;
}

export function sameValue(a: SecretValue | null, b: SecretValue): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The secret with one more version that carries these labels; the first version ever is AWSCURRENT in any case. */
export function addVersion(
  secret: StoredSecret,
  version: { id: string; value: SecretValue | null },
  stages: readonly string[],
  now: number,
): StoredSecret {
  const kept = withoutOutdated(secret, now);
  if (kept.versions.length >= versionsPerSecret) {
    throw new ServiceError('LimitExceededException', 400, 'The number of versions of this secret exceeds its quota.');
  }
  const labels = kept.versions.length === 0 ? [...new Set([...stages, 'AWSCURRENT'])] : stages;
  const added = { ...version, stages: [], createdAt: now, accessedAt: null };
  const grown: StoredSecret = { ...kept, versions: [...kept.versions, added], changedAt: now };
  return labels.reduce((secretSoFar, stage) => moveStage(secretSoFar, stage, version.id), grown);
}

/** The secret with this value in the version that a rotation left empty, which gets the labels as well. */
export function fillVersion(
  secret: StoredSecret,
  { id, value }: { id: string; value: SecretValue },
  stages: readonly string[],
  now: number,
): StoredSecret {
  const versions = secret.versions.map((one) => (one.id === id ? { ...one, value } : one));
  const filled: StoredSecret = { ...secret, versions, changedAt: now };
  return stages.reduce((secretSoFar, stage) => moveStage(secretSoFar, stage, id), filled);
}

/** The secret with the label on version `to` and on no other; null takes it away. */
export function moveStage(secret: StoredSecret, stage: string, to: string | null): StoredSecret {
  const from = versionWith(secret, stage)?.id;
  if (from === to) return secret;
  const moved = {
    ...secret,
    versions: secret.versions.map((version) => {
      const others = version.stages.filter((one) => one !== stage);
      return { ...version, stages: version.id === to ? [...others, stage] : others };
    }),
  };
  if (moved.versions.flatMap((version) => version.stages).length > labelsPerSecret) {
    throw new ServiceError(
      'LimitExceededException',
      400,
      'The number of staging labels of this secret exceeds its quota.',
    );
  }
  return stage === 'AWSCURRENT' && from !== undefined ? moveStage(moved, 'AWSPREVIOUS', from) : moved;
}

/** The secret without the versions that carry no label: Secrets Manager may remove them at any time. */
export function withoutDeprecated(secret: StoredSecret): StoredSecret {
  return { ...secret, versions: secret.versions.filter((version) => version.stages.length > 0) };
}

/** Room for one more version is made with the oldest without a label; none younger than a day goes. */
function withoutOutdated(secret: StoredSecret, now: number): StoredSecret {
  const removable = secret.versions.filter(({ stages, createdAt }) => stages.length === 0 && createdAt <= now - day);
  const excess = Math.max(0, secret.versions.length + 1 - versionsPerSecret);
  const gone = removable.slice(0, excess);
  return { ...secret, versions: secret.versions.filter((version) => !gone.includes(version)) };
}
