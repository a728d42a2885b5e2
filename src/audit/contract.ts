// What an audit knows of one user, what a rule makes of it, and what a finding says. A rule is a pure function of one user's
// facts: it asks nobody, and never learns of the user before or after.
import type { KeyStatusFacts, KeyUse } from '../aws/contract.ts';

/**
 * One access key as an audit sees it. Times are instants; `createdAt` is ListAccessKeys' CreateDate where that was asked, else
 * the report's last_rotated, which a reactivation may change (`dated` says which). Null: there is no such thing, or AWS does
 * not know it.
 */
export interface AuditedKey {
  /** The report's slot, which is sorted by key id and not by age; null for a key that the report does not have. */
  slot: 1 | 2 | null;
  /** Null where ids were not looked up. */
  id: string | null;
  active: boolean;
  createdAt: string | null;
  dated: 'CreateDate' | 'last_rotated';
  /** Null: never, where that is known. */
  lastUsedAt: string | null;
  isUseKnown: boolean;
  lastUsedService: string | null;
  lastUsedRegion: string | null;
}

/** A rotation of this user that is under way, as the records on this machine, claims in AWS or executions tell of it. */
export interface OpenRotation {
  rotation: string;
  /** Null where only a claim in AWS tells of it. */
  engine: 'local' | 'stepfunctions' | null;
  oldKey: string | null;
  newKey: string | null;
  since: string;
  /** When every place had the new key. */
  deliveredAt: string | null;
  /** When ours was the hand that deactivated the old key. */
  deactivatedAt: string | null;
  /** `waiting`, `stuck`, `stopped` … */
  standing: string;
  reason: string;
}

/** What policies let the user do, as far as they are readable. */
export interface Powers {
  /** AdministratorAccess, or an Allow of everything on everything; the policies' names. */
  administratorBy: string[];
  /** Names of policies that allow making or changing keys of others than the user itself. */
  mintsKeysBy: string[];
  boundary: string | null;
}

/** One event of CloudTrail about an access key. */
export interface KeyEvent {
  /** AWS's id of the event. */
  id: string;
  event: 'CreateAccessKey' | 'UpdateAccessKey' | 'DeleteAccessKey';
  at: string;
  /** ARN of who did it; its role's where it was a session. */
  by: string;
  /** The user whose key it was; the caller's own where the request named none. */
  user: string | null;
  keyId: string | null;
  /** What UpdateAccessKey made of it. */
  status: 'Active' | 'Inactive' | null;
  /** The address that it came from. */
  source: string | null;
  agent: string | null;
}

export interface PolicyWords {
  /** Where the user's new keys go. */
  places: readonly string[];
  owner: string | null;
  /** How old a key of theirs may become; counts where it is less than the rule set allows. */
  maxAgeDays: number;
  /** Exemptions of this user or a key of theirs; `until` is the last day. */
  exemptions: readonly { key: string | null; reason: string; until: string; ended: boolean }[];
}

/**
 * Facts of which a run may have none: `known`; `notAsked` where it was told not to look; `unknown` where it was denied,
 * throttled or contradictory, which is never a pass.
 */
export type Source<T> =
  | { state: 'known'; value: T; from: string; at: string }
  | { state: 'notAsked'; why: string }
  | {
      state: 'unknown';
      why: string;
      permission: string | null;
      /** For all users alike: that is named once for the run, and not for each of them. */
      everywhere: boolean;
    };

/** A key of ListAccessKeys; when it was used is asked only where the report cannot tell. */
export interface ListedKey extends KeyStatusFacts {
  use: Source<KeyUse>;
}

/** A contradiction; `about` is the same in every run, the text may change. */
export interface Doubt {
  about: string;
  text: string;
}

export interface UserFacts {
  /** `<root_account>` for the root user. */
  user: string;
  arn: string;
  isRoot: boolean;
  path: string;
  createdAt: string | null;
  passwordEnabled: boolean | null;
  passwordLastUsed: string | null;
  passwordLastChanged: string | null;
  mfa: boolean | null;
  keys: AuditedKey[];
  /** The report's row word for word, by column, for evidence; null for a user that the report does not have. */
  reported(): Readonly<Record<string, string>> | null;
  /** ListAccessKeys, word for word. */
  listed: Source<readonly ListedKey[]>;
  /** The report tells of more keys than its two slots show. */
  hasMoreKeys: boolean;
  /** Of the root user, by GetAccountSummary: also an inactive one. Null where it was not asked. */
  rootHasKey: boolean | null;
  tags: Source<Readonly<Record<string, string>>>;
  powers: Source<Powers>;
  rotations: Source<readonly OpenRotation[]>;
  events: Source<readonly KeyEvent[]>;
  /** What the policy file says of this user; null where there is none. */
  policy: PolicyWords | null;
  doubts: readonly Doubt[];
}

