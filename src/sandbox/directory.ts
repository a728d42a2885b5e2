// The account's users and keys. Every change replaces a user's whole record, and the former records are kept for a day,
// so that a read can be answered as of an earlier moment.
import type { Clock } from '../clock.ts';
import type { Policy } from './policy.ts';

export type KeyStatus = 'Active' | 'Inactive';

export interface StoredKey {
  readonly id: string;
  readonly secret: string;
  readonly status: KeyStatus;
  readonly createdAt: number;
}

export interface StoredUser {
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly keys: readonly StoredKey[];
  readonly policies: readonly Policy[];
  readonly attachedPolicies: readonly string[];
}

export interface OwnedKey {
  user: StoredUser;
  key: StoredKey;
}

/** The account at one moment. User names are found whatever their case. */
export interface View {
  user(name: string): StoredUser | undefined;
  /** Every user but root. */
  users(): StoredUser[];
  key(id: string): OwnedKey | undefined;
}

export interface Directory {
  readonly current: View;
  asOf(time: number): View;
  put(user: StoredUser): void;
  remove(name: string): void;
}

/** The name under which the root user is kept; no IAM user can have it. */
export const rootName = '<root_account>';

const keptFor = 24 * 60 * 60 * 1000;

export function createDirectory(clock: Clock): Directory {
  const users = new Map<string, StoredUser>();
  const former = new Map<string, { until: number; user: StoredUser | undefined }[]>();
  const ownerNames = new Map<string, string>();

  const replace = (name: string, user: StoredUser | undefined) => {
    const now = clock.now();
    const versions = (former.get(name) ?? []).filter((version) => version.until > now - keptFor);
    former.set(name, [...versions, { until: now, user: users.get(name) }]);
    if (user) users.set(name, user);
    else users.delete(name);
  };

  const view = (find: (lowerName: string) => StoredUser | undefined): View => ({
    user: (name) => find(name.toLowerCase()),
    users: () =>
      [...new Set([...users.keys(), ...former.keys()])]
        .filter((name) => name !== rootName)
        .flatMap((name) => find(name) ?? []),
    key: (id) => {
      const user = find(ownerNames.get(id) ?? '');
      const key = user?.keys.find((one) => one.id === id);
      return user && key ? { user, key } : undefined;
    },
  });

  return {
    current: view((name) => users.get(name)),
    asOf: (time) =>
      view((name) => {
        const version = former.get(name)?.find((one) => one.until > time);
        return version ? version.user : users.get(name);
      }),
    put: (user) => {
      const name = user.name.toLowerCase();
      replace(name, user);
      for (const key of user.keys) ownerNames.set(key.id, name);
    },
    remove: (name) => replace(name.toLowerCase(), undefined),
  };
}
