// What an access key is: its id may be shown, its secret may not. A KeyPair cannot be printed by accident.
import { inspect } from 'node:util';

/** Long-term access key ids; `ASIA…` are temporary and never rotated (IAM User Guide, "unique identifiers"). */
const longTermKeyId = /^[A-Z0-9]{4}[A-Z0-9]{12,124}$/;

export function isAccessKeyId(text: string): boolean {
  return longTermKeyId.test(text) && !text.startsWith('ASIA');
}

/** A key id as prose shows it: `AKIA…7Q2P`. Commands to copy and JSON carry the whole id instead. */
export function shortKeyId(id: string): string {
  return `${id.slice(0, 4)}…${id.slice(-4)}`;
}

/** An access key id with its secret. The secret leaves only through `reveal`; JSON and `inspect` show the id alone. */
export class KeyPair {
  readonly accessKeyId: string;
  readonly #secretAccessKey: string;

  constructor(accessKeyId: string, secretAccessKey: string) {
    this.accessKeyId = accessKeyId;
    this.#secretAccessKey = secretAccessKey;
  }

  reveal(): string {
    return this.#secretAccessKey;
  }

  sameAs(other: KeyPair): boolean {
    return this.accessKeyId === other.accessKeyId && this.#secretAccessKey === other.#secretAccessKey;
  }

  toJSON(): { accessKeyId: string } {
    return { accessKeyId: this.accessKeyId };
  }

  [inspect.custom](): string {
    return `KeyPair(${shortKeyId(this.accessKeyId)})`;
  }
}
