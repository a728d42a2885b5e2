// Events of CloudTrail as rules read them: about a key that still exists, and by whom.
import type { AuditedKey, KeyEvent, Limits, UserFacts } from '../contract.ts';

export { aboutKey, nameOf } from './reckoning.ts';

export function madeEvents({ events }: UserFacts): readonly KeyEvent[] {
  return events.state === 'known' ? events.value.filter(({ event }) => event === 'CreateAccessKey') : [];
}

export function keyOfEvent({ keys }: UserFacts, { keyId }: KeyEvent): AuditedKey | undefined {
  return keys.find(({ id }) => id !== null && id === keyId);
}

export function isRotator(by: string, { rotators }: Limits): boolean {
  return rotators.includes(by);
}
