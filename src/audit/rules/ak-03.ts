// AK-03: an active key is going to be too old soon.
import { instant, timeOf } from '../../clock.ts';
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
      const { createdAt } = key;
      const age = since(createdAt, limits);
      if (user.isRoot || createdAt === null || age === null || isInRotation(key, user)) return [];
      const allowed = maxAgeOf(user, limits);
      const from = allowed - limits.dueSoonDays;
      if (!isOver(age, from, limits) || isOver(age, allowed, limits)) return [];
      const due = instant(timeOf(createdAt) + allowed * day);
      return aboutKey(key, limits, {
        severity: 'low',
        title: `${nameOf(key)} of ${user.user} is ${days(age)} old and due by ${due}`,
        because: `${days(age)} since ${createdAt} are more than ${from} and not yet more than ${allowed}`,
        command: rotateCommand(user, key),
        text: 'replace it before it is too old; a rotation takes weeks',
        evidence: { due },
      });
    }),
};
