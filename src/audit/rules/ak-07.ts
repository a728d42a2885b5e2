// AK-07: there are two keys, so a rotation has no room for another.
import type { Rule } from '../contract.ts';
import { aboutUser, deleteCommand, keyEvidence, nameOf, openRotations } from './reckoning.ts';

export const ak07: Rule = {
  id: 'AK-07',
  title: 'there is no room for a new key',
  severity: 'low',
  source: 'IAM User Guide, "IAM and STS quotas": two access keys for a user, inactive ones included',
  needs: [],
  judge: (user, limits) => {
    if (user.isRoot || user.keys.length < 2 || openRotations(user).length > 0) return [];
    const inactive = user.keys.find(({ active }) => !active);
    return [
      aboutUser({
        severity: 'low',
        title: `${user.user} has ${user.keys.length} keys, so the next rotation has no room`,
        because: `${user.keys.length} keys exist (${user.keys.map(nameOf).join(', ')}) and AWS allows two`,
        command: inactive ? deleteCommand(user, inactive) : null,
        text: inactive
          ? 'delete the inactive one first, or let the rotation do it: keyturn rotate --free-slot inactive'
          : 'retire the one that nobody needs: keyturn retire',
        evidence: { keys: user.keys.map((key) => keyEvidence(key, limits)) },
      }),
    ];
  },
};
