// AK-23: the password was changed and the key was not.
import { timeOf } from '../../clock.ts';
import type { Rule } from '../contract.ts';
import { aboutKey, activeKeys, day, days, isInRotation, nameOf, rotateCommand } from './reckoning.ts';

export const ak23: Rule = {
  id: 'AK-23',
  title: 'the password is newer than the key',
  severity: 'low',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
  needs: ['report'],
  judge: (user, limits) =>
    activeKeys(user).flatMap((key) => {
      const { passwordLastChanged: changed } = user;
      if (user.isRoot || !user.passwordEnabled || !changed || !key.createdAt || isInRotation(key, user)) return [];
      const gap = timeOf(changed) - timeOf(key.createdAt);
      if (gap <= day) return [];
      return aboutKey(key, limits, {
        severity: 'low',
        title: `the password of ${user.user} was changed ${days(gap)} after ${nameOf(key)} was made`,
        because: `changed at ${changed}, the key made at ${key.createdAt}: whatever the password was changed for, the key was left`,
        command: rotateCommand(user, key),
        text: 'replace the key as well',
      });
    }),
};
