// What keyturn asks of AWS, in its own words. clients.ts answers with the real SDK; every failure arrives translated
// into one of errors.ts, without a response body.
import type { KeyPair } from '../access-key.ts';
import type { KeyFacts } from '../machine/context.ts';

/** Who is calling, from `sts:GetCallerIdentity`, which needs no permission. */
export interface Caller {
  account: string;
  arn: string;
  partition: string;
  /** `AIDA…` for a user, `AROA…:session` for a role, the account id for root. */
  userId: string;
}

export interface User {
  name: string;
  id: string;
  path: string;
  arn: string;
  tags: Record<string, string>;
}

export interface KeyUse {
  lastUsedAt: string | null;
  lastUsedService: string | null;
  lastUsedRegion: string | null;
}

export type KeyStatusFacts = Pick<KeyFacts, 'id' | 'status' | 'createdAt'>;

export interface Aws {
  /** `sts:GetCallerIdentity` */
  caller(): Promise<Caller>;
  /** `iam:GetUser`, with all tags (`iam:ListUserTags` where GetUser leaves them out). Throws NoSuchEntityError. */
  user(name: string): Promise<User>;
  /** `iam:ListAccessKeys`, every page, oldest first. */
  keys(user: string): Promise<KeyStatusFacts[]>;
  /** `iam:GetAccessKeyLastUsed`; null members mean that AWS knows of no use. */
  lastUsed(keyId: string): Promise<KeyUse>;
  /** The user that owns a key, by `iam:GetAccessKeyLastUsed`; null where AWS does not say. */
  ownerOf(keyId: string): Promise<string | null>;
  /**
   * `iam:CreateAccessKey`, sent exactly once. `tag` goes into the user agent, so that CloudTrail can tell whose it was.
   * Throws AnswerUnknownError where the key may exist all the same.
   */
  createKey(user: string, tag: string): Promise<{ pair: KeyPair; createdAt: string }>;
  /** `iam:UpdateAccessKey`; safe to call twice. */
  setKeyStatus(user: string, keyId: string, status: 'Active' | 'Inactive'): Promise<void>;
  /** `iam:DeleteAccessKey`; throws NoSuchEntityError the second time. */
  deleteKey(user: string, keyId: string): Promise<void>;
  /** `iam:TagUser` */
  tagUser(user: string, key: string, value: string): Promise<void>;
  /** `iam:UntagUser` */
  untagUser(user: string, key: string): Promise<void>;
  /** `iam:ListAttachedUserPolicies`, names only. */
  attachedPolicies(user: string): Promise<string[]>;
  /** `sts:GetCallerIdentity` as another key; throws KeyNotAcceptedError. */
  callerAs(pair: KeyPair): Promise<Caller>;
  /**
   * From now on, where the caller's own key is `keyId`, everything is signed with `pair` instead: a user who rotates
   * their own key must not keep the old one in use.
   */
  signWithInsteadOf(keyId: string, pair: KeyPair): void;
  /** The region that is signed for; `us-east-1` where none is set, since IAM is global. */
  region(): Promise<string>;
  /**
   * AWS's time in milliseconds since the epoch: the `Date` of the newest answer, moved on by the time that passed here
   * since. Null before the first answer.
   */
  time(): number | null;
}

/** How long one request may take before it counts as unanswered, in milliseconds. */
export const requestTimeLimit = 30_000;
