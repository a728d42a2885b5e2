// What all rules reckon with: ages to the second, and words for them. Ages are AWS's time less AWS's stamps, and never less
// than nothing, whatever a clock said.
import { instant, timeOf } from '../../clock.ts';
import type { AuditedKey, Judgement, Limits, OpenRotation, Severity, UserFacts } from '../contract.ts';

export const day = 86_400_000;

/** Milliseconds since the instant; null where there is none. */
export function since(moment: string | null, { now }: Pick<Limits, 'now'>): number | null {
  const at = moment === null ? Number.NaN : timeOf(moment);
  return Number.isNaN(at) ? null : Math.max(0, now - at);
}

export function days(ms: number): string {
  return `${(Math.floor(ms / (day / 10)) / 10).toFixed(1)} days`;
}

/** Whether it is more than so many days ago: exactly, or as Prowler reckons, by whole days that have passed. */
export function isOver(ms: number, limit: number, { asProwler }: Pick<Limits, 'asProwler'>): boolean {
  return asProwler ? Math.floor(ms / day) > limit : ms > limit * day;
}

/** CIS says "45 days or more"; by whole days only what is more. */
export function isUnusedFor(ms: number, limit: number, { asProwler }: Pick<Limits, 'asProwler'>): boolean {
  return asProwler ? Math.floor(ms / day) > limit : ms >= limit * day;
}

export function activeKeys({ keys }: UserFacts): AuditedKey[] {
  return keys.filter((key) => key.active);
}

/** Active keys of whom a rule speaks: root's are AK-01's alone, but for Prowler, to whom root is a user. */
export function judgedKeys(user: UserFacts, { asProwler }: Pick<Limits, 'asProwler'>): AuditedKey[] {
  return user.isRoot && !asProwler ? [] : activeKeys(user);
}

export function isNeverUsed({ lastUsedAt, isUseKnown }: AuditedKey): boolean {
  return lastUsedAt === null && isUseKnown;
}

export function maxAgeOf({ policy }: UserFacts, { maxAgeDays, asProwler }: Limits): number {
  return policy && !asProwler ? Math.min(maxAgeDays, policy.maxAgeDays) : maxAgeDays;
}

/** By its id where that was asked, else by its place in the report. */
export function nameOf({ id, slot }: AuditedKey): string {
  return id ?? (slot === null ? 'a key' : `the key in slot ${slot}`);
}

/** None where it is not known whether there is one. */
export function openRotations({ rotations }: UserFacts): readonly OpenRotation[] {
  return rotations.state === 'known' ? rotations.value : [];
}

export function isInRotation(key: AuditedKey, user: UserFacts): boolean {
  return openRotations(user).some(({ oldKey, newKey }) => key.id !== null && (key.id === oldKey || key.id === newKey));
}

export function isNewInRotation({ id }: AuditedKey, user: UserFacts): boolean {
  return openRotations(user).some(({ newKey }) => id !== null && newKey === id);
}

let last = { now: Number.NaN, at: '' };

/** The same for all of a run, and thousands ask. */
function judgedAt(now: number): string {
  if (last.now !== now) last = { now, at: instant(now) };
  return last.at;
}

export function keyEvidence(key: AuditedKey, { now }: Limits): Record<string, unknown> {
  const { id, slot, active, createdAt, dated, lastUsedAt, isUseKnown, lastUsedService, lastUsedRegion } = key;
  return {
    keyId: id,
    slot,
    status: active ? 'Active' : 'Inactive',
    createdAt,
    createdAtFrom: dated,
    lastUsedAt: isUseKnown ? lastUsedAt : 'unknown',
    lastUsedService,
    lastUsedRegion,
    judgedAt: judgedAt(now),
  };
}

interface Said {
  about?: string;
  severity: Severity;
  title: string;
  /** The arithmetic, in words. */
  because: string;
  command?: string | null;
  text: string;
  evidence?: Record<string, unknown>;
}

export function aboutKey(key: AuditedKey, limits: Limits, said: Said): Judgement {
  const { because, evidence = {}, command = null, ...rest } = said;
  return { status: 'OPEN', key, command, ...rest, evidence: { ...keyEvidence(key, limits), ...evidence, because } };
}

export function aboutUser(said: Said): Judgement {
  const { because, evidence = {}, command = null, ...rest } = said;
  return { status: 'OPEN', key: null, command, ...rest, evidence: { ...evidence, because } };
}

/** Without its id only a user's one active key can be meant. */
export function rotateCommand(user: UserFacts, { id }: AuditedKey): string {
  if (id === null && activeKeys(user).length !== 1) return lookUpCommand(user);
  return `keyturn rotate --user ${quoted(user.user)}${id ? ` --key ${id}` : ''}`;
}

export function deactivateCommand(user: UserFacts, { id }: AuditedKey): string {
  if (id === null) return lookUpCommand(user);
  return `aws iam update-access-key --user-name ${quoted(user.user)} --access-key-id ${id} --status Inactive`;
}

export function deleteCommand(user: UserFacts, { id }: AuditedKey): string {
  if (id === null) return lookUpCommand(user);
  return `aws iam delete-access-key --user-name ${quoted(user.user)} --access-key-id ${id}`;
}

/** Says the same with the id, and with the command that it takes then. */
export function lookUpCommand({ user }: UserFacts): string {
  return `keyturn audit --user ${quoted(user)}`;
}

/** A name of IAM may hold `=` and `+`, which a shell leaves alone, and nothing that it does not; anything else is quoted. */
export function quoted(name: string): string {
  return /^[\w+=,.@-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}
