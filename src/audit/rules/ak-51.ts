// AK-51: the credential report is old, or older than something that is known to have happened since. Said once of the account,
// never of a user.
import { timeOf } from '../../clock.ts';
import type { Judgement, Limits, Rule } from '../contract.ts';
import { aboutUser } from './reckoning.ts';

export const ak51: Rule = {
  id: 'AK-51',
  title: 'the credential report is stale',
  severity: 'informational',
  source: 'IAM User Guide, "Get credential reports": up to four hours old',
  needs: [],
  judge: () => [],
};

const hour = 3_600_000;
const allowed = 4 * hour;

export interface Since {
  /** Users and keys that are newer than the report, in words. */
  newer: readonly string[];
}

/** Null where the report can be believed. */
export function staleReport(generatedAt: string, { newer }: Since, { now }: Pick<Limits, 'now'>): Judgement | null {
  const age = now - timeOf(generatedAt);
  const isOld = age > allowed;
  if (!isOld && newer.length === 0) return null;
  const hours = `${(Math.floor(Math.max(0, age) / (hour / 10)) / 10).toFixed(1)} hours`;
  const [first, ...others] = newer;
  const since = first && `${first}${others.length > 0 ? ` and ${others.length} more` : ''} came after it`;
  return aboutUser({
    severity: 'informational',
    title: `the credential report is ${hours} old${since ? `, and ${since}` : ''}`,
    because: [isOld ? `${hours} since ${generatedAt} are more than 4` : '', since ?? ''].filter(Boolean).join('; '),
    command: 'keyturn audit --fresh',
    text: 'AWS makes a new report four hours after the last one; --fresh asks for every user instead',
    evidence: { generatedAt, newer: newer.slice(0, 20) },
  });
}
