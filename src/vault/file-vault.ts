// The vault of a single user: a 0600 file per rotation and slot in a folder of their own, and no file once nothing is
// stored. What a file holds never reaches an error.
import { join } from 'node:path';
import { KeyPair, shortKeyId } from '../access-key.ts';
import { KeyturnError, VaultError } from '../errors.ts';
import { createFile, ensurePrivateFolder, readFileIfThere, removeFile } from '../files.ts';
import type { Slot, Vault } from './contract.ts';

/** The folder is made when something is stored. One process at a time works on a rotation: callers hold its user's lock. */
export function createFileVault(folder: string): Vault {
  const pathOf = (rotation: string, slot: Slot) => {
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(rotation))
      throw new VaultError(`no rotation can have the id ${rotation}`);
    return join(folder, `${rotation}-${slot}.json`);
  };

  const get = async (rotation: string, slot: Slot): Promise<KeyPair | null> => {
    const path = pathOf(rotation, slot);
    const content = await asVaultError(() => readFileIfThere(path));
    if (content === null) return null;
    const pair = parsePair(content);
    if (pair) return pair;
    throw new VaultError(`the ${slot} key pair of rotation ${rotation} cannot be read from the vault`, {
      hint: `put back a copy of ${path}; the file and the keys in AWS are as they were`,
    });
  };

  return {
    get,

    put: async (rotation, slot, pair) => {
      const path = pathOf(rotation, slot);
      await ensurePrivateFolder(folder);
      const content = JSON.stringify({ accessKeyId: pair.accessKeyId, secretAccessKey: pair.reveal() });
      if (await asVaultError(() => createFile(path, `${content}\n`))) return;
      const kept = await get(rotation, slot);
      if (kept?.sameAs(pair)) return;
      throw new VaultError(`the vault holds another ${slot} key pair for rotation ${rotation}`, {
        hint: `it was kept: ${kept ? shortKeyId(kept.accessKeyId) : path}`,
      });
    },

    remove: async (rotation, slot) => {
      const path = pathOf(rotation, slot);
      await asVaultError(() => removeFile(path));
    },
  };
}

function parsePair(content: Buffer): KeyPair | null {
  try {
    const { accessKeyId, secretAccessKey } = JSON.parse(content.toString()) as Record<string, unknown>;
    if (typeof accessKeyId === 'string' && accessKeyId && typeof secretAccessKey === 'string' && secretAccessKey)
      return new KeyPair(accessKeyId, secretAccessKey);
  } catch {
    // Not JSON.
  }
  return null;
}

async function asVaultError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    throw new VaultError(error.message, { hint: error.hint, cause: error });
  }
}
