// The account's users and their keys, as they are and as they were.
import type { Clock } from '../clock.ts';
import type { Policy } from './policy.ts';
import { createRecords, type RecordsView } from './records.ts';

export type KeyStatus = 'Active' | 'Inactive';

export interface StoredKey {
  readonly id: string;
  readonly secret: string;
  readonly status: KeyStatus;
  readonly createdAt: number;
  /** When it was made or its status last changed. */
  readonly changedAt: number;
}

/** A password for the console. */
export interface Password {
  readonly changedAt: number;
  readonly lastUsedAt: number | null;
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
  readonly password: Password | null;
  readonly mfa: boolean;
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

export function createDirectory(clock: Clock): Directory {
  const users = createRecords<StoredUser>(clock);
  const ownerNames = new Map<string, string>();

  const view = (records: RecordsView<StoredUser>): View => ({
    user: (name) => records.get(name.toLowerCase()),
    users: () => records.all().filter((user) => user.name !== rootName),
    key: (id) => {
      const user = records.get(ownerNames.get(id) ?? '');
      const key = user?.keys.find((one) => one.id === id);
      return user && key ? { user, key } : undefined;
    },
  });

  return {
    current: view(users.current),
    asOf: (time) => view(users.asOf(time)),
    put: (user) => {
      const name = user.name.toLowerCase();
      users.put(name, user);
      for (const key of user.keys) ownerNames.set(key.id, name);
    },
    remove: (name) => users.remove(name.toLowerCase()),
  };
}
