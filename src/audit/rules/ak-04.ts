// AK-04: two active keys, and no rotation under way that would explain them.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys, nameOf, openRotations } from './reckoning.ts';

export const ak04: Rule = {
  id: 'AK-04',
  title: 'a user has two active keys and no rotation is open',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure there is only one active access key for any single IAM user"',
  needs: [],
  judge: (user) => {
    const active = activeKeys(user);
    if (active.length < 2 || (openRotations(user) ?? []).length > 0) return [];
    const [older, newer] = [...active].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
    const named = older?.id && newer?.id;
    return [
      aboutUser({
        severity: 'medium',
        title: `${user.user} has ${active.length} active keys: ${active.map(nameOf).join(' and ')}`,
        because: `${active.length} keys are active, and ${
          user.rotations.state === 'known'
            ? 'no rotation of this user is open'
            : 'whether a rotation is open was not looked at'
        }`,
        command: named ? `keyturn retire --user ${user.user} --key ${older.id} --new-key ${newer.id}` : null,
        text: user.isRoot
          ? 'delete both root keys'
          : 'retire the one that nobody needs: keyturn watches it first, and deletes it when it is quiet',
        evidence: { keys: active },
      }),
    ];
  },
};
