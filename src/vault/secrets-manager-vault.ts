// The vault in AWS: one secret per rotation, which holds both slots and is deleted for good with the last of them. Whoever
// may read it reads both pairs, so it belongs to those alone who rotate.
import { createHash } from 'node:crypto';
import { KeyPair, shortKeyId } from '../access-key.ts';
import type { SecretsManager } from '../aws/contract.ts';
import type { Clock } from '../clock.ts';
import { AwsRefusalError, KeyturnError, NoSuchEntityError, VaultError } from '../errors.ts';
import { type OwnWrites, onceFound, readsOwnWrites } from '../late-reads.ts';
import type { Slot, Vault } from './contract.ts';

interface Parts {
  clock: Clock;
  secrets(): SecretsManager;
  /** ARN of the KMS key that the pairs are encrypted with; Secrets Manager's own where there is none. */
  kmsKey?: string | undefined;
}

interface Stored {
  version: string;
  pairs: Partial<Record<Slot, KeyPair>>;
}

export const namePrefix = 'keyturn/vault/';

/** IAM actions on the secrets of that prefix. Where no `kmsKey` is given, the account's own takes no permission in KMS. */
export const permissions: Readonly<Record<keyof Vault, readonly string[]>> = {
  get: ['secretsmanager:GetSecretValue'],
  put: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
  remove: ['secretsmanager:DeleteSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
};

const lookAgainAfter = 2_000;

/** The secrets are named `keyturn/vault/ROTATION`. One process at a time works on a rotation, as with every vault. */
export function createSecretsManagerVault({ clock, secrets, kmsKey }: Parts): Vault {
  const readOnce = async (rotation: string): Promise<Stored | null> => {
    const name = vaultSecretOf(rotation);
    try {
      const { version, text } = await secrets().value(name, { stage: 'AWSCURRENT' });
      const pairs = parsePairs(text ?? '');
      if (pairs) return { version, pairs };
    } catch (error) {
      if (error instanceof NoSuchEntityError) return null;
      throw error;
    }
    throw new VaultError(`the key pairs of rotation ${rotation} cannot be read from the vault`, {
      hint: `see the secret ${name}; it and the keys in AWS are as they were`,
    });
  };

  /** By rotation. */
  const entries = new Map<string, OwnWrites<Stored | null>>();

  const entry = (rotation: string) => {
    const known = entries.get(rotation) ?? readsOwnWrites(clock, () => readOnce(rotation));
    entries.set(rotation, known);
    return known;
  };

  const read = (rotation: string) => entry(rotation).read();

  /** Resolves when what was written is what is read. */
  const write = async (rotation: string, stored: Stored | null, pairs: Stored['pairs'], what: string) => {
    const name = vaultSecretOf(rotation);
    const text = JSON.stringify({ ...written(pairs, 'new'), ...written(pairs, 'old') });
    const token = createHash('sha256')
      .update(JSON.stringify(['keyturn', rotation, what, stored?.version ?? null]))
      .digest('hex');
    if (stored) await secrets().put(name, { token, text, stage: 'AWSCURRENT' });
    else
      await secrets().create(name, {
        token,
        text,
        description: `keyturn keeps this until rotation ${rotation} ends`,
        kmsKey,
      });
    entry(rotation).wrote((found) => found?.version === token);
    if ((await read(rotation))?.version !== token) {
      throw new VaultError(`the vault does not give back what was put into ${name}`);
    }
  };

  const add = async (rotation: string, slot: Slot, pair: KeyPair) => {
    const stored = await read(rotation);
    const kept = stored?.pairs[slot];
    if (kept?.sameAs(pair)) return;
    if (kept) {
      throw new VaultError(`the vault holds another ${slot} key pair for rotation ${rotation}`, {
        hint: `it was kept: ${shortKeyId(kept.accessKeyId)}`,
      });
    }
    await write(rotation, stored, { ...stored?.pairs, [slot]: pair }, `${slot} ${pair.accessKeyId}`);
  };

  return {
    get: (rotation, slot) => asVaultError(async () => (await read(rotation))?.pairs[slot] ?? null),

    put: (rotation, slot, pair) =>
      asVaultError(async () => {
        try {
          await add(rotation, slot, pair);
        } catch (error) {
          // Another process may have made the secret just now, which the first look did not show.
          if (!(error instanceof AwsRefusalError && (await onceFound(clock, () => read(rotation))))) throw error;
          await add(rotation, slot, pair);
        }
      }),

    remove: (rotation, slot) =>
      asVaultError(async () => {
        let stored = await read(rotation);
        if (!stored?.pairs[slot]) {
          // The only read may be one that is behind, and nobody would look for the pair any more.
          await clock.sleep(lookAgainAfter);
          stored = await read(rotation);
        }
        if (!stored?.pairs[slot]) return;
        const { [slot]: _, ...others } = stored.pairs;
        if (Object.keys(others).length > 0) await write(rotation, stored, others, `without ${slot}`);
        else {
          await secrets().deleteAtOnce(vaultSecretOf(rotation));
          entries.delete(rotation);
        }
      }),
  };
}

/** The name of the secret that holds both pairs of a rotation. */
export function vaultSecretOf(rotation: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(rotation))
    throw new VaultError(`no rotation can have the id ${rotation}`);
  return `${namePrefix}${rotation}`;
}

function written(pairs: Stored['pairs'], slot: Slot): Record<string, unknown> {
  const pair = pairs[slot];
  return pair ? { [slot]: { accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() } } : {};
}

/** Null where the text is none of ours. */
function parsePairs(text: string): Stored['pairs'] | null {
  try {
    const slots = JSON.parse(text) as Record<string, Record<string, unknown>>;
    const pairs: Stored['pairs'] = {};
    for (const slot of ['new', 'old'] as const) {
      if (slots[slot] === undefined) continue;
      const { accessKeyId, secretAccessKey } = slots[slot];
      if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return null;
      if (!accessKeyId || !secretAccessKey) return null;
      pairs[slot] = new KeyPair(accessKeyId, secretAccessKey);
    }
    if (Object.keys(pairs).length > 0) return pairs;
  } catch {
    // Not JSON.
  }
  return null;
}

async function asVaultError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyturnError) || error instanceof VaultError) throw error;
    throw new VaultError(`the vault: ${error.message}`, { hint: error.hint, cause: error });
  }
}
