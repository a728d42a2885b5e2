// AK-06: an inactive key was left behind.
import type { AuditedKey, Rule, UserFacts } from '../contract.ts';
import { aboutKey, day, days, deleteCommand, isInRotation, nameOf, openRotations, since } from './reckoning.ts';

export const ak06: Rule = {
  id: 'AK-06',
  title: 'an inactive key was left behind',
  severity: 'low',
  source: 'CIS AWS Foundations, "Ensure credentials unused for 45 days or greater are disabled", the remediation',
  needs: [],
  weighs: ['events'],
  judge: (user, limits) =>
    user.keys.flatMap((key) => {
      if (key.active || user.isRoot) return [];
      const open = openRotations(user).find(({ oldKey }) => key.id !== null && oldKey === key.id);
      if (isInRotation(key, user) && !open?.deactivatedAt) return [];
      const deactivated = open?.deactivatedAt ?? deactivatedAt(user, key);
      // Nobody tells when a key was deactivated; without a witness only a key that is old anyway counts.
      const from = deactivated ?? key.createdAt;
      const allowed = deactivated ? limits.inactiveDays : limits.maxAgeDays;
      const age = since(from, limits);
      if (age === null || age <= allowed * day) return [];
      return aboutKey(key, limits, {
        severity: 'low',
        title: `${nameOf(key)} of ${user.user} is inactive and was left behind`,
        because: `${days(age)} since ${deactivated ? 'its deactivation at' : 'it was made at'} ${from} are more than ${allowed}`,
        command: deleteCommand(user, key),
        text: 'delete it: nobody can use it, anybody with iam:UpdateAccessKey could bring it back',
        evidence: { deactivatedAt: deactivated ?? null },
      });
    }),
};

function deactivatedAt({ events }: UserFacts, { id }: AuditedKey): string | null {
  if (events.state !== 'known' || id === null) return null;
  const seen = events.value.filter(({ keyId, status }) => keyId === id && status === 'Inactive');
  return (
    seen
      .map(({ at }) => at)
      .sort()
      .at(-1) ?? null
  );
}
