// The first function of a sweep: who has an active key that could be due, from the credential report, and which executions
// there are. The report only leaves out; whoever is on the list is looked at afresh.
import { credentialReport, type ReportRow } from '../../audit/credential-report.ts';
import { instant } from '../../clock.ts';
import { KeyturnError } from '../../errors.ts';
import { exemptionOf } from '../../policy/match.ts';
import { switchedOff } from '../halts.ts';
import { inLambda, type Make } from '../in-lambda.ts';
import type { Parts } from '../parts.ts';
import { attemptsByKey, hasFailed } from './attempts.ts';
import {
  type Attempt,
  folderOf,
  inFolder,
  json,
  type Listed,
  type ListedUser,
  type Overview,
  type SweepMessage,
} from './contract.ts';
import { ageAt, day, inDays, lowestStartAge } from './due.ts';
import { isBelowPath, pathOf } from './scope.ts';

/** The figures count keys over 90 days, so whoever could have one is looked at whatever the policy says. */
const ofInterest = 90 * day;

export const make: Make<SweepMessage, Listed> = (parts) => async (message) => {
  const { aws, clock, region, deployment } = parts;
  const policy = await parts.policy();
  const report = await credentialReport(parts);
  const executions = await aws.stateMachines(region).list(deployment.KEYTURN_STATE_MACHINE ?? '');
  const now = aws.time() ?? clock.now();
  const attempts = attemptsByKey(executions);
  const overview: Overview = {
    at: instant(now),
    account: (await aws.caller()).account,
    mode: deployment.KEYTURN_MODE === 'rotate' ? 'rotate' : 'report-only',
    halted: await haltedBy(parts, now),
    reportGeneratedAt: report.generatedAt,
    rootKeys: null,
    users: { inReport: 0, outOfScope: 0, withoutActiveKey: 0, tooYoung: 0 },
    oldestTooYoung: null,
    running: executions.filter(({ status }) => status === 'RUNNING').length,
    attempts,
  };

  const listed = new Map<string, ListedUser>();
  const lowest = Math.min(lowestStartAge(policy), ofInterest);
  for (const row of report.rows()) {
    if (row.isRoot) {
      overview.rootKeys = row.keys.every(({ active }) => active === null) ? null : row.keys.filter(isActive).length;
      continue;
    }
    const { users } = overview;
    users.inReport += 1;
    if (!isBelowPath(deployment, { path: pathOf(row.arn) })) {
      users.outOfScope += 1;
    } else if (!mayHaveActiveKey(row)) {
      users.withoutActiveKey += 1;
    } else if (row.createdAt !== null && ageAt(now, row.createdAt) < lowest) {
      // By the user's own age: a reactivation makes `last_rotated` younger than the key, and the key is never older than its user.
      users.tooYoung += 1;
      if (exemptionOf(policy, { user: row.user, key: null }, now)) continue;
      overview.oldestTooYoung = Math.max(overview.oldestTooYoung ?? 0, ...ages(row, now));
    } else {
      listed.set(row.user, { name: row.user, keys: row.keys });
    }
  }
  for (const name of await usersOfFailed(parts, Object.values(attempts))) {
    if (!listed.has(name)) listed.set(name, { name, keys: null });
  }

  const folder = folderOf(message);
  const bucket = aws.bucket(deployment.KEYTURN_BUCKET);
  await bucket.put(inFolder.overview(folder), JSON.stringify(overview), json);
  await bucket.put(inFolder.users(folder), JSON.stringify([...listed.values()]), json);
  const { sweep, startedAt } = message;
  const users = inFolder.users(folder);
  return { sweep, startedAt, bucket: deployment.KEYTURN_BUCKET, folder, users, count: listed.size };
};

export const handler = inLambda(make);

/** A switch that cannot be read is off; everybody is looked at all the same. */
async function haltedBy(parts: Parts, now: number): Promise<string | null> {
  try {
    return (await switchedOff(parts, now))?.reason ?? null;
  } catch (error) {
    if (error instanceof KeyturnError) return `the switch cannot be read: ${error.message}`;
    throw error;
  }
}

function isActive({ active }: ReportRow['keys'][number]): boolean {
  return active === true;
}

/** What AWS does not say counts as if there were one. */
function mayHaveActiveKey({ keys, additional }: ReportRow): boolean {
  return additional !== null || keys.some(({ active }) => active !== false);
}

function ages({ keys }: ReportRow, now: number): number[] {
  return keys.filter(isActive).map(({ lastRotated }) => (lastRotated === null ? 0 : inDays(ageAt(now, lastRotated))));
}

/** A rotation that is stuck may be of a user whom the report alone would leave out. */
async function usersOfFailed({ aws, region, log }: Parts, attempts: readonly Attempt[]): Promise<string[]> {
  const names: string[] = [];
  for (const { arn } of attempts.filter(hasFailed)) {
    try {
      const { input } = await aws.stateMachines(region).describe(arn);
      const user = input?.user;
      if (typeof user === 'string' && /^[\w+=,.@-]{1,64}$/.test(user)) names.push(user);
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
      log({ level: 'WARN', message: `a failed execution cannot be read: ${error.message}` });
    }
  }
  return names;
}
