// AK-50: something about the user could not be found out. Never a pass. What is not known of anybody is not said of each: the
// run names it once.
import type { Judgement, Need, Rule, Source, UserFacts } from '../contract.ts';
import { activeKeys } from './reckoning.ts';

export const ak50: Rule = {
  id: 'AK-50',
  title: 'data is incomplete',
  severity: 'high',
  source: 'IAM User Guide, "Get credential reports": up to four hours old',
  needs: [],
  judge: (user) => {
    const { listed, tags, powers, rotations, events, hasMoreKeys } = user;
    const sources: [Need, string, Source<unknown> | undefined][] = [
      ['ids', 'its keys', listed],
      ['uses', 'when its keys were used', usesOf(user)],
      ['tags', 'its tags', tags],
      ['powers', 'its policies', powers],
      ['rotations', 'its rotations', rotations],
      ['events', 'its events', events],
    ];
    const unread = sources.flatMap(([need, what, source]) =>
      source?.state === 'unknown' && !source.everywhere ? incomplete(user, need, what, source) : [],
    );
    if (!hasMoreKeys || listed.state !== 'notAsked') return unread;
    const why = 'the report tells of more keys than it shows';
    return [...unread, incomplete(user, 'ids', 'its further keys', { why, permission: null })];
  },
};

function usesOf(user: UserFacts): Source<unknown> | undefined {
  const { listed } = user;
  const isMissed = activeKeys(user).some(({ isUseKnown }) => !isUseKnown);
  if (!isMissed || listed.state !== 'known') return undefined;
  return listed.value.map(({ use }) => use).find(({ state }) => state === 'unknown');
}

function incomplete(
  { user }: UserFacts,
  need: Need,
  what: string,
  { why, permission }: { why: string; permission: string | null },
): Judgement {
  return {
    status: 'INCOMPLETE',
    key: null,
    about: what,
    need,
    severity: 'high',
    title: `${what} could not be looked up for ${user}: ${why}`,
    evidence: { what, why, permission },
    command: null,
    text: permission ? `allow ${permission}, and look again` : 'look again',
  };
}
