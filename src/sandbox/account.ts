// The account seen from behind: arranges users, keys and uses, and shows what is there, without asking anybody's
// permission and without a request in the log.
import { instant, timeOf } from '../clock.ts';
import { asUser } from './authenticate.ts';
import { type KeyStatus, rootName, type StoredKey, type StoredUser } from './directory.ts';
import { type NewUser, newUser } from './new-user.ts';
import { compilePolicy, type PolicyDocument } from './policy.ts';
import { eventPrincipal } from './recorded-event.ts';
import type { World } from './world.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface KeyArrangement {
  status?: KeyStatus;
  /** An instant such as `2026-11-22T10:00:00Z`; by default now. */
  createdAt?: string;
  /** When its status last changed; by default at its creation. */
  changedAt?: string;
  accessKeyId?: string;
  secretAccessKey?: string;
}

export interface UserArrangement extends Omit<NewUser, 'createdAt' | 'password'> {
  /** An instant; by default now. */
  createdAt?: string;
  /** For the console: instants, by default changed at the user's creation and never used. */
  password?: { changedAt?: string; lastUsedAt?: string };
  /** One key for each; `[{}]` is one fresh active key. */
  keys?: readonly KeyArrangement[];
}

export interface RoleArrangement {
  name: string;
  path?: string;
  policies?: readonly PolicyDocument[];
  /** ARNs, or services such as `states.amazonaws.com`, that may assume it. Default: the account's root ARN, so whoever is allowed `sts:AssumeRole` on it. */
  trusts?: readonly string[];
  /** Seconds. Default 3600. */
  maxSessionDuration?: number;
  /** Default false. */
  requiresMfa?: boolean;
  /** Whoever brings this token of an identity provider may assume it, too. Default: none. */
  webIdentityToken?: string;
}

export interface SignInArrangement {
  /** Who signed in; by default `somebody`. */
  person?: string;
  /** The ARN of the role that each permission set gives in this account. */
  permissionSets: Readonly<Record<string, string>>;
  /** Default eight hours. */
  seconds?: number;
}

export interface UseArrangement {
  service?: string;
  region?: string;
  /** An instant, not in the future; by default now. */
  at?: string;
  /** With it CloudTrail has an event of the use; without, it was a data event such as GetObject, which no history has. */
  operation?: string;
  /** In the event: the source address (by default one of no network), the user agent, the code of a refusal, input and output. */
  source?: string;
  agent?: string;
  error?: string;
  request?: Readonly<Record<string, unknown>>;
  response?: Readonly<Record<string, unknown>>;
}

export interface KeySnapshot {
  id: string;
  status: KeyStatus;
  createdAt: string;
  /** The newest use that AWS recorded, whether or not it is published yet. */
  lastUsed: { at: string; service: string; region: string } | null;
}

export interface UserSnapshot {
  id: string;
  path: string;
  arn: string;
  createdAt: string;
  tags: Record<string, string>;
  attachedPolicies: string[];
  /** Oldest first. */
  keys: KeySnapshot[];
}

export interface Account {
  readonly id: string;
  /** Throws if the name is taken. */
  createUser(user: UserArrangement): { name: string; id: string; arn: string; keys: Credentials[] };
  deleteUser(name: string): void;
  /** Adds a key, even beyond the two that AWS allows: racing requests can. */
  createKey(user: string, key?: KeyArrangement): Credentials;
  /** A key of the root user. */
  createRootKey(key?: KeyArrangement): Credentials;
  setStatus(accessKeyId: string, status: KeyStatus): void;
  deleteKey(accessKeyId: string): void;
  /** Somebody else's use of a key. Without `at` an inactive key is refused, which returns false and counts for nothing. */
  use(accessKeyId: string, use?: UseArrangement): boolean;
  tags(user: string): Record<string, string>;
  /** Replaces all tags. */
  setTags(user: string, tags: Readonly<Record<string, string>>): void;
  /** Replaces the user's own policies; throws on a policy that cannot be evaluated. */
  setPolicies(user: string, policies: readonly PolicyDocument[]): void;
  /** Replaces the list of attached managed policies, by name; what they say is not evaluated. */
  setAttachedPolicies(user: string, names: readonly string[]): void;
  /** Whether an MFA device is assigned; `<root_account>` is root. */
  setMfa(user: string, mfa: boolean): void;
  /** The one code that the device takes from now on, as often as it is given; by default a device takes any. */
  setMfaCode(serial: string, code: string): void;
  createRole(role: RoleArrangement): { arn: string };
  /** Somebody signs in to the portal of single sign-on; returns the token that `aws sso login` would keep. */
  signIn(signIn: SignInArrangement): string;
  /** Every user by name, root as `<root_account>` where it has keys; no secrets. */
  snapshot(): Record<string, UserSnapshot>;
}

