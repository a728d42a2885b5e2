// What keyturn asks of AWS, in its own words. clients.ts answers with the real SDK; every failure arrives translated
// into one of errors.ts, without a response body.
import type { KeyPair } from '../access-key.ts';
import type { KeyFacts } from '../machine/context.ts';
import type { Alarms, Bucket, ParameterStore, SecretsManager, StateMachines, Topic, Trails } from './services.ts';

export type * from './services.ts';

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
  /** The ids of the keys that sign for us, be it to assume a role. Asks nothing of AWS but for that role. */
  signers(): Promise<string[]>;
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
  /** Those that are enabled for the account, by `ec2:DescribeRegions`. */
  regions(): Promise<string[]>;
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
  /** Whether the user may sign in to the console with a password, by `iam:GetLoginProfile`. */
  hasPassword(user: string): Promise<boolean>;
  /** Which of the actions the user's policies allow on everything, or on somebody else, by `iam:SimulatePrincipalPolicy`. */
  allowedTo(userArn: string, actions: readonly string[]): Promise<string[]>;
  /**
   * `iam:GenerateCredentialReport` and, once AWS has one, `iam:GetCredentialReport`; null while it is being written. A report
   * stays the same for four hours.
   */
  credentialReport(): Promise<{ text: string; generatedAt: string } | null>;
  /** The account's users as a whole. */
  inventory(): Inventory;
  /** `sts:GetCallerIdentity` as another key; throws KeyNotAcceptedError. */
  callerAs(pair: KeyPair): Promise<Caller>;
  /**
   * From now on, where the caller's own key is `keyId`, everything is signed with `pair` instead: a user who rotates
   * their own key must not keep the old one in use.
   */
  signWithInsteadOf(keyId: string, pair: KeyPair): void;
  /** Secrets Manager of a region; like all calls signed as `signWithInsteadOf` says. */
  secretsManager(region: string): SecretsManager;
  /** Systems Manager's Parameter Store of a region. */
  parameterStore(region: string): ParameterStore;
  topic(arn: string): Topic;
  /** CloudWatch of a region. */
  alarms(region: string): Alarms;
  /** CloudTrail of a region. */
  trails(region: string): Trails;
  /** Step Functions of a region. */
  stateMachines(region: string): StateMachines;
  bucket(name: string): Bucket;
  /** The region that is signed for; `us-east-1` where none is set, since IAM is global. */
  region(): Promise<string>;
  /**
   * AWS's time in milliseconds since the epoch: the `Date` of the newest answer, moved on by the time that passed here
   * since. Null before the first answer.
   */
  time(): number | null;
}

export interface ListedUser {
  name: string;
  arn: string;
  path: string;
  id: string;
  createdAt: string;
}

export interface NamedPolicy {
  name: string;
  /** JSON. */
  document: string;
}

/** A user or a group, with what it is allowed by. */
export interface PolicyHolder {
  name: string;
  tags: Readonly<Record<string, string>>;
  groups: readonly string[];
  inline: readonly NamedPolicy[];
  attached: readonly { name: string; arn: string }[];
  /** ARN. */
  boundary: string | null;
}

export interface Inventory {
  /** `iam:ListUsers`, a thousand at a time. */
  users(): AsyncIterable<ListedUser>;
  /** `iam:GetAccountAuthorizationDetails`: all users and groups, and the managed policies' documents by ARN. */
  holders(): Promise<{ users: PolicyHolder[]; groups: PolicyHolder[]; managed: ReadonlyMap<string, string> }>;
  /** `iam:ListRoles`: the ARNs of those whose path begins so. */
  roles(path: string): Promise<string[]>;
  /** `iam:GetAccountSummary`: also a key that is inactive. */
  rootHasKey(): Promise<boolean>;
}

/** How long one request may take before it counts as unanswered, in milliseconds. */
export const requestTimeLimit = 30_000;