/** What is judged by; the rule set chooses them, the policy file may lower the age for a user. */
export interface Limits {
  /** AWS's time, in milliseconds. */
  now: number;
  /** Days. A key is too old once its age is more than this, to the second, unless `asProwler`. */
  maxAgeDays: number;
  unusedDays: number;
  dueSoonDays: number;
  overlapDays: number;
  inactiveDays: number;
  setupSeconds: number;
  /** Prowler's own predicates: ages cut to whole days, and no allowance for rotations that are under way. */
  asProwler: boolean;
  ownerTags: readonly string[];
  ownerDomains: readonly string[];
  /** ARNs of the roles that make keys in keyturn's name; none where it is not deployed, or that is not known. */
  rotators: readonly string[];
  /** Keys that records of rotations name, ended ones included: what was done to them was keyturn's. */
  ownKeys?: ReadonlySet<string>;
}

export type Severity = 'informational' | 'low' | 'medium' | 'high' | 'critical';

export interface Judgement {
  status: 'OPEN' | 'INCOMPLETE';
  /** The key that it is about; null where it is about the user. */
  key: AuditedKey | null;
  /** What else it is about, where a rule may say several things of one key or user: the same in every run. */
  about?: string;
  /** Of INCOMPLETE: the facts that are missing. */
  need?: Need;
  severity: Severity;
  /** One sentence with the numbers in it. */
  title: string;
  /** Raw values as AWS gave them, by name, and the arithmetic in words: what `--explain` prints. */
  evidence: Record<string, unknown>;
  /** A command to copy that mends it, or null where only words do. */
  command: string | null;
  text: string;
}

export type RuleSet = 'cis-1.4' | 'cis-3.0' | 'cis-5.0' | 'cis-6.0' | 'cis-7.0' | 'fsbp' | 'prowler';

/** A kind of facts that a rule cannot do without. */
export type Need = 'report' | 'ids' | 'uses' | 'tags' | 'powers' | 'rotations' | 'events' | 'rotators';

export interface Rule {
  /** `AK-02` */
  id: string;
  title: string;
  severity: Severity;
  /** Where the rule comes from: a CIS recommendation, an AWS page. */
  source: string;
  needs: readonly Need[];
  /** Facts that may add to what it finds, and that it can do without. */
  weighs?: readonly Need[];
  /** Everything wrong with this user by this rule; an empty list is a pass. Never throws. */
  judge(user: UserFacts, limits: Limits): Judgement[];
}

/** What a run could not find out at all, or chose not to. */
export interface Gap {
  what: string;
  why: string;
  permission: string | null;
  /** Rules that cannot be passed because of it. */
  rules?: readonly string[];
}

export interface Finding {
  /** The same in every run for the same rule, user and key, whether key ids were looked up or not. */
  id: string;
  rule: string;
  severity: Severity;
  status: 'OPEN' | 'MUTED' | 'PASS' | 'INCOMPLETE';
  user: string;
  keyId: string | null;
  title: string;
  evidence: Record<string, unknown>;
  /** Numbers of the chosen rule set. */
  cis: string[];
  /** Names that other tools have for this check. */
  aliases: string[];
  remediation: { command: string | null; text: string };
  /** Why and until when, where it is muted. */
  muted?: { reason: string; until: string };
}

/** The head of a report; findings are streamed after it, the summary comes last. */
export interface AuditHead {
  account: string;
  generatedAt: string;
  rules: RuleSet;
  /** The age of the credential report. */
  reportAt: string | null;
}

export interface AuditTail {
  complete: boolean;
  incomplete: Gap[];
  /** Rules that this run did not look at, with the reason. */
  notLookedAt: Gap[];
  summary: {
    users: number;
    keys: number;
    activeKeys: number;
    bySeverity: Record<Severity, number>;
    byStatus: Record<Finding['status'], number>;
    /** Active keys by their age in whole days, the youngest first; `to` is not in it, and null for the last. */
    ages: { from: number; to: number | null; keys: number }[];
  };
}

/** Writes a report piece by piece: memory does not grow with the number of findings. */
export interface Renderer {
  head(head: AuditHead): void;
  finding(finding: Finding): void;
  tail(tail: AuditTail): void | Promise<void>;
}
