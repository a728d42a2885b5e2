// What CloudTrail says of a change to an access key, as far as it is told on: who, whose, which, and from where. Whatever comes
// in is somebody's text (S36).
import { shown } from '../shown.ts';

/** A change that CloudTrail recorded, as EventBridge hands it over. Each member may be missing. */
export interface IamEvent {
  account?: string | undefined;
  detail?: {
    eventName?: string | undefined;
    eventTime?: string | undefined;
    eventID?: string | undefined;
    sourceIPAddress?: string | undefined;
    userAgent?: string | undefined;
    userIdentity?: { type?: string | undefined; arn?: string | undefined; userName?: string | undefined };
    requestParameters?: {
      userName?: string | undefined;
      accessKeyId?: string | undefined;
      status?: string | undefined;
    } | null;
    responseElements?: { accessKey?: { accessKeyId?: string | undefined; userName?: string | undefined } } | null;
  };
}

export interface KeyChange {
  change: 'made' | 'made active' | 'deactivated' | 'deleted';
  account: string;
  keyId: string;
  /** Whose key it is; null for the root user's. */
  user: string | null;
  /** Who changed it. */
  by: string;
  from: { address: string; userAgent: string };
  at: string;
  /** CloudTrail's own id of the event. */
  event: string;
}

/** How much of a text from outside is told. */
const longest = 300;

/** Null for anything that is no change to an access key. */
export function keyChangeOf({ account, detail = {} }: IamEvent): KeyChange | null {
  const { eventName, userIdentity = {}, requestParameters, responseElements } = detail;
  const change = changeOf(eventName, requestParameters?.status);
  if (!change) return null;
  const { accessKey } = responseElements ?? {};
  // A request without a name is about whoever signs it.
  const user = accessKey?.userName ?? requestParameters?.userName ?? userIdentity.userName;
  const { type, arn = type } = userIdentity;
  return {
    change,
    account: text(account),
    keyId: text(accessKey?.accessKeyId ?? requestParameters?.accessKeyId),
    user: user === undefined ? null : text(user),
    by: text(arn),
    from: { address: text(detail.sourceIPAddress), userAgent: text(detail.userAgent) },
    at: text(detail.eventTime),
    event: text(detail.eventID),
  };
}

function changeOf(eventName: string | undefined, status: string | undefined): KeyChange['change'] | null {
  if (eventName === 'CreateAccessKey') return 'made';
  if (eventName === 'DeleteAccessKey') return 'deleted';
  if (eventName !== 'UpdateAccessKey') return null;
  return status === 'Active' ? 'made active' : 'deactivated';
}

function text(value: unknown): string {
  return shown(typeof value === 'string' ? value : 'unknown')
    .replace(/\s+/g, ' ')
    .slice(0, longest);
}
