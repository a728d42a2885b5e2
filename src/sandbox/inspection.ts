// Looks at one thing each, cheap enough for after every request: what is true now, whatever is still on its way through AWS,
// and of secrets no more than whoever asks knows already.
import type { Credentials } from './account.ts';
import type { KeyStatus } from './directory.ts';
import { shownValue, versionWith } from './secret.ts';
import type { World } from './world.ts';

export interface InspectedKey {
  id: string;
  status: KeyStatus;
  /** When it was last used, as far as AWS tells by now; in milliseconds. */
  lastUsedAt: number | null;
}

export interface InspectedSecret {
  name: string;
  region: string;
  /** AWSCURRENT: text, or base64 of a binary value; undefined where there is none. */
  value: string | undefined;
}

export interface Inspection {
  /** The sandbox's time, in milliseconds. */
  now(): number;
  /** Whether requests signed by this pair are accepted, and if not, why. */
  standing(pair: Credentials): KeyStatus | 'gone' | 'another secret';
  /** Empty where there is no such user. */
  keys(user: string): InspectedKey[];
  tags(user: string): Readonly<Record<string, string>>;
  /** Of every region, whose names begin so; also what is marked for deletion and not gone yet. */
  secrets(prefix: string): InspectedSecret[];
}

export function createInspection({ directory, lastUsed, secrets, clock }: World): Inspection {
  return {
    now: () => clock.now(),
    standing: ({ accessKeyId, secretAccessKey }) => {
      const key = directory.current.key(accessKeyId)?.key;
      if (!key) return 'gone';
      return key.secret === secretAccessKey ? key.status : 'another secret';
    },
    keys: (name) =>
      (directory.current.user(name)?.keys ?? []).map(({ id, status }) => ({
        id,
        status,
        lastUsedAt: lastUsed.published(id)?.at ?? null,
      })),
    tags: (name) => directory.current.user(name)?.tags ?? {},
    secrets: (prefix) =>
      secrets.current
        .all()
        .filter(({ name, deletion }) => name.startsWith(prefix) && !(deletion && deletion.until <= clock.now()))
        .map((secret) => {
          const version = versionWith(secret, 'AWSCURRENT');
          return { name: secret.name, region: secret.region, value: version && shownValue(version) };
        }),
  };
}
