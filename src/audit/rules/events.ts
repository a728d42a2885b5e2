// Events of CloudTrail as rules read them: about a key that still exists, and by whom.
import type { AuditedKey, KeyEvent, Limits, UserFacts } from '../contract.ts';

/** A key is made once, however often CloudTrail tells of it. */
export function madeEvents({ events }: UserFacts): readonly KeyEvent[] {
  if (events.state !== 'known') return [];
  const made = events.value.filter(({ event }) => event === 'CreateAccessKey');
  return made.filter(({ keyId }, index) => made.findIndex((other) => other.keyId === keyId) === index);
}

export function keyOfEvent({ keys }: UserFacts, { keyId }: KeyEvent): AuditedKey | undefined {
  return keys.find(({ id }) => id !== null && id === keyId);
}

/** Done by a role of keyturn's, or to a key that a rotation's record names. */
export function isOurs({ by, keyId }: KeyEvent, { rotators, ownKeys }: Limits): boolean {
  return rotators.includes(by) || (keyId !== null && ownKeys?.has(keyId) === true);
}
