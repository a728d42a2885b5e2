// AK-02: an active key is older than it may become.
import type { Rule } from '../contract.ts';
import { aboutKey, days, isOver, judgedKeys, maxAgeOf, nameOf, rotateCommand, since } from './reckoning.ts';

/** Days after which it is worse. */
const farTooOld = 180;

export const ak02: Rule = {
  id: 'AK-02',
  title: 'an access key is older than it may become',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
  needs: [],
  judge: (user, limits) =>
    judgedKeys(user, limits).flatMap((key) => {
      const allowed = maxAgeOf(user, limits);
      const age = since(key.createdAt, limits);
      if (age === null || !isOver(age, allowed, limits)) return [];
      const isWorse =
        isOver(age, farTooOld, limits) ||
        (user.powers.state === 'known' && user.powers.value.administratorBy.length > 0);
      return aboutKey(key, limits, {
        severity: isWorse ? 'high' : 'medium',
        title: `${nameOf(key)} of ${user.user} is ${days(age)} old; it may become ${allowed}`,
        because: `${days(age)} since ${key.createdAt} are more than ${allowed}${limits.asProwler ? ', by whole days' : ', to the second'}`,
        command: user.isRoot ? null : rotateCommand(user, key),
        text: user.isRoot ? 'delete the root key; it is not rotated' : 'replace it',
      });
    }),
};
