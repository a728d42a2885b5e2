// `alarm:NAME`: passes while the alarm is OK, fails while it is in ALARM. An alarm without enough data, one that is not there
// and one that cannot be looked at say nothing about health: `noData`.
import type { Alarms } from '../aws/contract.ts';
import { AccessDeniedError, KeyturnError, UsageError } from '../errors.ts';
import type { ProbeKind, ProbeResult } from './contract.ts';

export const alarm: ProbeKind = {
  kind: 'alarm',
  usage: 'alarm:NAME[@REGION]  passes while the CloudWatch alarm is OK',
  // Composite alarms are shown only to those who may see every alarm (CloudWatch API Reference, "DescribeAlarms").
  actions: ['cloudwatch:DescribeAlarms'],

  resolve: (place, { region: near }) => {
    const { name, region = near } = parse(place);
    if (!/^[^\p{Cc}]{1,255}$/u.test(name)) {
      throw new UsageError('an alarm probe needs the name of an alarm', { hint: 'like alarm:shop-errors@eu-west-1' });
    }
    if (region) return `${name}@${region}`;
    throw new UsageError(`in which region is alarm:${place}?`, {
      hint: `give --region or AWS_REGION, set the profile’s region, or write alarm:${name}@eu-west-1`,
    });
  },

  show: (place) => place,

  open: (place, { aws, signal }) => {
    const { name, region = '' } = parse(place);
    return {
      spec: `alarm:${place}`,
      look: async () => {
        const state = await untilAborted(stateOf(aws.alarms(region), name), signal);
        return typeof state === 'object' ? state : judge(name, state);
      },
    };
  },
};

/** A name can hold an `@` of its own. */
function parse(place: string): { name: string; region?: string } {
  const { name = place, region } = /^(?<name>.+)@(?<region>[a-z]{2}(?:-[a-z]+)+-\d+)$/s.exec(place)?.groups ?? {};
  return region === undefined ? { name } : { name, region };
}

async function stateOf(alarms: Alarms, name: string): Promise<string | ProbeResult> {
  try {
    return (await alarms.state(name)) ?? { verdict: 'noData', detail: `there is no alarm ${name}` };
  } catch (error) {
    if (!(error instanceof KeyturnError)) throw error;
    const why = error instanceof AccessDeniedError ? 'cloudwatch:DescribeAlarms is not allowed' : error.name;
    return { verdict: 'noData', detail: `${name} could not be looked at (${why})` };
  }
}

function judge(name: string, state: string): ProbeResult {
  const verdict = state === 'OK' ? 'pass' : state === 'ALARM' ? 'fail' : 'noData';
  return { verdict, detail: `${name} is ${verdict === 'fail' ? 'in ' : ''}${state}` };
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { signal: over.signal });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    over.abort();
  }
}
