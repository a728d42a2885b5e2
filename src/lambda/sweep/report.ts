// The last function of a sweep: adds up what became of everybody, keeps the report, tells people, and says in the log what
// CloudWatch is to measure. Whoever has no outcome was not judged, which is never taken for good.
import { instant } from '../../clock.ts';
import { AnswerUnknownError, KeyturnError } from '../../errors.ts';
import { inLambda, type Make } from '../in-lambda.ts';
import { type Notice, notify } from '../notices.ts';
import type { Parts } from '../parts.ts';
import { inFolder, json, type Listed, type ListedUser, type Outcome, type Overview, reportKey } from './contract.ts';
import { figuresOf, measured } from './figures.ts';
import { noticesOf } from './sweep-notices.ts';
import { countsOf, findingsOf, type SweepReport } from './sweep-report.ts';

/** Outcomes that are read at the same time. */
const atOnce = 16;

export const make: Make<Listed, SweepReport['counts']> = (parts) => async (listed) => {
  const { aws, clock, deployment } = parts;
  const bucket = aws.bucket(deployment.KEYTURN_BUCKET);
  const overview: Overview = await read(parts, inFolder.overview(listed.folder));
  const users: ListedUser[] = await read(parts, listed.users);
  const outcomes = await outcomesOf(parts, listed.folder, users);
  const figures = figuresOf(overview, users, outcomes);
  const { sweep, startedAt } = listed;
  const report: SweepReport = {
    schema: 1,
    sweep,
    startedAt,
    endedAt: instant(aws.time() ?? clock.now()),
    overview,
    counts: countsOf(outcomes),
    figures,
    findings: findingsOf(overview, outcomes),
    outcomes,
  };
  await bucket.put(reportKey(startedAt), JSON.stringify(report, null, 1), json);
  const untold = await tell(parts, noticesOf(report, `s3://${deployment.KEYTURN_BUCKET}/${reportKey(startedAt)}`));
  // What nobody heard of is not completed: an alarm of its own says so then.
  parts.log(measured({ ...figures, sweepCompleted: untold ? 0 : 1 }, Date.parse(report.endedAt)));
  if (untold) throw untold;
  return report.counts;
};

export const handler = inLambda(make);

async function outcomesOf(parts: Parts, folder: string, users: readonly ListedUser[]): Promise<Outcome[]> {
  const bucket = parts.aws.bucket(parts.deployment.KEYTURN_BUCKET);
  const outcomes: Outcome[] = [];
  const queue = users.values();
  // Not in batches: each of those would wait for its slowest answer.
  const readers = Array.from({ length: atOnce }, async () => {
    for (const { name } of queue) {
      const text = await bucket.get(inFolder.outcome(folder, name));
      const unjudged = {
        user: name,
        kind: 'notJudged',
        what: 'this sweep could not judge these keys',
        keys: [],
      } as const;
      outcomes.push(text === null ? { ...unjudged, keys: [] } : JSON.parse(text));
    }
  });
  await Promise.all(readers);
  return outcomes.sort((a, b) => (a.user < b.user ? -1 : 1));
}

/** Every notice is tried; the first failure is handed back. */
async function tell({ aws, deployment, log }: Parts, notices: readonly Notice[]): Promise<KeyturnError | null> {
  let failure: KeyturnError | null = null;
  for (const notice of notices) {
    try {
      await notify(aws.topic(deployment.KEYTURN_TOPIC), notice);
    } catch (error) {
      if (!(error instanceof KeyturnError)) throw error;
      log({ level: 'ERROR', message: `nobody was told: ${error.message}`, event: notice.event, user: notice.user });
      failure ??= error;
    }
  }
  return failure;
}

async function read<T>({ aws, deployment }: Parts, key: string): Promise<T> {
  const text = await aws.bucket(deployment.KEYTURN_BUCKET).get(key);
  if (text === null) throw new AnswerUnknownError(`the bucket has no ${key}`, { hint: 'nothing was changed' });
  return JSON.parse(text);
}
