// LookupEvents: the event history of the last 90 days, newest first, by one attribute, 50 at a time.
import { instant } from '../clock.ts';
import type { StoredEvent } from './event-history.ts';
import { epochSeconds } from './json.ts';
import { page } from './json-input.ts';
import type { Call, Operation, Params } from './service.ts';
import { ServiceError } from './service-error.ts';

const day = 24 * 60 * 60 * 1000;
const keptFor = 90 * day;
const most = 50;

type Attribute = (event: StoredEvent, value: string) => boolean;

const attributes: Readonly<Record<string, Attribute>> = {
  AccessKeyId: ({ principal }, value) => principal.accessKeyId === value,
  EventId: ({ id }, value) => id === value,
  EventName: ({ operation }, value) => operation === value,
  EventSource: ({ service }, value) => eventSource(service) === value,
  ReadOnly: ({ readOnly }, value) => String(readOnly) === value,
  ResourceName: (event, value) => resourcesOf(event).some(({ ResourceName }) => ResourceName === value),
  ResourceType: (event, value) => resourcesOf(event).some(({ ResourceType }) => ResourceType === value),
  Username: (event, value) => nameOf(event) === value,
};

export const lookupEvents: Operation = {
  kind: 'read',
  access: () => [{ action: 'cloudtrail:LookupEvents', resource: '*' }],
  apply: (call) => {
    const { params, region, world } = call;
    const now = world.clock.now();
    throttle(call);
    const isAsked = attributeIn(params);
    const { from, to } = rangeIn(params, now);
    if (Number(params.MaxResults ?? most) > most || Number(params.MaxResults ?? most) < 1) {
      throw new ServiceError('InvalidMaxResultsException', 400, `The maximum number of results is ${most}.`);
    }
    const events = world.history
      .all()
      .filter((event) => event.region === region && event.at >= from && event.at <= to)
      .filter(({ at }) => at + world.settings.eventLatency <= now)
      .filter(isAsked)
      // Among those of one moment the later call comes first, too.
      .reverse()
      .sort((a, b) => b.at - a.at);
    const { items, ...more } = page(call, events, { most, idOf: ({ id }) => id, badToken });
    return { Events: items.map((event) => shown(event, world.accountId)), ...more };
  },
};

function throttle({ world, region }: Call): void {
  const now = world.clock.now();
  const last = (world.lookups.get(region) ?? []).filter((at) => at > now - 1000);
  if (last.length >= world.settings.lookupsPerSecond) throw new ServiceError('Throttling', 400, 'Rate exceeded');
  world.lookups.set(region, [...last, now]);
}

function attributeIn({ LookupAttributes: given }: Params): (event: StoredEvent) => boolean {
  const asked = Array.isArray(given) ? (given as { AttributeKey?: string; AttributeValue?: string }[]) : [];
  const [one, ...others] = asked;
  if (!one) return () => true;
  const matches = attributes[one.AttributeKey ?? ''];
  if (!matches || others.length > 0 || !one.AttributeValue) {
    throw new ServiceError('InvalidLookupAttributesException', 400, 'Lookup attributes are not valid.');
  }
  const value = one.AttributeValue;
  return (event) => matches(event, value);
}

function rangeIn({ StartTime, EndTime }: Params, now: number): { from: number; to: number } {
  const from = typeof StartTime === 'number' ? StartTime * 1000 : 0;
  const to = typeof EndTime === 'number' ? EndTime * 1000 : now;
  if (from > to) {
    throw new ServiceError('InvalidTimeRangeException', 400, 'The start time is after the end time.');
  }
  return { from: Math.max(from, now - keptFor), to };
}

function badToken(): ServiceError {
  return new ServiceError('InvalidNextTokenException', 400, 'The NextToken value is invalid.');
}

function shown(event: StoredEvent, accountId: string): Record<string, unknown> {
  return {
    EventId: event.id,
    EventName: event.operation,
    ReadOnly: String(event.readOnly),
    AccessKeyId: event.principal.accessKeyId,
    EventTime: epochSeconds(event.at),
    EventSource: eventSource(event.service),
    Username: nameOf(event),
    Resources: resourcesOf(event),
    CloudTrailEvent: JSON.stringify(recordOf(event, accountId)),
  };
}

function recordOf(event: StoredEvent, accountId: string): Record<string, unknown> {
  return {
    eventVersion: '1.11',
    userIdentity: identityOf(event, accountId),
    eventTime: instant(event.at),
    eventSource: eventSource(event.service),
    eventName: event.operation,
    awsRegion: event.region,
    sourceIPAddress: event.source,
    userAgent: event.agent,
    ...(event.error ? { errorCode: event.error } : {}),
    requestParameters: event.request,
    responseElements: event.response,
    eventID: event.id,
    readOnly: event.readOnly,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
    eventCategory: 'Management',
  };
}

function identityOf({ principal }: StoredEvent, accountId: string): Record<string, unknown> {
  const { type, arn, principalArn, userId, accessKeyId, userName, session } = principal;
  const attributes = session
    ? { creationDate: instant(session.issuedAt), mfaAuthenticated: String(session.mfa) }
    : undefined;
  const common = { principalId: userId, arn, accountId, accessKeyId };
  if (type === 'root') return { type: 'Root', ...common };
  if (type === 'user') {
    return { type: 'IAMUser', ...common, userName, ...(attributes ? { sessionContext: { attributes } } : {}) };
  }
  const sessionIssuer = {
    type: 'Role',
    principalId: userId.split(':')[0],
    arn: principalArn,
    accountId,
    userName: principalArn.split('/').at(-1),
  };
  return { type: 'AssumedRole', ...common, sessionContext: { sessionIssuer, attributes } };
}

function eventSource(service: string): string {
  return `${service}.amazonaws.com`;
}

/** A session's is what its owner called it. */
function nameOf({ principal }: StoredEvent): string {
  return principal.type === 'root' ? 'root' : (principal.userName ?? principal.arn.split('/').at(-1) ?? '');
}

function resourcesOf({ request, response }: StoredEvent): { ResourceType: string; ResourceName: string }[] {
  const { accessKey } = (response ?? {}) as { accessKey?: { accessKeyId: string; userName: string } };
  const named: [string, unknown][] = [
    ['AWS::IAM::AccessKey', accessKey?.accessKeyId ?? request?.accessKeyId],
    ['AWS::IAM::User', accessKey?.userName ?? request?.userName],
    ['AWS::SecretsManager::Secret', request?.secretId],
    ['AWS::IAM::Role', request?.roleArn],
  ];
  return named.flatMap(([ResourceType, name]) =>
    typeof name === 'string' ? [{ ResourceType, ResourceName: name }] : [],
  );
}
