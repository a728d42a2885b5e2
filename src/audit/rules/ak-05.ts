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
    (openRotations(user) ?? []).flatMap((open) => {
      const both = user.keys.filter(
        ({ id, active }) => active && id !== null && (id === open.oldKey || id === open.newKey),
      );
      const overlap = since(open.deliveredAt ?? open.since, limits);
      if (both.length < 2 || overlap === null || overlap <= limits.overlapDays * day) return [];
      return aboutUser({
        severity: 'medium',
        title: `both keys of ${user.user} have been active for ${days(overlap)} in rotation ${open.rotation}`,
        because: `${days(overlap)} since ${open.deliveredAt ?? open.since} are more than ${limits.overlapDays}`,
        command: `keyturn status ${open.rotation}`,
        text: `see who still uses the old key (keyturn who ${open.oldKey}), then keyturn resume or keyturn proceed`,
        evidence: { ...open },
      });
    }),
};
