// AK-04: two active keys, and no rotation under way that would explain them.
import type { Rule, UserFacts } from '../contract.ts';
import { aboutUser, judgedKeys, keyEvidence, nameOf, openRotations, quoted } from './reckoning.ts';

export const ak04: Rule = {
  id: 'AK-04',
  title: 'a user has two active keys and no rotation is open',
  severity: 'medium',
  source: 'CIS AWS Foundations, "Ensure there is only one active access key for any single IAM user"',
  needs: [],
  judge: (user, limits) => {
    const active = judgedKeys(user, limits);
    const isRotating = !limits.asProwler && openRotations(user).length > 0;
    if (active.length < 2 || isRotating) return [];
    const byAge = [...active].sort((a, b) => (a.createdAt ?? '').localeCompare(b.createdAt ?? ''));
    const [older, newer] = byAge.map(({ id }) => id);
    return [
      aboutUser({
        severity: 'medium',
        title: `${user.user} has ${active.length} active keys: ${active.map(nameOf).join(' and ')}`,
        because: `${active.length} keys are active${limits.asProwler ? '' : `, and ${openness(user)}`}`,
        command: older && newer ? `keyturn retire --user ${quoted(user.user)} --key ${older} --new-key ${newer}` : null,
        text: user.isRoot
          ? 'delete both root keys'
          : 'retire the one that nobody needs: keyturn watches it first, and deletes it when it is quiet',
        evidence: { keys: active.map((key) => keyEvidence(key, limits)) },
      }),
    ];
  },
};

function openness({ rotations }: UserFacts): string {
  return rotations.state === 'known'
    ? 'no rotation of this user is open'
    : 'whether a rotation of this user is open is not known';
}
