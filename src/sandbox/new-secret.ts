// How a secret comes into being, by a request or by the arrangement of a test: without any version yet.
import type { StoredSecret } from './secret.ts';
import { secretArn } from './secrets-input.ts';
import type { World } from './world.ts';

export type NewSecret = Pick<StoredSecret, 'region' | 'name'> & Partial<StoredSecret>;

export function newSecret({ accountId, random, clock }: World, secret: NewSecret): StoredSecret {
  const now = clock.now();
  return {
    arn: `${secretArn(secret.region, accountId, secret.name)}-${random.suffix()}`,
    description: null,
    kmsKeyId: null,
    tags: {},
    versions: [],
    createdAt: now,
    changedAt: now,
    accessedAt: null,
    deletion: null,
    rotation: null,
    replicas: [],
    resourcePolicy: null,
    ...secret,
  };
}
