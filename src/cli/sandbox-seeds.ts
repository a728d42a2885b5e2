// Who is in the sandbox's account at its start. Ages are counted from the clock, so an account is as old on any day; names,
// ids and secrets are the same in every run.
import { type Clock, instant } from '../clock.ts';
import type { Account, Credentials, KeyArrangement, UserArrangement } from '../sandbox/index.ts';

export interface SeededUser {
  name: string;
  keys: (Credentials & { status: 'Active' | 'Inactive'; createdAt: string })[];
}

interface SeededKey {
  /** Days. */
  age: number;
  /** Days since its last use; null for never. */
  unusedFor: number | null;
  status?: 'Active' | 'Inactive';
  service?: string;
}

interface Person extends Pick<UserArrangement, 'name' | 'path' | 'tags' | 'mfa' | 'policies'> {
  keys: SeededKey[];
  /** Days since the password was set and since it was used, where there is one. */
  password?: { age: number; unusedFor: number };
  /** The oldest key was made in the moment in which the user was. */
  withKey?: boolean;
}

export const seeds = { small, fleet: () => fleet() } satisfies Record<string, () => Person[]>;

export type SeedName = keyof typeof seeds;

/** Puts the seed's users into the account; says whom, with their secrets. */
export function furnish(account: Account, seed: SeedName, clock: Clock): SeededUser[] {
  return settle(account, seeds[seed](), clock);
}

/** A fleet of that size, the same for the same number. */
export function furnishFleet(account: Account, users: number, clock: Clock, number?: number): SeededUser[] {
  return settle(account, fleet(users, number), clock);
}

function settle(account: Account, people: readonly Person[], clock: Clock): SeededUser[] {
  const ago = (days: number) => instant(clock.now() - Math.round(days * 86_400_000));
  return people.map(({ keys, password, withKey = false, ...person }) => {
    const arranged: Required<Pick<KeyArrangement, 'status' | 'createdAt'>>[] = keys.map(
      ({ age, status = 'Active' }) => ({ status, createdAt: ago(age) }),
    );
    const oldest = Math.max(30, password?.age ?? 0, ...keys.map(({ age }) => age));
    const made = account.createUser({
      ...person,
      keys: arranged,
      createdAt: ago(withKey ? oldest : oldest + 1),
      ...(password ? { password: { changedAt: ago(password.age), lastUsedAt: ago(password.unusedFor) } } : {}),
    });
    for (const [index, { unusedFor, service = 's3' }] of keys.entries()) {
      const id = made.keys[index]?.accessKeyId;
      if (id && unusedFor !== null) account.use(id, { at: ago(unusedFor), service });
    }
    return { name: made.name, keys: arranged.map((key, index) => ({ ...(made.keys[index] as Credentials), ...key })) };
  });
}

function small(): Person[] {
  return [
    { name: 'alice', keys: [{ age: 400, unusedFor: 0.1 }] },
    {
      name: 'bob',
      keys: [
        { age: 700, unusedFor: 40 },
        { age: 20, unusedFor: 0.2, service: 'dynamodb' },
      ],
    },
    {
      name: 'carol',
      keys: [
        { age: 500, unusedFor: 120, status: 'Inactive' },
        { age: 60, unusedFor: 1 },
      ],
    },
    { name: 'dave', keys: [] },
  ];
}

const teams = ['billing', 'data', 'mobile', 'ops', 'web'];
const jobs = ['api', 'backup', 'batch', 'deploy', 'export', 'mailer', 'metrics', 'sync'];
const services = ['s3', 's3', 's3', 'dynamodb', 'sqs', 'ses', 'ecr', 'cloudwatch'];

const administrator = { Effect: 'Allow' as const, Action: '*', Resource: '*' };
const mintsKeys = { Effect: 'Allow' as const, Action: ['iam:CreateAccessKey', 'iam:UpdateAccessKey'], Resource: '*' };

/** An application each, or a person, with keys as they pile up over the years. */
function fleet(users = 5_000, seed = 20_261_122): Person[] {
  const next = numbers(seed);
  const one = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const key = (status: 'Active' | 'Inactive' = 'Active'): SeededKey => {
    const age = Math.round(1500 * next() ** 2) + 1;
    const isUsed = next() < 0.85;
    const isStale = status === 'Inactive' || next() < 0.25;
    const unusedFor = isUsed ? (isStale ? age * next() : Math.min(age, 3) * next()) : null;
    return { age, unusedFor, status, service: one(services) };
  };
  const keys = (): SeededKey[] => {
    const kind = next();
    if (kind < 0.6) return [key()];
    if (kind < 0.75) return [key(), key()];
    if (kind < 0.87) return [key('Inactive'), key()];
    if (kind < 0.95) return [key('Inactive')];
    return [];
  };
  const policies = () => {
    const kind = next();
    const [statement] = kind < 0.02 ? [administrator] : kind < 0.04 ? [mintsKeys] : [];
    return statement ? { policies: [{ Version: '2012-10-17', Statement: [statement] }] } : {};
  };
  return Array.from({ length: users }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    const team = one(teams);
    const tags = { team, ...(next() < 0.6 ? { owner: `${team}@example.com` } : {}) };
    if (next() < 0.7) {
      return { name: `${team}-${one(jobs)}-${number}`, path: '/apps/', tags, ...policies(), keys: keys() };
    }
    const age = Math.round(900 * next()) + 1;
    return {
      name: `${team}-person-${number}`,
      path: '/people/',
      tags,
      ...policies(),
      withKey: next() < 0.2,
      mfa: next() < 0.8,
      password: { age, unusedFor: age * next() },
      keys: next() < 0.4 ? keys() : [],
    };
  });
}

/** From 0 to 1, the same row of them for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
