// What an auditor is handed of a rotation: its record with who, the requests, the decisions, the plan, every exception and
// the control it satisfies. Says itself what it proves; only *rotated* satisfies a control (S37).
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { KeyUse } from '../aws/contract.ts';
import { timeOf } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import type { CallerEntry, HistoryEntry, RequestEntry, RotationRecord } from '../engine/contract.ts';
import type { Override, Plan, RotationContext } from '../machine/context.ts';
import type { RuleSet } from './contract.ts';
import { numbersOf, ruleSets } from './rule-sets.ts';

export interface Decision {
  at: string;
  state: string;
  words: string;
  /** What was known of the old key's last use; null where the record has no more of it than the words. */
  lastUse: (KeyUse & { key: string }) | null;
}

export interface Control {
  rules: RuleSet;
  control: string;
  title: string;
  satisfied: boolean;
  why: string;
}

/** What is added to the rotation's own JSON. */
export interface Proof {
  callers: CallerEntry[];
  requests: (Omit<RequestEntry, 'line'> & { line: number; state: string })[];
  requestsLeftOut: number;
  decisions: Decision[];
  policy: Omit<Plan, 'overrides'>;
  overrides: Override[];
  controls: Control[];
}

export type Sealed<Content> = Content & { sha256: string };

/** Of everything in the document but this member itself, as canonical JSON (RFC 8785) in UTF-8. */
export function sealed<Content extends object>(content: Content): Sealed<Content> {
  // What is written is what is hashed: members without a value are in neither.
  const text = canonicalize(JSON.parse(JSON.stringify(content))) ?? '';
  return { ...content, sha256: createHash('sha256').update(text).digest('hex') };
}

export function proofOf(record: RotationRecord): Proof {
  const { history, context, callers = [], requests = [], requestsLeftOut = 0 } = record;
  const { overrides: _, ...policy } = context.plan;
  return {
    callers,
    requests: requests.map((one) => ({ ...one, state: history[one.line]?.state ?? record.state })),
    requestsLeftOut,
    decisions: history.flatMap((line) => decisionIn(line, context)),
    policy,
    overrides: overridesOf(record),
    controls: controlsOf(record),
  };
}

/** What a reader has to know before relying on it. */
export function notes(records: readonly RotationRecord[]): string[] {
  const ended = records.every(({ outcome }) => outcome !== null);
  const remote = records.some(({ execution, engine }) => execution || engine === 'stepfunctions');
  const leftOut = records.some(({ requestsLeftOut = 0 }) => requestsLeftOut > 0);
  const bare = records.some(({ requests, engine }) => !requests && engine === 'local');
  return [
    'sha256 is the SHA-256 of this document as canonical JSON (RFC 8785) without the member sha256: it detects accidents such as a cut-off file or an edit, not tampering, for whoever changes the document can compute it anew; keep the hash, or the file, where its author cannot write',
    'the record was kept by keyturn itself; what AWS saw is in CloudTrail, where a requestId is the requestID of an event',
    'a last use is published by AWS hours late and in steps of 15 minutes; nobody can see uses that AWS does not report',
    'keys are as AWS showed them at generatedAt, and none where AWS could not be asked',
    ...(remote
      ? [
          'what Step Functions ran has no requests here: neither the history of an execution nor the record in the bucket has request ids; CloudTrail has them, under the roles of its functions',
        ]
      : []),
    ...(bare
      ? ['where requests are missing altogether, the rotation was run by a release that did not record them']
      : []),
    ...(leftOut
      ? ['of very many requests the oldest that only looked were left out; requestsLeftOut counts them']
      : []),
    'requests of a process that was killed in the middle of a step are missing, and so are those of a hand-over',
    ...(ended ? [] : ['a rotation here has not ended: what it comes to may still change']),
    'a control is satisfied by this one rotation for this one key; it says nothing of other keys or users',
  ];
}

/** When a rotation ended; null while it goes on. */
export function endedAt({ outcome, released, history, createdAt }: RotationRecord): string | null {
  if (released) return released;
  return outcome === null ? null : (history.at(-1)?.at ?? createdAt);
}

const judging = /^(?:inspectKeys|check|noteMissedLook|deactivate|reactivate|delete)/;

