// Whether a rotation may begin at all, from the user's keys alone: pure, so that a plan can say it before anything is claimed.
import { shortKeyId } from '../access-key.ts';
import { timeOf } from '../clock.ts';
import type { KeyFacts, Outputs, Plan } from '../machine/context.ts';
import { findKey } from './keys.ts';

export type Finding = Pick<Outputs['inspectKeys'], 'verdict' | 'reason'>;

/** `now` is AWS's time in milliseconds. */
export function mayStart(plan: Plan, keys: KeyFacts[], now: number): Finding {
  const old = findKey(keys, plan.oldKey);
  if (plan.oldKey !== null && !old) {
    return { verdict: 'refused', reason: `${shortKeyId(plan.oldKey)} is not a key of ${plan.user}` };
  }
  if (old && old.status !== 'Active') {
    return {
      verdict: 'refused',
      reason: `the old key ${shortKeyId(old.id)} is ${old.status}, so nobody can be using it`,
    };
  }
  if (old && now - timeOf(old.createdAt) < plan.minAge * 1000) {
    return {
      verdict: 'nothingToDo',
      reason: `${shortKeyId(old.id)} was made at ${old.createdAt}, so it is young enough`,
    };
  }
  if (old && !plan.allowSmtp && looksLikeSmtp(plan.user, old)) {
    return {
      verdict: 'refused',
      reason: `${shortKeyId(old.id)} sends mail through SES, and an SMTP password is derived from the key: it would stop working`,
    };
  }
  if (keys.length >= 2 && plan.freeSlot === 'never') {
    return { verdict: 'noSlot', reason: `${plan.user} has two keys already: ${keys.map(describe).join(' and ')}` };
  }
  return { verdict: 'create', reason: 'there is room for a new key' };
}

/** SES's console names its SMTP users `ses-smtp-user.…`; their passwords are made from the secret key (S19). */
function looksLikeSmtp(user: string, key: KeyFacts): boolean {
  return key.lastUsedService === 'ses' || /^ses-smtp-user\b/i.test(user);
}

function describe(key: KeyFacts): string {
  const use = key.lastUsedAt ? `last used ${key.lastUsedAt}` : 'no use known';
  return `${shortKeyId(key.id)} (${key.status.toLowerCase()}, ${use})`;
}
