// AK-24: the person is gone and the key is still used.
import type { Rule } from '../contract.ts';
import { aboutKey, activeKeys, day, days, nameOf, since } from './reckoning.ts';

/** Days without signing in. */
const away = 90;

export const ak24: Rule = {
  id: 'AK-24',
  title: 'a key outlives its person',
  severity: 'high',
  source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled"',
  needs: ['report', 'uses'],
  judge: (user, limits) =>
    activeKeys(user).flatMap((key) => {
      if (user.isRoot || user.passwordEnabled !== true) return [];
      const absent = since(user.passwordLastUsed, limits);
      const used = since(key.lastUsedAt, limits);
      if (absent === null || absent <= away * day || used === null || used > limits.unusedDays * day) return [];
      return aboutKey(key, limits, {
        severity: 'high',
        title: `${user.user} last signed in ${days(absent)} ago, and ${nameOf(key)} was used ${days(used)} ago`,
        because: `${days(absent)} since ${user.passwordLastUsed} are more than ${away}, and the key was used at ${key.lastUsedAt}`,
        command: key.id ? `keyturn who ${key.id}` : null,
        text: 'find out who uses it; where the person has left, deactivate it',
      });
    }),
};
