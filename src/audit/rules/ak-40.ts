// AK-40: nobody answers for the user.
import type { Rule } from '../contract.ts';
import { aboutUser, activeKeys, quoted } from './reckoning.ts';

export const ak40: Rule = {
  id: 'AK-40',
  title: 'nobody answers for a user with a key',
  severity: 'medium',
  source: 'AWS Well-Architected, SEC03-BP04 and tagging best practices: an owner for each credential',
  needs: ['tags'],
  judge: (user, { ownerTags, ownerDomains }) => {
    const { tags, policy } = user;
    if (user.isRoot || activeKeys(user).length === 0 || policy?.owner) return [];
    if (tags.state !== 'known') return [];
    const named = Object.entries(tags.value).find(([key]) =>
      ownerTags.some((one) => one.toLowerCase() === key.toLowerCase()),
    );
    const isBelieved =
      named &&
      (ownerDomains.length === 0 ||
        ownerDomains.some((domain) => named[1].toLowerCase().endsWith(`@${domain.toLowerCase()}`)));
    if (isBelieved) return [];
    return [
      aboutUser({
        severity: 'medium',
        title: named
          ? `the owner of ${user.user} is in none of the known domains: ${named[1]}`
          : `nobody answers for ${user.user}`,
        because: named
          ? `tag ${named[0]} says ${named[1]}; known are ${ownerDomains.join(', ')}`
          : `none of the tags ${ownerTags.join(', ')}, and no owner in the policy file`,
        command: `aws iam tag-user --user-name ${quoted(user.user)} --tags Key=${ownerTags[0] ?? 'owner'},Value=NAME@DOMAIN`,
        text: 'name somebody who can be told, by a tag or under owner in keyturn.yaml',
        evidence: { tags: tags.value },
      }),
    ];
  },
};
