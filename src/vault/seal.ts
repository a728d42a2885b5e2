// The seal of a rotation: what was agreed when its key was made, kept where only the two activities that begin a rotation
// may write. Whatever an execution says of itself later, the dangerous steps obey this (S28). It holds no key pair.
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { SecretsManager } from '../aws/contract.ts';
import { NoSuchEntityError, VaultError } from '../errors.ts';
import type { Plan } from '../machine/context.ts';

export const sealPrefix = 'keyturn/seal/';

export interface Sealed {
  schema: 1;
  rotation: string;
  /** Account, user and unique id, keys, places, durations, and when it was made. */
  plan: Plan;
  /** The key that this rotation made; null where something else had made it and the plan names it. */
  made: { id: string; createdAt: string } | null;
}

export interface Seal {
  /** Null where the rotation was never sealed, or is over. Throws VaultError on one that cannot be read. */
  get(rotation: string): Promise<Sealed | null>;
  /** Safe to call twice with the same; throws VaultError where something else is sealed already, and leaves it. */
  put(sealed: Sealed): Promise<void>;
  /** Safe to call twice. */
  remove(rotation: string): Promise<void>;
}

interface Parts {
  secrets(): SecretsManager;
  /** ARN of the KMS key that seals are encrypted with; Secrets Manager's own where there is none. */
  kmsKey?: string | undefined;
}

export function createSeal({ secrets, kmsKey }: Parts): Seal {
  const get: Seal['get'] = async (rotation) => {
    const name = nameOf(rotation);
    try {
      const { text } = await secrets().value(name, { stage: 'AWSCURRENT' });
      const sealed = JSON.parse(text ?? '') as Sealed | null;
      if (sealed?.schema === 1 && sealed.rotation === rotation && sealed.plan?.user) return sealed;
    } catch (error) {
      if (error instanceof NoSuchEntityError) return null;
      if (!(error instanceof SyntaxError)) throw error;
    }
    throw new VaultError(`the seal of rotation ${rotation} cannot be read`, {
      hint: `see the secret ${name}, or run a newer keyturn; nothing was changed`,
    });
  };

  return {
    get,

    put: async (sealed) => {
      const kept = await get(sealed.rotation);
      if (isDeepStrictEqual(kept, sealed)) return;
      if (kept) {
        throw new VaultError(`rotation ${sealed.rotation} is sealed with another plan or key`, {
          hint: `nothing was changed by this step; keyturn status ${sealed.rotation} shows how it stands`,
        });
      }
      const text = JSON.stringify(sealed);
      await secrets().create(nameOf(sealed.rotation), {
        token: createHash('sha256').update(text).digest('hex'),
        text,
        description: `what rotation ${sealed.rotation} agreed on; keyturn removes it when that ends`,
        kmsKey,
      });
    },

    remove: (rotation) => secrets().deleteAtOnce(nameOf(rotation)),
  };
}

function nameOf(rotation: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(rotation))
    throw new VaultError(`no rotation can have the id ${rotation}`);
  return `${sealPrefix}${rotation}`;
}
