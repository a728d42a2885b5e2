// The report's slots and the keys of ListAccessKeys, joined by when each was made. Slots go by ascending key id and not by age;
// where both contradict each other the list is believed, since it is newer, and the doubt is kept.
import { timeOf } from '../clock.ts';
import type { AuditedKey, Doubt, ListedKey } from './contract.ts';
import type { ReportedKey, ReportRow } from './credential-report.ts';

interface Joined {
  keys: AuditedKey[];
  doubts: Doubt[];
}

interface Joining {
  /** Null where there is no report of this user. */
  reportAt: string | null;
  /** Keep what the report says, and take nothing but ids from the list. */
  asReported: boolean;
}

export function keysOf({ keys }: Pick<ReportRow, 'keys'>): AuditedKey[] {
  const asAudited = (key: ReportedKey, slot: 1 | 2): AuditedKey[] =>
    key.lastRotated === null && !key.active
      ? []
      : [
          {
            slot,
            id: null,
            active: key.active === true,
            createdAt: key.lastRotated,
            dated: 'last_rotated',
            lastUsedAt: key.lastUsedAt,
            isUseKnown: true,
            lastUsedService: key.lastUsedService,
            lastUsedRegion: key.lastUsedRegion,
          },
        ];
  return [...asAudited(keys[0], 1), ...asAudited(keys[1], 2)];
}

export function joinKeys(
  reported: readonly AuditedKey[],
  listed: readonly ListedKey[],
  { reportAt, asReported }: Joining,
): Joined {
  const left = [...reported];
  const byId = [...listed].sort((a, b) => (a.id < b.id ? -1 : 1));
  const take = (match: AuditedKey | undefined) => {
    if (match) left.splice(left.indexOf(match), 1);
    return match ?? null;
  };
  const dated = byId.map((key) => ({ key, match: take(left.find(({ createdAt }) => createdAt === key.createdAt)) }));
  // What is left of both after that is one key whose date the report has otherwise, unless it is newer than the report.
  const unmatched = dated.filter(({ key, match }) => !match && !isNewer(key, reportAt));
  const pairs = dated.map((pair) =>
    left.length === 1 && unmatched.length === 1 && pair === unmatched[0] ? { ...pair, match: take(left[0]) } : pair,
  );
  if (asReported && reportAt !== null) {
    const idOf = new Map(pairs.map(({ key, match }) => [match, key.id]));
    return { keys: reported.map((key) => ({ ...key, id: idOf.get(key) ?? null })), doubts: [] };
  }
  const gone = reportAt !== null && left.length > 0;
  return {
    keys: pairs.map(({ key, match }) => joined(key, match)),
    doubts: [
      ...pairs.flatMap(({ key, match }) => doubtsOf(key, match, listed.length > 2 ? null : reportAt)),
      ...(gone ? [{ about: 'a key that is gone', text: 'the report has a key that is gone' }] : []),
    ],
  };
}

function joined({ use, ...key }: ListedKey, match: AuditedKey | null): AuditedKey {
  const asked = use.state === 'known' ? use.value : null;
  const { lastUsedAt = null, lastUsedService = null, lastUsedRegion = null } = asked ?? match ?? {};
  return {
    slot: match?.slot ?? null,
    id: key.id,
    active: key.status === 'Active',
    createdAt: key.createdAt,
    dated: 'CreateDate',
    lastUsedAt,
    isUseKnown: asked !== null || (match !== null && use.state === 'notAsked'),
    lastUsedService,
    lastUsedRegion,
  };
}

function doubtsOf(key: ListedKey, match: AuditedKey | null, reportAt: string | null): Doubt[] {
  const doubts: Doubt[] = [];
  const doubt = (what: string, text: string) => doubts.push({ about: `${what} of ${key.id}`, text });
  if (match && match.createdAt !== key.createdAt) {
    doubt('the date', `the report dates ${key.id} ${match.createdAt}, ListAccessKeys ${key.createdAt}`);
  }
  if (match && match.active !== (key.status === 'Active')) {
    doubt('the status', `${key.id} is ${key.status}, and in the report ${match.active ? 'active' : 'inactive'}`);
  }
  if (!match && reportAt !== null && !isNewer(key, reportAt)) {
    doubt('the presence', `${key.id} is not in the report, and older than it`);
  }
  return doubts;
}

function isNewer({ createdAt }: { createdAt: string }, reportAt: string | null): boolean {
  return reportAt !== null && timeOf(createdAt) > timeOf(reportAt);
}
