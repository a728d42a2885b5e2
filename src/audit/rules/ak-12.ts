// AK-12: a user of the console has a key that was never used.
import type { Rule } from '../contract.ts';
import {
  aboutKey,
  day,
  days,
  deleteCommand,
  isNeverUsed,
  isNewInRotation,
  judgedKeys,
  nameOf,
  since,
} from './reckoning.ts';

export const ak12: Rule = {
  id: 'AK-12',
  title: 'a console user has a key that was never used',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Do not create access keys during initial setup for IAM users with a console password"',
  needs: ['report', 'uses'],
  judge: (user, limits) =>
    judgedKeys(user, limits).flatMap((key) => {
      if (user.passwordEnabled !== true || !isNeverUsed(key)) return [];
      const age = since(key.createdAt, limits);
      if (!limits.asProwler && (age === null || age <= day || isNewInRotation(key, user))) return [];
      return aboutKey(key, limits, {
        severity: 'medium',
        title: `${user.user} signs in to the console and has a key that was never used: ${nameOf(key)}`,
        because: `the password is enabled, the key is active, and no use is known${age === null ? '' : ` in ${days(age)}`}`,
        command: user.isRoot ? null : deleteCommand(user, key),
        text: 'delete it; whoever needs one can have one made',
      });
    }),
};
