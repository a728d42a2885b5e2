// AK-10: an active key has not been used for long.
import type { Rule } from '../contract.ts';
import { aboutKey, days, deactivateCommand, isUnusedFor, judgedKeys, nameOf, since } from './reckoning.ts';

export const ak10: Rule = {
  id: 'AK-10',
  title: 'an access key is not used any more',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled"',
  needs: ['uses'],
  judge: (user, limits) =>
    judgedKeys(user, limits).flatMap((key) => {
      const unused = since(key.lastUsedAt, limits);
      if (unused === null || !isUnusedFor(unused, limits.unusedDays, limits)) return [];
      return aboutKey(key, limits, {
        severity: 'medium',
        title: `${nameOf(key)} of ${user.user} was last used ${days(unused)} ago`,
        because: `${days(unused)} since ${key.lastUsedAt} are ${limits.asProwler ? `more than ${limits.unusedDays}, by whole days` : `${limits.unusedDays} or more`}`,
        command: user.isRoot ? null : deactivateCommand(user, key),
        text: 'deactivate it, wait, and delete it when nobody misses it; this can be undone until then',
      });
    }),
};
