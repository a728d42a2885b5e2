// How a user comes into being, by a request or by the arrangement of a test.
import { type Password, rootName, type StoredUser } from './directory.ts';
import { compilePolicy, type PolicyDocument } from './policy.ts';
import type { World } from './world.ts';

export interface NewUser {
  name: string;
  path?: string;
  tags?: Readonly<Record<string, string>>;
  policies?: readonly PolicyDocument[];
  attachedPolicies?: readonly string[];
  createdAt?: number;
  password?: Password;
  mfa?: boolean;
}

export function newUser(
  { accountId, random, clock }: Pick<World, 'accountId' | 'random' | 'clock'>,
  {
    name,
    path = '/',
    tags = {},
    policies = [],
    attachedPolicies = [],
    createdAt = clock.now(),
    password,
    mfa = false,
  }: NewUser,
): StoredUser {
  return {
    name,
    id: random.id('AIDA', 17),
    path,
    arn: `arn:aws:iam::${accountId}:user${path}${name}`,
    createdAt,
    tags,
    keys: [],
    policies: policies.map(compilePolicy),
    attachedPolicies,
    password: password ?? null,
    mfa,
  };
}

export function rootUser({ accountId, clock }: Pick<World, 'accountId' | 'clock'>): StoredUser {
  return {
    name: rootName,
    id: accountId,
    path: '/',
    arn: `arn:aws:iam::${accountId}:root`,
    createdAt: clock.now(),
    tags: {},
    keys: [],
    policies: [],
    attachedPolicies: [],
    password: null,
    mfa: false,
  };
}
