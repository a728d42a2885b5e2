// AK-44: Terraform made the user or key, and would undo what was done outside of it.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys } from './reckoning.ts';

export const ak44: Rule = {
  id: 'AK-44',
  title: 'Terraform manages the user',
  severity: 'informational',
  source: 'Terraform AWS provider, aws_iam_access_key: the secret is in the state',
  needs: ['tags'],
  judge: (user) => {
    if (user.isRoot || user.tags.state !== 'known' || activeKeys(user).length === 0) return [];
    const tag = Object.entries(user.tags.value).find(([key, value]) => /terraform|opentofu/i.test(`${key} ${value}`));
    if (!tag) return [];
    return [
      aboutUser({
        severity: 'informational',
        title: `${user.user} is managed by Terraform, by the tag ${tag[0]}`,
        because: `the tag ${tag[0]}=${tag[1]}`,
        text: 'a key rotated outside of Terraform shows as drift, and its next apply may make another; take aws_iam_access_key out of the configuration first. The state holds the secret of a key that it made',
        evidence: { tag: { key: tag[0], value: tag[1] } },
      }),
    ];
  },
};
