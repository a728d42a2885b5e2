// What the functions of the daily sweep hand to each other. Only where things are stands in the state; the things themselves
// lie in the bucket, below a folder of each sweep's own.
import type { ReportRow } from '../../audit/credential-report.ts';
import type { ExecutionStatus } from '../../aws/contract.ts';

/** From the context object of the sweep's own execution; its input is not looked at. */
export interface SweepMessage {
  /** The execution's name. */
  sweep: string;
  startedAt: string;
}

/** The state of a sweep from its list on. */
export interface Listed extends SweepMessage {
  bucket: string;
  /** `sweep/<date>/<name>` */
  folder: string;
  /** Key of the list. */
  users: string;
  count: number;
}

/** One user of the list; what the credential report says is up to four hours old, and has no key ids. */
export interface ListedUser {
  name: string;
  /** Null for a user who stands here for an execution that failed. */
  keys: ReportRow['keys'] | null;
}

/** What one user's turn is given. */
export interface Turn {
  folder: string;
  user: ListedUser;
}

/** Of the executions named after one old key, the newest. */
export interface Attempt {
  number: number;
  arn: string;
  status: ExecutionStatus;
  startedAt: string;
}

/** What a sweep knows before it looks at anybody. */
export interface Overview {
  at: string;
  account: string;
  mode: 'report-only' | 'rotate';
  /** Why nothing is started today; null where the switch says go. */
  halted: string | null;
  reportGeneratedAt: string;
  /** How many active keys root has; null where AWS does not say. */
  rootKeys: number | null;
  users: { inReport: number; outOfScope: number; withoutActiveKey: number; tooYoung: number };
  /** Days, of the oldest active key among users that are too young for the list, by the report. */
  oldestTooYoung: number | null;
  running: number;
  /** By old key. */
  attempts: Record<string, Attempt>;
}

export const outcomeKinds = [
  'started',
  'wouldStart',
  'open',
  'stuck',
  'rolledBack',
  'finding',
  'exempt',
  'young',
  'nothingToDo',
  'outOfScope',
  'notJudged',
] as const;

export type OutcomeKind = (typeof outcomeKinds)[number];

/** What became of one user. */
export interface Outcome {
  user: string;
  kind: OutcomeKind;
  /** One sentence. */
  what: string;
  hint?: string;
  /** Active keys, oldest first; ages in days. */
  keys: { id: string; age: number; exempt: boolean }[];
  rotation?: string;
  execution?: string;
  /** Exempt, and older than `maxAge`. */
  overdue?: true;
  /** A claim that nothing carries in Step Functions: somebody's terminal. */
  elsewhere?: true;
}

export function folderOf({ sweep, startedAt }: SweepMessage): string {
  return `sweep/${startedAt.slice(0, 10)}/${sweep}`;
}

export const inFolder = {
  users: (folder: string) => `${folder}/users.json`,
  overview: (folder: string) => `${folder}/overview.json`,
  outcome: (folder: string, user: string) => `${folder}/outcomes/${user}.json`,
};

export function reportKey(startedAt: string): string {
  return `reports/${startedAt.slice(0, 10)}.json`;
}

export const json = 'application/json';
