// CloudTrail's event history of one region, page by page, no faster than AWS lets anybody ask.
import type * as Sdk from '@aws-sdk/client-cloudtrail';
import { type Clock, instant, timeOf } from '../clock.ts';
import { ThrottledError } from '../errors.ts';
import type { TrailAttribute, TrailEvent } from './contract.ts';
import { translated } from './translate.ts';

interface Connected {
  sdk: typeof Sdk;
  client: Sdk.CloudTrailClient;
}

/** "The rate of lookup requests is limited to two per second, per account, per Region." */
const pause = 500;
/** Others in the account may use all of it up for a while. */
const tries = 6;
const firstWait = 2000;

export type Lookup = (by: TrailAttribute, since: string, signal?: AbortSignal) => AsyncIterable<TrailEvent>;

export function lookupOf(connect: () => Promise<Connected>, clock: Clock): Lookup {
  let next = clock.monotonic();
  const turn = async (signal?: AbortSignal) => {
    const now = clock.monotonic();
    const mine = Math.max(now, next);
    next = mine + pause;
    if (mine > now) await clock.sleep(mine - now, signal);
  };

  const inTurn = async <T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    for (let tried = 1; ; tried++) {
      await turn(signal);
      signal?.throwIfAborted();
      try {
        return await translated('cloudtrail:LookupEvents', ask);
      } catch (error) {
        if (!(error instanceof ThrottledError) || tried === tries) throw error;
        await clock.sleep(firstWait * 2 ** (tried - 1), signal);
      }
    }
  };

  return async function* lookup({ attribute, value }, since, signal) {
    const { sdk, client } = await connect();
    let NextToken: string | undefined;
    do {
      const asked = new sdk.LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: attribute, AttributeValue: value }],
        StartTime: new Date(timeOf(since)),
        NextToken,
      });
      const page = await inTurn(() => client.send(asked), signal);
      for (const event of page.Events ?? []) yield eventOf(event);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  };
}

/** The part of an event that is JSON in a text (CloudTrail record contents). */
interface EventRecord {
  awsRegion?: string;
  sourceIPAddress?: string;
  userAgent?: string;
  errorCode?: string;
  requestParameters?: Record<string, unknown> | null;
  responseElements?: Record<string, unknown> | null;
  userIdentity?: {
    type?: string;
    arn?: string;
    accessKeyId?: string;
    invokedBy?: string;
    sessionContext?: { sessionIssuer?: { arn?: string } };
  };
}

function eventOf({ EventId = '', EventName = '', EventSource = '', EventTime, ...event }: Sdk.Event): TrailEvent {
  const record = recordIn(event.CloudTrailEvent);
  const { userIdentity: who = {}, requestParameters, responseElements } = record;
  const role = who.type === 'AssumedRole' ? who.sessionContext?.sessionIssuer?.arn : undefined;
  return {
    id: EventId,
    at: instant(EventTime?.getTime() ?? 0),
    name: EventName,
    source: EventSource,
    region: record.awsRegion ?? '',
    by: role ?? who.arn ?? who.invokedBy ?? null,
    session: role ? (who.arn?.split('/').at(-1) ?? null) : null,
    keyId: event.AccessKeyId ?? who.accessKeyId ?? null,
    from: record.sourceIPAddress ?? null,
    agent: record.userAgent ?? null,
    error: record.errorCode ?? null,
    request: requestParameters ?? {},
    response: responseElements ?? {},
  };
}

function recordIn(text = '{}'): EventRecord {
  try {
    return JSON.parse(text) as EventRecord;
  } catch {
    return {};
  }
}
