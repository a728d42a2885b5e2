// AK-52: what AWS says of the user in one place contradicts what it says in another.
import type { Rule } from '../contract.ts';
import { aboutUser } from './reckoning.ts';

export const ak52: Rule = {
  id: 'AK-52',
  title: 'sources disagree',
  severity: 'informational',
  source: 'IAM User Guide, "Get credential reports"; ListAccessKeys is the authority for ids, status and age',
  needs: [],
  judge: (user) =>
    user.doubts.map(({ about, text }) =>
      aboutUser({
        about,
        severity: 'informational',
        title: `${user.user}: ${text}`,
        because: text,
        text: 'look again in four hours, or with --fresh',
        evidence: { reported: user.reported(), listed: user.listed.state === 'known' ? user.listed.value : null },
      }),
    ),
};
