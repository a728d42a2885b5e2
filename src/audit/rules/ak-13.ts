// AK-13: a key was made together with its user.
import { timeOf } from '../../clock.ts';
import type { Rule } from '../contract.ts';
import { aboutKey, activeKeys, deleteCommand, nameOf, rotateCommand } from './reckoning.ts';

/** Other tools draw the line elsewhere; the evidence says what they would make of it. */
const elsewhere = { powerpipeSeconds: 10, cloudGuardSeconds: 60 };

export const ak13: Rule = {
  id: 'AK-13',
  title: 'a key was made with its user',
  severity: 'low',
  source: 'CIS AWS Foundations, "Do not create access keys during initial setup for IAM users with a console password"',
  needs: [],
  judge: (user, limits) =>
    activeKeys(user).flatMap((key) => {
      if (user.isRoot || user.passwordEnabled !== true || !user.createdAt || !key.createdAt) return [];
      const gap = (timeOf(key.createdAt) - timeOf(user.createdAt)) / 1000;
      if (gap < 0 || gap >= limits.setupSeconds) return [];
      const isUsed = key.lastUsedAt !== null;
      return aboutKey(key, limits, {
        severity: isUsed ? 'low' : 'medium',
        title: `${nameOf(key)} was made ${gap} seconds after ${user.user}`,
        because: `made at ${key.createdAt}, the user at ${user.createdAt}: ${gap} seconds are less than ${limits.setupSeconds}`,
        command: isUsed ? rotateCommand(user, key) : deleteCommand(user, key),
        text: isUsed
          ? 'it is in use: replace it, and make keys only where somebody asks for one'
          : 'delete it; it was never used',
        evidence: { gapSeconds: gap, elsewhere },
      });
    }),
};
