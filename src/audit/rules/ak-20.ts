// AK-20: the key belongs to an administrator.
import type { Rule } from '../contract.ts';
import { aboutKey, activeKeys, nameOf, rotateCommand } from './reckoning.ts';

export const ak20: Rule = {
  id: 'AK-20',
  title: 'a key opens everything',
  severity: 'high',
  source: 'CIS AWS Foundations, "Ensure IAM policies that allow full "*:*" administrative privileges are not attached"',
  needs: ['powers'],
  judge: (user, limits) => {
    const { powers } = user;
    if (user.isRoot || powers.state !== 'known') return [];
    const { administratorBy, boundary } = powers.value;
    if (administratorBy.length === 0) return [];
    return activeKeys(user).map((key) =>
      aboutKey(key, limits, {
        severity: 'high',
        title: `${nameOf(key)} of ${user.user} opens everything, by ${administratorBy.join(', ')}`,
        because: `every action on every resource is allowed by ${administratorBy.join(', ')}${boundary ? `; the boundary ${boundary} may take some of it away` : ''}`,
        command: rotateCommand(user, key),
        text: 'rotate it first of all; better let a role that is assumed with MFA have these rights',
        evidence: { ...powers.value },
      }),
    );
  },
};
