// AK-15: the new key was delivered and nobody was seen using it.
import type { Rule } from '../contract.ts';
import { aboutKey, day, days, isNeverUsed, nameOf, openRotations, since } from './reckoning.ts';

/** Days after the delivery, or after the beginning where no delivery is known. */
const patience = 3;

export const ak15: Rule = {
  id: 'AK-15',
  title: 'the new key is not used',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less", the remediation',
  needs: ['ids', 'uses', 'rotations'],
  judge: (user, limits) =>
    openRotations(user).flatMap((open) => {
      const key = user.keys.find(({ id }) => id !== null && id === open.newKey);
      const waited = since(open.deliveredAt ?? open.since, limits);
      if (!key || !isNeverUsed(key) || waited === null || waited <= patience * day) return [];
      return aboutKey(key, limits, {
        about: open.rotation,
        severity: 'medium',
        title: `${nameOf(key)}, the new key of ${user.user}, ${open.deliveredAt ? `was delivered ${days(waited)} ago` : `has been in rotation for ${days(waited)}`} and was never used`,
        because: `no use is known, and ${days(waited)} since ${open.deliveredAt ?? open.since} are more than ${patience}`,
        command: `keyturn status ${open.rotation}`,
        text: 'whoever should use it may have to be restarted, or reads another place',
        evidence: { ...open },
      });
    }),
};
