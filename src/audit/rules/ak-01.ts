// AK-01: the root user has an access key. Root keys are reported and never touched.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys, keyEvidence, nameOf } from './reckoning.ts';

export const ak01: Rule = {
  id: 'AK-01',
  title: 'the root user has an access key',
  severity: 'critical',
  source:
    'CIS AWS Foundations, "Ensure no root user account access key exists"; IAM User Guide, "Root user best practices"',
  needs: [],
  judge: (user, limits) => {
    if (!user.isRoot) return [];
    const { keys } = user;
    const active = activeKeys(user);
    // Prowler reads the report alone, and only keys that are active.
    if (limits.asProwler ? active.length === 0 : keys.length === 0 && user.rootHasKey !== true) return [];
    const shown = active.length > 0 ? active : keys;
    const state = keys.length === 0 ? 'of which the report does not know' : active.length > 0 ? 'active' : 'inactive';
    return [
      aboutUser({
        severity: state === 'inactive' ? 'medium' : 'critical',
        title: `the root user has an access key, ${state}${shown.length > 0 ? `: ${shown.map(nameOf).join(' and ')}` : ''}`,
        because: `there should be none; ${keys.length === 0 ? 'the account summary counts one' : `the report has ${keys.length}, of which ${active.length} active`}`,
        text: 'sign in as root and delete it under Security credentials, or centralise root access for the organisation; keyturn never touches root keys',
        evidence: { keys: keys.map((key) => keyEvidence(key, limits)), accountAccessKeysPresent: user.rootHasKey },
      }),
    ];
  },
};
