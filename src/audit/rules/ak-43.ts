// AK-43: an exemption has ended, and the user still has the key.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys } from './reckoning.ts';

export const ak43: Rule = {
  id: 'AK-43',
  title: 'an exemption has ended',
  severity: 'medium',
  source: 'the policy file: every exemption has a reason and a last day',
  needs: [],
  judge: (user) =>
    (user.policy?.exemptions ?? [])
      .filter(({ ended, key }) => ended && activeKeys(user).some(({ id }) => key === null || id === key))
      .map(({ key, reason, until }) =>
        aboutUser({
          about: `${key ?? 'the user'} until ${until}: ${reason}`,
          severity: 'medium',
          title: `the exemption of ${key ?? user.user} ended with ${until}: ${reason}`,
          because: `its last day was ${until}; since then it exempts from nothing`,
          text: 'take it out of keyturn.yaml, or give it a new last day and a reason that still holds',
          evidence: { key, reason, until },
        }),
      ),
};
