// AK-13: a key was made together with its user.
import { timeOf } from '../../clock.ts';
import type { AuditedKey, Rule } from '../contract.ts';
import { aboutKey, deleteCommand, isNeverUsed, nameOf, rotateCommand } from './reckoning.ts';

export const ak13: Rule = {
  id: 'AK-13',
  title: 'a key was made with its user',
  severity: 'low',
  source: 'CIS AWS Foundations, "Do not create access keys during initial setup for IAM users with a console password"',
  needs: ['report', 'uses'],
  judge: (user, limits) =>
    user.keys.flatMap((key) => {
      if (user.isRoot || user.passwordEnabled !== true || !user.createdAt || !key.createdAt) return [];
      const gap = (timeOf(key.createdAt) - timeOf(user.createdAt)) / 1000;
      if (gap < 0 || gap >= limits.setupSeconds) return [];
      const isUsed = !isNeverUsed(key);
      return aboutKey(key, limits, {
        severity: isUsed ? 'low' : 'medium',
        title: `${nameOf(key)} was made ${gap} seconds after ${user.user}`,
        because: `made at ${key.createdAt}, the user at ${user.createdAt}: ${gap} seconds are less than ${limits.setupSeconds}`,
        command: isUsed && key.active ? rotateCommand(user, key) : deleteCommand(user, key),
        text: !isUsed
          ? 'delete it; it was never used'
          : key.active
            ? 'it is in use: replace it, and make keys only where somebody asks for one'
            : 'delete it; it is inactive',
        evidence: { gapSeconds: gap, elsewhere: elsewhere(key, gap) },
      });
    }),
};

/** Three tools draw the line elsewhere under the same number; whether each of them would flag the key. */
function elsewhere(key: AuditedKey, gap: number): Record<string, boolean> {
  return {
    powerpipe: key.slot === 1 && gap < 10,
    cloudGuard: key.slot === 1 && gap < 60,
    prowler: key.active && isNeverUsed(key),
  };
}
