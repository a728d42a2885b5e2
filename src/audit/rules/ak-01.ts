// AK-01: the root user has an access key. Root keys are reported and never touched.
import type { Rule } from '../contract.ts';
import { aboutKey, nameOf } from './reckoning.ts';

export const ak01: Rule = {
  id: 'AK-01',
  title: 'the root user has an access key',
  severity: 'critical',
  source:
    'CIS AWS Foundations, "Ensure no root user account access key exists"; IAM User Guide, "Root user best practices"',
  needs: [],
  judge: (user, limits) =>
    !user.isRoot
      ? []
      : user.keys
          .filter(({ active }) => active || !limits.asProwler)
          .map((key) =>
            aboutKey(key, limits, {
              severity: key.active ? 'critical' : 'medium',
              title: `the root user has an access key that is ${key.active ? 'active' : 'inactive'}: ${nameOf(key)}`,
              because: `the report has a key of ${user.user} that is ${key.active ? 'active' : 'inactive'}; there should be none`,
              text: 'sign in as root and delete it under Security credentials, or centralise root access for the organisation; keyturn never touches root keys',
            }),
          ),
};
