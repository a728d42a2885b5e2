// AK-05: a rotation is open, and both keys have been active for too long.
import type { Rule } from '../contract.ts';
import { aboutUser, day, days, openRotations, since } from './reckoning.ts';

export const ak05: Rule = {
  id: 'AK-05',
  title: 'two keys overlap for too long in a rotation',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure there is only one active access key for any single IAM user"',
  needs: ['ids', 'rotations'],
  judge: (user, limits) =>
    openRotations(user).flatMap((open) => {
      const both = user.keys.filter(
        ({ id, active }) => active && id !== null && (id === open.oldKey || id === open.newKey),
      );
      // A rotation may have been begun long after its new key was made, and the other way round.
      const from = [open.since, ...both.map(({ createdAt }) => createdAt ?? '')].sort().at(-1) ?? null;
      const overlap = since(from, limits);
      if (both.length < 2 || overlap === null || overlap <= limits.overlapDays * day) return [];
      return aboutUser({
        about: open.rotation,
        severity: 'medium',
        title: `both keys of ${user.user} have been active for ${days(overlap)} in rotation ${open.rotation}`,
        because: `${days(overlap)} since ${from} are more than ${limits.overlapDays}`,
        command: `keyturn status ${open.rotation}`,
        text: `see who still uses the old key (keyturn who ${open.oldKey}), then keyturn resume or keyturn proceed`,
        evidence: { ...open },
      });
    }),
};
