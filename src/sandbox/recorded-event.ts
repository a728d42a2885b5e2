// What CloudTrail records of a request that the account knows the caller of: never an answer as a whole, since answers hold
// secrets, but the ids of what was made.
import { camelCased, type EventPrincipal, type StoredEvent } from './event-history.ts';
import type { HttpExchange } from './http-server.ts';
import { type Caller, publicPart } from './principal.ts';
import type { Params, Service } from './service.ts';
import type { World } from './world.ts';

/** Services of which every call is a management event. */
const recorded = ['iam', 'sts', 'secretsmanager', 'ssm', 'ec2'];

interface Answered {
  http: HttpExchange;
  service: Service;
  operation: string;
  /** Without what the service keeps secret. */
  params: Params;
  caller: Caller;
  /** The one that the request is signed for. */
  region: string;
  result: Record<string, unknown> | undefined;
  error: string | null;
}

export function recordEvent(world: World, { http, service, operation, params, caller, region, ...answered }: Answered) {
  if (!recorded.includes(service.name)) return;
  const { error, result } = answered;
  world.history.add({
    at: world.clock.now(),
    // IAM has one endpoint, whatever region a client was given.
    region: service.name === 'iam' ? 'us-east-1' : region,
    service: service.name,
    operation,
    readOnly: service.name === 'sts' || service.operations[operation]?.kind === 'read',
    principal: eventPrincipal(caller),
    source: http.headers['x-forwarded-for'] ?? '127.0.0.1',
    agent: http.headers['user-agent'] ?? '',
    error,
    request: denied(error) ? null : members(params),
    response: error === null && result ? responseOf(operation, result) : null,
  });
}

export function eventPrincipal(caller: Caller): EventPrincipal {
  return { ...publicPart(caller), principalArn: caller.principalArn };
}

/** A caller who may not ask is told nothing, and neither is the trail. */
function denied(error: string | null): boolean {
  return error?.startsWith('AccessDenied') === true;
}

function members(given: Params): StoredEvent['request'] {
  const { Action: _, Version: __, ...asked } = given;
  const shown = Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, value === 'hidden' ? 'HIDDEN_DUE_TO_SECURITY_REASONS' : value]),
  );
  return Object.keys(shown).length > 0 ? (camelCased(shown) as StoredEvent['request']) : null;
}

function responseOf(operation: string, result: Record<string, unknown>): StoredEvent['response'] {
  const { AccessKey, Credentials, AssumedRoleUser } = result as Record<string, Record<string, unknown> | undefined>;
  if (operation === 'CreateAccessKey' && AccessKey) {
    const { SecretAccessKey: _, ...shown } = AccessKey;
    return { accessKey: camelCased(shown) };
  }
  if (Credentials) {
    const { AccessKeyId: accessKeyId, Expiration: expiration } = Credentials;
    return { credentials: { accessKeyId, expiration }, assumedRoleUser: camelCased(AssumedRoleUser) };
  }
  return null;
}
