// Ids, secrets and chances: from the machine's randomness, or from a seed, so that a run can be repeated exactly.
import { createHash, randomBytes } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export interface Random {
  /** An IAM unique id such as `AKIA…`: the prefix and so many base32 characters. */
  id(prefix: string, length: number): string;
  /** Forty characters, as a secret access key has. */
  secret(): string;
  /** All of them so far. */
  readonly secrets: readonly string[];
  /** The six characters at the end of a secret's ARN. */
  suffix(): string;
  /** A longer opaque text. */
  token(): string;
  requestId(): string;
  /** True with the probability `p`. */
  chance(p: number): boolean;
}

export function createRandom(seed?: string): Random {
  let drawn = 0;
  const block = () => createHash('sha256').update(`${seed}:${drawn++}`).digest();
  const bytes = (count: number): Buffer => {
    if (seed === undefined) return randomBytes(count);
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) blocks.push(block());
    return Buffer.concat(blocks).subarray(0, count);
  };
  const secrets: string[] = [];
  const text = (alphabet: string, length: number) =>
    Array.from(bytes(length), (byte) => alphabet[byte % alphabet.length]).join('');

  return {
    id: (prefix, length) => prefix + text(base32, length),
    secret: () => {
      const secret = text(base64, 40);
      secrets.push(secret);
      return secret;
    },
    secrets,
    suffix: () => text(base64.slice(0, 62), 6),
    token: () => text(base64, 120),
    requestId: () => {
      const hex = bytes(16).toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    },
    chance: (p) => p > 0 && (p >= 1 || bytes(4).readUInt32BE() / 2 ** 32 < p),
  };
}
