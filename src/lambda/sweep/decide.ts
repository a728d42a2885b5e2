// One user's turn: what is to be done about their keys today, by the same plan that an execution would derive; and, where the
// deployment rotates and nothing holds it up, its start. What comes of it lies in the bucket, and nothing in the state.
import { createHash } from 'node:crypto';
import { KeyturnError, NoSuchEntityError } from '../../errors.ts';
import type { ExecutionInput } from '../contract.ts';
import { switchedOff } from '../halts.ts';
import { inLambda, type Make } from '../in-lambda.ts';
import type { Parts } from '../parts.ts';
import { inFolder, json, type Outcome, type Overview, type Turn } from './contract.ts';
import { type Judged, judge } from './judge.ts';

/** Starts are spread over this long, so that the executions do not all ask IAM at once. Milliseconds. */
const spread = 60_000;

/** What is worth another attempt of the whole turn. */
const passing = new Set(['ThrottledError', 'AnswerUnknownError']);

export const make: Make<Turn, null> = (parts) => {
  const overviewOf = remembered((folder) => read(parts, folder));
  return async ({ folder, user }) => {
    const overview = await overviewOf(folder);
    const outcome = await turn(parts, user.name, overview);
    const key = inFolder.outcome(folder, user.name);
    await parts.aws.bucket(parts.deployment.KEYTURN_BUCKET).put(key, JSON.stringify(outcome), json);
    return null;
  };
};

export const handler = inLambda(make);

async function turn(parts: Parts, user: string, overview: Overview): Promise<Outcome> {
  const about = { user, keys: [] };
  try {
    const { kind, oldKey, ...judged } = await judge(parts, user, overview);
    if (kind === 'due') return await begun(parts, judged, { user, oldKey: judged.keys[0]?.id ?? '' }, overview);
    if (kind !== 'unfinished') return { ...judged, kind };
    const { rotation = '' } = judged;
    return await begun(parts, judged, { user, oldKey: oldKey ?? '', rotation }, overview);
  } catch (error) {
    if (!(error instanceof KeyturnError) || passing.has(error.name)) throw error;
    return { ...about, kind: 'notJudged', what: error.message, ...(error.hint ? { hint: error.hint } : {}) };
  }
}

/** The switch is read last of all, and by the execution again. */
async function begun(
  parts: Parts,
  judged: Omit<Judged, 'kind'>,
  input: ExecutionInput & { oldKey: string },
  overview: Overview,
): Promise<Outcome> {
  const { aws, clock, region, deployment } = parts;
  const { user, what } = judged;
  const { oldKey } = input;
  await clock.sleep(spreadOut(`${overview.at} ${user}`));
  const off = await switchedOff(parts, aws.time() ?? clock.now());
  if (off) return { ...judged, kind: 'wouldStart', what: `${what}, but ${off.reason}` };

  const name = `${oldKey}-${(overview.attempts[oldKey]?.number ?? 0) + 1}`;
  const execution = await aws.stateMachines(region).start(deployment.KEYTURN_STATE_MACHINE ?? '', name, input);
  if (execution) return { ...judged, kind: 'started', what: `${what}; begun as ${name}`, execution };
  return {
    ...judged,
    kind: 'finding',
    what: `an execution ${name} has ended or is about something else, so none was begun`,
    hint: 'the next sweep looks again; if it says the same, look at that execution',
  };
}

/** The same for the same user in the same sweep. */
function spreadOut(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32) * spread;
}

async function read({ aws, deployment }: Parts, folder: string): Promise<Overview> {
  const text = await aws.bucket(deployment.KEYTURN_BUCKET).get(inFolder.overview(folder));
  if (text === null) throw new NoSuchEntityError(`the sweep ${folder} has no overview`);
  return JSON.parse(text);
}

/** The newest answer, for as long as the same is asked. */
function remembered<T>(ask: (what: string) => Promise<T>): (what: string) => Promise<T> {
  let last: { what: string; answer: Promise<T> } | null = null;
  return (what) => {
    if (last?.what !== what) {
      const answer = ask(what);
      last = { what, answer };
      answer.catch(() => {
        if (last?.answer === answer) last = null;
      });
    }
    return last.answer;
  };
}
