// AK-14: the old key was used after its replacement had reached every place.
import { timeOf } from '../../clock.ts';
import type { Rule } from '../contract.ts';
import { aboutKey, nameOf, openRotations } from './reckoning.ts';

export const ak14: Rule = {
  id: 'AK-14',
  title: 'the old key is still used after its replacement',
  severity: 'high',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less", the remediation',
  needs: ['ids', 'uses', 'rotations'],
  judge: (user, limits) =>
    openRotations(user).flatMap((open) => {
      const key = user.keys.find(({ id }) => id !== null && id === open.oldKey);
      if (!key?.lastUsedAt || !open.deliveredAt || timeOf(key.lastUsedAt) <= timeOf(open.deliveredAt)) return [];
      return aboutKey(key, limits, {
        about: open.rotation,
        severity: 'high',
        title: `${nameOf(key)} of ${user.user} was used for ${key.lastUsedService ?? 'an unknown service'} after every place had the new key`,
        because: `used at ${key.lastUsedAt}, and every place had the new key at ${open.deliveredAt}`,
        command: `keyturn who ${key.id}`,
        text: 'somebody that keyturn does not know of still uses it: find out who, and give them the new key',
        evidence: { ...open },
      });
    }),
};
