// AK-21: the key can make keys for others.
import type { Rule } from '../contract.ts';
import { aboutKey, activeKeys, nameOf } from './reckoning.ts';

export const ak21: Rule = {
  id: 'AK-21',
  title: 'a key can make keys of other users',
  severity: 'high',
  source: 'MITRE ATT&CK T1098.001, Additional Cloud Credentials',
  needs: ['powers'],
  judge: (user, limits) => {
    const { powers } = user;
    if (user.isRoot || powers.state !== 'known') return [];
    const { mintsKeysBy } = powers.value;
    if (mintsKeysBy.length === 0) return [];
    return activeKeys(user).map((key) =>
      aboutKey(key, limits, {
        severity: 'high',
        title: `${nameOf(key)} of ${user.user} can make or activate keys of others, by ${mintsKeysBy.join(', ')}`,
        because: `iam:CreateAccessKey or iam:UpdateAccessKey on other users is allowed by ${mintsKeysBy.join(', ')}`,
        text: `narrow the policy to the user itself: arn:aws:iam::*:user/\${aws:username}`,
        evidence: { ...powers.value },
      }),
    );
  },
};