export function createAccount(world: World): Account {
  const { directory, lastUsed, clock, random } = world;
  const find = (name: string): StoredUser => {
    const user = directory.current.user(name);
    if (!user) throw new Error(`the account has no user ${name}`);
    return user;
  };
  const owner = (keyId: string) => {
    const owned = directory.current.key(keyId);
    if (!owned) throw new Error(`the account has no access key ${keyId}`);
    return owned;
  };
  const timeAt = (text: string | undefined) => (text === undefined ? clock.now() : timeOf(text));

  const addKey = (user: StoredUser, arrangement: KeyArrangement = {}): Credentials => {
    const key: StoredKey = {
      id: arrangement.accessKeyId ?? random.id('AKIA', 16),
      secret: arrangement.secretAccessKey ?? random.secret(),
      status: arrangement.status ?? 'Active',
      createdAt: timeAt(arrangement.createdAt),
      changedAt: timeAt(arrangement.changedAt ?? arrangement.createdAt),
    };
    if (directory.current.key(key.id)) throw new Error(`the account already has the access key ${key.id}`);
    directory.put({ ...user, keys: [...user.keys, key] });
    return { accessKeyId: key.id, secretAccessKey: key.secret };
  };
  const storedPassword = ({ changedAt, lastUsedAt }: { changedAt?: string; lastUsedAt?: string }, made?: string) => ({
    changedAt: timeAt(changedAt ?? made),
    lastUsedAt: lastUsedAt === undefined ? null : timeOf(lastUsedAt),
  });
  const change = (name: string, part: Partial<StoredUser>) => directory.put({ ...find(name), ...part });

  const keySnapshot = ({ id, status, createdAt }: StoredKey): KeySnapshot => {
    const use = lastUsed.recorded(id);
    return {
      id,
      status,
      createdAt: instant(createdAt),
      lastUsed: use ? { at: instant(use.at), service: use.service, region: use.region } : null,
    };
  };
  const userSnapshot = (user: StoredUser): UserSnapshot => ({
    id: user.id,
    path: user.path,
    arn: user.arn,
    createdAt: instant(user.createdAt),
    tags: { ...user.tags },
    attachedPolicies: [...user.attachedPolicies],
    keys: [...user.keys].sort((a, b) => a.createdAt - b.createdAt).map(keySnapshot),
  });

  return {
    id: world.accountId,
    createUser: ({ keys = [], createdAt, password, ...rest }) => {
      if (directory.current.user(rest.name)) throw new Error(`the account already has a user ${rest.name}`);
      const user = newUser(world, {
        ...rest,
        createdAt: timeAt(createdAt),
        ...(password ? { password: storedPassword(password, createdAt) } : {}),
      });
      directory.put(user);
      return { name: user.name, id: user.id, arn: user.arn, keys: keys.map((key) => addKey(find(user.name), key)) };
    },
    deleteUser: (name) => directory.remove(find(name).name),
    createKey: (name, key) => addKey(find(name), key),
    createRootKey: (key) => addKey(find(rootName), key),
    setStatus: (keyId, status) => {
      const { user } = owner(keyId);
      const changed = { status, changedAt: clock.now() };
      const keys = user.keys.map((key) => (key.id === keyId && key.status !== status ? { ...key, ...changed } : key));
      directory.put({ ...user, keys });
    },
    deleteKey: (keyId) => {
      const { user } = owner(keyId);
      directory.put({ ...user, keys: user.keys.filter((key) => key.id !== keyId) });
    },
    use: (keyId, { service = 's3', region = 'us-east-1', at, ...event } = {}) => {
      const { user, key } = owner(keyId);
      if (timeAt(at) > clock.now()) throw new Error(`a use at ${at} is in the future`);
      if (at === undefined && key.status !== 'Active') return false;
      lastUsed.record(keyId, { at: timeAt(at), service, region });
      if (event.operation !== undefined) {
        const {
          operation,
          source = '192.0.2.1',
          agent = 'aws-cli/2.32.0',
          error = null,
          request = null,
          response = null,
        } = event;
        const principal = eventPrincipal(asUser(user, keyId, null, world));
        const readOnly = /^(?:Get|List|Describe)/.test(operation);
        const shown = { source, agent, error, request, response };
        world.history.add({ at: timeAt(at), region, service, operation, readOnly, principal, ...shown });
      }
      return true;
    },
    tags: (name) => ({ ...find(name).tags }),
    setTags: (name, tags) => change(name, { tags: { ...tags } }),
    setPolicies: (name, policies) => change(name, { policies: policies.map(compilePolicy) }),
    setAttachedPolicies: (name, names) => change(name, { attachedPolicies: [...names] }),
    setMfa: (name, mfa) => change(name, { mfa }),
    setMfaCode: (serial, code) => void world.mfaCodes.set(serial, code),
    createRole: ({ name, path = '/', policies = [], trusts, maxSessionDuration = 3600, ...rest }) => {
      const arn = `arn:aws:iam::${world.accountId}:role${path}${name}`;
      world.roles.put({
        name,
        id: random.id('AROA', 17),
        path,
        arn,
        createdAt: clock.now(),
        policies: policies.map(compilePolicy),
        trusts: trusts ?? [`arn:aws:iam::${world.accountId}:root`],
        maxSessionDuration,
        requiresMfa: rest.requiresMfa ?? false,
        webIdentityToken: rest.webIdentityToken ?? null,
      });
      return { arn };
    },
    signIn: ({ person = 'somebody', permissionSets, seconds = 8 * 60 * 60 }) =>
      world.signIns.open({ person, permissionSets }, seconds).accessToken,
    snapshot: () => {
      const root = find(rootName);
      const users = [...(root.keys.length > 0 ? [root] : []), ...directory.current.users()];
      return Object.fromEntries(users.map((user) => [user.name, userSnapshot(user)]));
    },
  };
}
