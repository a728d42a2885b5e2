// Rules that a run did not look at, because it was told not to ask for what they need.
import type { Gap, Need, RuleSet } from './contract.ts';
import { rulesNeeding, rulesOf } from './judge.ts';
import type { Stock } from './stock.ts';

export function notLookedAt(stock: Stock, set: RuleSet): Gap[] {
  const { holders, rotations, events, report, rotators } = stock;
  const isNowhere = rotators.state === 'known' && rotators.value.length === 0;
  const sources: Partial<Record<Need, { state: string; why?: string }>> = {
    report,
    ids: holders.state === 'notAsked' ? holders : { state: 'known' },
    tags: holders,
    powers: holders,
    rotations,
    events,
    rotators: isNowhere ? { state: 'notAsked', why: 'keyturn is not deployed in this account' } : rotators,
  };
  return rulesOf(set).flatMap(({ id, title, needs }) => {
    const [unasked] = needs.filter((need) => sources[need]?.state === 'notAsked');
    const why = unasked && `it needs ${wordsFor[unasked] ?? unasked}: ${sources[unasked]?.why ?? ''}`;
    if (why) return [{ what: `${id}, ${title}`, why, permission: null }];
    const half = isNowhere ? withoutDeployment[id] : undefined;
    return half ? [{ what: `${id}, ${title}`, why: half, permission: null }] : [];
  });
}

/** What is looked for all the same. */
const withoutDeployment: Readonly<Record<string, string>> = {
  'AK-33': 'keyturn is not deployed in this account, so only keys that came back were looked for',
};

const wordsFor: Partial<Record<Need, string>> = { rotators: "keyturn's own roles" };

/** Of users made since the report, passwords and MFA are not known; without ids, nothing is. */
export function tooNew(names: readonly string[], set: RuleSet, ids: 'auto' | 'never'): Gap[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  const who = others.length > 0 ? `${first} and ${others.length} more` : first;
  const what = ids === 'never' ? `everything about ${who}` : `${rulesNeeding(set, 'report').join(', ')} for ${who}`;
  const why = `the credential report does not have ${others.length > 0 ? 'them' : 'the user'} yet`;
  return [{ what, why, permission: null }];
}
