// AK-11: an active key was never used.
import type { Rule } from '../contract.ts';
import {
  aboutKey,
  day,
  days,
  deactivateCommand,
  isNeverUsed,
  isNewInRotation,
  judgedKeys,
  nameOf,
  since,
} from './reckoning.ts';

/** Days from which a key that nobody uses is worth a word. */
const noticed = 7;

export const ak11: Rule = {
  id: 'AK-11',
  title: 'an access key was never used',
  severity: 'medium',
  source:
    'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled": unused keys count from their creation',
  needs: ['uses'],
  judge: (user, limits) =>
    judgedKeys(user, limits).flatMap((key) => {
      const age = since(key.createdAt, limits);
      if (!isNeverUsed(key) || age === null || age < noticed * day) return [];
      const isLong = age >= limits.unusedDays * day;
      if (!isLong && isNewInRotation(key, user)) return [];
      return aboutKey(key, limits, {
        severity: isLong ? 'medium' : 'informational',
        title: `${nameOf(key)} of ${user.user} was made ${days(age)} ago and never used`,
        because: `no use is known, and ${days(age)} since ${key.createdAt} are ${isLong ? `${limits.unusedDays} or more` : `${noticed} or more`}`,
        command: user.isRoot ? null : deactivateCommand(user, key),
        text: 'deactivate it and delete it when nobody misses it; AWS knows of no use before 2015-04-22',
      });
    }),
};
