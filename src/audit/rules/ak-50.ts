// AK-50: something about the user could not be found out, or is in one source only. Never a pass.
import type { Rule } from '../contract.ts';

export const ak50: Rule = {
  id: 'AK-50',
  title: 'data is incomplete',
  severity: 'high',
  source: 'IAM User Guide, "Get credential reports": up to four hours old',
  needs: [],
  judge: (user) => {
    const { listed, tags, powers, rotations, events } = user;
    return Object.entries({
      'its keys': listed,
      'its tags': tags,
      'its policies': powers,
      'its rotations': rotations,
      'its events': events,
    }).flatMap(([what, source]) => {
      if (source.state !== 'unknown') return [];
      return {
        status: 'INCOMPLETE' as const,
        key: null,
        severity: 'high' as const,
        title: `${what} could not be looked up for ${user.user}: ${source.why}`,
        evidence: { what, why: source.why, permission: source.permission },
        command: null,
        text: source.permission ? `allow ${source.permission}, and look again` : 'look again',
      };
    });
  },
};
