// AK-03: an active key is going to be too old soon.
import { instant } from '../../clock.ts';
import type { Rule } from '../contract.ts';
import {
  aboutKey,
  activeKeys,
  day,
  days,
  isInRotation,
  isOver,
  maxAgeOf,
  nameOf,
  rotateCommand,
  since,
} from './reckoning.ts';

export const ak03: Rule = {
  id: 'AK-03',
  title: 'an access key is due for rotation soon',
  severity: 'low',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
  needs: [],
  judge: (user, limits) =>
    activeKeys(user).flatMap((key) => {
      const age = since(key.createdAt, limits);
      if (user.isRoot || age === null || isInRotation(key, user)) return [];
      const allowed = maxAgeOf(user, limits);
      const from = Math.max(0, allowed - limits.dueSoonDays);
      if (!isOver(age, from, limits) || isOver(age, allowed, limits)) return [];
      const due = instant(limits.now - age + allowed * day);
      return aboutKey(key, limits, {
        severity: 'low',
        title: `${nameOf(key)} of ${user.user} is ${days(age)} old and due by ${due}`,
        because: `${days(age)} since ${key.createdAt} are more than ${from} and not yet more than ${allowed}`,
        command: rotateCommand(user, key),
        text: 'replace it before it is too old; a rotation takes weeks',
        evidence: { due },
      });
    }),
};
