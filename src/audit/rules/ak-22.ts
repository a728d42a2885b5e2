// AK-22: one user has both a key and a password.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys } from './reckoning.ts';

export const ak22: Rule = {
  id: 'AK-22',
  title: 'one user has a key and a console password',
  severity: 'low',
  source: 'IAM User Guide, "Security best practices in IAM": people sign in, workloads use roles',
  needs: ['report'],
  judge: (user) => {
    const { length } = activeKeys(user);
    if (user.isRoot || user.passwordEnabled !== true || length === 0) return [];
    const isBare = user.mfa === false;
    return [
      aboutUser({
        severity: isBare ? 'high' : 'low',
        title: `${user.user} has a key and a console password${isBare ? ', and no MFA' : ''}`,
        because: `the password is enabled and ${length === 1 ? 'a key is' : `${length} keys are`} active${isBare ? '; MFA is not' : ''}`,
        text: 'give the workload a user or better a role of its own, and the person MFA',
      }),
    ];
  },
};
