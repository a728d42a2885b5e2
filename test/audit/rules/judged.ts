// Users as rules see them, and what a rule says of one. Every user is judged at the same moment.
import type {
  AuditedKey,
  Finding,
  Judgement,
  KeyEvent,
  Limits,
  OpenRotation,
  PolicyWords,
  Rule,
  UserFacts,
} from '../../../src/audit/contract.ts';
import { findingsOf } from '../../../src/audit/judge.ts';
import { limitsOf } from '../../../src/audit/rule-sets.ts';
import { rules } from '../../../src/audit/rules/index.ts';

export const now = '2026-12-06T10:00:00Z';
const second = 1000;
const day = 86_400 * second;

/** The moment so many days, and seconds, before the one of judgement. */
export function ago(days: number, seconds = 0): string {
  return new Date(Date.parse(now) - Math.round(days * day) - seconds * second).toISOString().replace('.000Z', 'Z');
}

export function key(given: Partial<AuditedKey> = {}): AuditedKey {
  return {
    slot: 1,
    id: 'AKIAFIRSTFIRSTFIRST1',
    active: true,
    createdAt: ago(10),
    dated: 'CreateDate',
    lastUsedAt: ago(1),
    isUseKnown: true,
    lastUsedService: 's3',
    lastUsedRegion: 'eu-west-1',
    ...given,
  };
}

export const secondKey = (given: Partial<AuditedKey> = {}) => key({ slot: 2, id: 'AKIASECONDSECONDSEC2', ...given });

/** What the evidence says of `key()`. */
export const keyInEvidence = {
  keyId: 'AKIAFIRSTFIRSTFIRST1',
  slot: 1,
  status: 'Active',
  createdAt: '2026-11-26T10:00:00Z',
  createdAtFrom: 'CreateDate',
  lastUsedAt: '2026-12-05T10:00:00Z',
  lastUsedService: 's3',
  lastUsedRegion: 'eu-west-1',
  judgedAt: '2026-12-06T10:00:00Z',
};

export function known<T>(value: T) {
  return { state: 'known', value, from: 'iam:Ask', at: now } as const;
}

export function denied(permission: string, everywhere = false) {
  return { state: 'unknown', why: `${permission} is denied`, permission, everywhere } as const;
}

/** Somebody without a password, with an owner, and with no key unless it is given. */
export function user(given: Partial<UserFacts> = {}): UserFacts {
  return {
    user: 'alice',
    arn: 'arn:aws:iam::123456789012:user/alice',
    isRoot: false,
    path: '/',
    createdAt: ago(500),
    passwordEnabled: false,
    passwordLastUsed: null,
    passwordLastChanged: null,
    mfa: false,
    keys: [],
    reported: () => ({ user: 'alice' }),
    listed: { state: 'notAsked', why: 'nobody asked' },
    hasMoreKeys: false,
    rootHasKey: null,
    tags: known({ owner: 'ann@example.com' }),
    powers: known({ administratorBy: [], mintsKeysBy: [], boundary: null }),
    rotations: known([]),
    events: known([]),
    policy: null,
    doubts: [],
    ...given,
  };
}

export const root = (given: Partial<UserFacts> = {}) =>
  user({ user: '<root_account>', arn: 'arn:aws:iam::123456789012:root', isRoot: true, ...given });

export function rotation(given: Partial<OpenRotation> = {}): OpenRotation {
  return {
    rotation: 'r-1',
    engine: 'local',
    oldKey: 'AKIAFIRSTFIRSTFIRST1',
    newKey: 'AKIASECONDSECONDSEC2',
    since: ago(2),
    deliveredAt: ago(2),
    deactivatedAt: null,
    standing: 'waiting',
    reason: 'the old key is still used',
    ...given,
  };
}

/** What the evidence says of `rotation()`. */
export const rotationInEvidence = {
  rotation: 'r-1',
  engine: 'local',
  oldKey: 'AKIAFIRSTFIRSTFIRST1',
  newKey: 'AKIASECONDSECONDSEC2',
  since: '2026-12-04T10:00:00Z',
  deliveredAt: '2026-12-04T10:00:00Z',
  deactivatedAt: null,
  standing: 'waiting',
  reason: 'the old key is still used',
};

export const rotator = 'arn:aws:iam::123456789012:role/keyturn';
export const mallory = 'arn:aws:iam::123456789012:user/mallory';

export function event(given: Partial<KeyEvent> = {}): KeyEvent {
  return {
    id: 'e-1',
    event: 'CreateAccessKey',
    at: ago(10),
    by: mallory,
    user: 'alice',
    keyId: 'AKIAFIRSTFIRSTFIRST1',
    status: null,
    source: '198.51.100.7',
    agent: 'aws-cli/2.32.0',
    ...given,
  };
}

export function policy(given: Partial<PolicyWords> = {}): PolicyWords {
  return { places: [], owner: null, maxAgeDays: 90, exemptions: [], ...given };
}

export const prowler = { asProwler: true };

export function limits(given: Partial<Limits> = {}): Limits {
  return {
    ...limitsOf('cis-7.0'),
    now: Date.parse(now),
    ownerTags: ['owner', 'team-email'],
    ownerDomains: [],
    rotators: [],
    ...given,
  };
}

export function judge(rule: string, facts: UserFacts, given: Partial<Limits> = {}): Judgement[] {
  return (rules.find(({ id }) => id === rule) as Rule).judge(facts, limits(given));
}

/** The severity of each thing that the rule says; empty for a pass. */
export function severitiesOf(rule: string, facts: UserFacts, given: Partial<Limits> = {}): string[] {
  return judge(rule, facts, given).map(({ severity }) => severity);
}

/** What the rule says, in words. */
export function wordsOf(rule: string, facts: UserFacts, given: Partial<Limits> = {}) {
  return judge(rule, facts, given).map(({ title, evidence, command, text }) => ({
    title,
    because: evidence.because,
    command,
    text,
  }));
}

/** The rule's findings, whole, by the newest benchmark in which every rule still has its number. */
export function findings(rule: string, facts: UserFacts, given: Partial<Limits> = {}): Finding[] {
  const all = findingsOf(facts, { account: '123456789012', set: 'cis-6.0', limits: limits(given) });
  return all.filter((one) => one.rule === rule);
}