function decisionIn({ at, state, event, detail }: HistoryEntry, context: RotationContext): Decision[] {
  if (event !== 'done' || !judging.test(state)) return [];
  return [{ at, state, words: detail, lastUse: lastUseAt(state, at, context) }];
}

/** A context keeps the newest outcome of each activity; of earlier ones their words are left. */
function lastUseAt(state: string, at: string, context: RotationContext): Decision['lastUse'] {
  const { inspectKeys, checkOldKeyUse, deactivateKey, plan } = context;
  const key = plan.oldKey;
  if (key === null) return null;
  if (state === 'inspectKeys' && inspectKeys?.at === at) {
    const old = inspectKeys.keys.find(({ id }) => id === key);
    return old ? useOf(key, old) : null;
  }
  if (state.startsWith('checkOldKeyUse') && checkOldKeyUse?.at === at) return useOf(key, checkOldKeyUse);
  if (state.startsWith('deactivate') && deactivateKey?.at === at) {
    const same = checkOldKeyUse?.lastUsedAt === deactivateKey.lastUsedAt ? checkOldKeyUse : null;
    return useOf(key, {
      lastUsedAt: deactivateKey.lastUsedAt,
      lastUsedService: same?.lastUsedService ?? null,
      lastUsedRegion: same?.lastUsedRegion ?? null,
    });
  }
  return null;
}

function useOf(key: string, { lastUsedAt, lastUsedService, lastUsedRegion }: KeyUse): KeyUse & { key: string } {
  return { key, lastUsedAt, lastUsedService, lastUsedRegion };
}

/** Those of the plan, those that only the history has, and places that nobody could read back. */
function overridesOf({ history, context }: RotationRecord): Override[] {
  const { overrides } = context.plan;
  const known = new Set(overrides.map(({ at, what, why }) => `${at} ${what}: ${why}`));
  const told = history
    .filter(({ event, at, detail }) => event === 'override' && !known.has(`${at} ${detail}`))
    .map(({ at, detail }): Override => {
      const [what = '', ...why] = detail.split(': ');
      return { at, what: what as Override['what'], why: why.join(': ') };
    });
  const unread = (context.deliverKey?.consumers ?? [])
    .filter(({ readable, state, spec }) => readable === false && state === 'delivered' && !isExcepted(overrides, spec))
    .map(
      ({ spec }): Override => ({
        at: context.deliverKey?.at ?? '',
        what: 'unreadable',
        why: `${spec} was not read back`,
      }),
    );
  return [...overrides, ...told, ...unread];
}

function isExcepted(overrides: readonly Override[], spec: string): boolean {
  return overrides.some(({ what, why }) => what === 'unreadable' && why.includes(spec));
}

const oldest = 90 * 24 * 60 * 60;
const title = 'access keys are replaced after 90 days at the latest';

function controlsOf(record: RotationRecord): Control[] {
  const unmet = unmetBecause(record);
  return ruleSets.flatMap((rules) =>
    numbersOf(rules, 'AK-02').map((control) => ({
      rules,
      control,
      title,
      satisfied: unmet === null,
      why: unmet ?? 'the old key was deleted, and the new one was not older than 90 days then',
    })),
  );
}

/** Null where the control is satisfied. What is not known satisfies nothing. */
function unmetBecause(record: RotationRecord): string | null {
  const { outcome, released, context } = record;
  const { plan, createKey, inspectKeys } = context;
  if (released) return 'it was given up by a person';
  if (outcome !== 'rotated')
    return `its outcome is ${outcome ?? 'still open'}: only a rotation that ends as rotated satisfies a control`;
  if (plan.oldKey === null) return 'there was no key to replace: a first one was made';
  const newKey = createKey?.newKey ?? plan.newKey;
  const createdAt = createKey?.createdAt ?? inspectKeys?.keys.find(({ id }) => id === newKey)?.createdAt;
  const end = endedAt(record);
  if (!createdAt || !end) return 'when the new key was made is not in the record';
  const age = (timeOf(end) - timeOf(createdAt)) / 1000;
  return age > oldest ? `the new key was ${formatDuration(age)} old already when the old one was deleted` : null;
}
