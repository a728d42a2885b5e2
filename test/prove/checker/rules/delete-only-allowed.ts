// Nothing is deleted but what was made inactive by keyturn, was not used since, is written down, and has had its grace.
// Exceptions, inactive all the same: a key that a person named, and one of keyturn's own that no place ever held.
import { instant } from '../../../../src/clock.ts';
import type { Broken, Change, Moment } from '../contract.ts';
import { isClaimed } from '../knowledge.ts';

const rule = 'delete only';
const anHour = 3_600_000;
/** A use this shortly after the deactivation is one that had not heard of it. */
const propagation = 5 * 60_000;

export function deleteOnlyAllowed({ kind, key, was }: Change, moment: Moment): Broken[] {
  if (kind !== 'delete') return [];
  return complaints(key, was, moment).map((why) => ({ rule, subject: key, what: `deletes ${key}, ${why}` }));
}

function complaints(id: string, was: Change['was'], { watched, now, memory }: Moment): string[] {
  if (was && was.status !== 'Inactive') return ['which is active'];
  const made = memory.made.get(id);
  const off = memory.deactivated.get(id);
  if (!off) return memory.agreed.has(id) ? [] : ['which keyturn did not deactivate'];
  if (made && !made.offered) {
    return !made.mentioned && was?.lastUsedAt ? ['which nobody could use but somebody did'] : [];
  }

  const why: string[] = [];
  if (was?.lastUsedAt && was.lastUsedAt > off.at + propagation) {
    why.push(`which was used at ${instant(was.lastUsedAt)}, after its deactivation at ${instant(off.at)}`);
  }
  const grace = watched.grace ?? anHour;
  const passed = now.at - off.at;
  if (passed < grace && !memory.agreed.has(id)) {
    why.push(`${Math.floor(passed / 1000)} s after its deactivation, and nobody agreed to less than ${grace / 1000} s`);
  }
  if (!made && !memory.agreed.has(id) && !isClaimed(id, now)) why.push('which no claim or record names');
  return why;
}
