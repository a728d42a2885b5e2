// AK-41: nobody says where the user's next key would go, so no rotation can be begun unattended.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys, lookUpCommand } from './reckoning.ts';

export const ak41: Rule = {
  id: 'AK-41',
  title: 'there is no plan for the next rotation',
  severity: 'low',
  source: 'CIS AWS Foundations, "Ensure access keys are rotated every 90 days or less"',
  needs: [],
  judge: (user) => {
    const { policy, isRoot, tags } = user;
    const [key] = activeKeys(user);
    if (isRoot || policy === null || !key || policy.places.length > 0) return [];
    return [
      aboutUser({
        severity: 'low',
        title: `the policy file does not say where the next key of ${user.user} goes`,
        because: 'no consumers are named for this user, by name, path or default',
        command: key.id ? `keyturn find ${key.id}` : lookUpCommand(user),
        text: 'find out which places hold the key, and name them under consumers in keyturn.yaml',
        evidence: { tags: tags.state === 'known' ? tags.value : null },
      }),
    ];
  },
};
