// One request from its arrival to its answer: fault, signature, permission, change. Every request is logged.
import { instant } from '../clock.ts';
import { authenticate } from './authenticate.ts';
import { accessDenied, authorize } from './authorize.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { HttpExchange, Outcome } from './http-server.ts';
import { anonymous, type Caller, publicPart } from './principal.ts';
import { recordEvent } from './recorded-event.ts';
import type { RequestEvent, RequestListener, RequestRecord } from './requests.ts';
import type { Call, Params, Request, Service, Written } from './service.ts';
import { ServiceError } from './service-error.ts';
import { readSignature, type Signature } from './sigv4.ts';
import type { World } from './world.ts';

export interface Answering {
  world: World;
  /** The first one answers whoever does not say for which service the request is signed. */
  services: readonly [Service, ...Service[]];
  faults: Faults;
  requests: RequestRecord[];
  listeners: ReadonlySet<RequestListener>;
}

/** One request on its way. */
interface Passage {
  http: HttpExchange;
  service: Service;
  request: Request;
  signature: Signature | null;
  fault: FaultRule | undefined;
  caller: Caller | null;
  needs: RequestEvent['needs'];
  tell(phase: RequestEvent['phase'], error: string | null): Promise<void>;
}

export async function answer(http: HttpExchange, answering: Answering): Promise<Outcome> {
  const { world, services, faults, requests, listeners } = answering;
  const requestId = world.random.requestId();
  const signature = readable(http);
  const isMeant = (one: Service) => (signature ? one.name === signature.service : one.unsigned?.(http));
  const service = services.find(isMeant) ?? services[0];
  const request = service.wire.read(http);
  const fault = faults.next(service.name, request, signature?.accessKeyId ?? null);

  const record: RequestRecord = {
    service: service.name,
    operation: request.operation,
    accessKeyId: signature?.accessKeyId ?? null,
    at: instant(world.clock.now()),
    userAgent: http.headers['user-agent'] ?? '',
    error: null,
    fault: fault?.kind ?? null,
  };
  requests.push(record);
  if (fault?.kind === 'reset') return 'reset';

  const { operation } = request;
  const params = withoutSecrets(request.params, service.sensitive);
  const passage: Passage = {
    http,
    service,
    request,
    signature,
    fault,
    caller: null,
    needs: [],
    tell: async (phase, error) => {
      const principal = passage.caller && publicPart(passage.caller);
      const { needs } = passage;
      const { userAgent } = record;
      const event = { phase, service: service.name, operation, params, needs, principal, userAgent, error };
      for (const listener of [...listeners]) await listener(event);
    },
  };

  const recordAs = (error: string | null, result?: Record<string, unknown>) => {
    const { caller } = passage;
    const region = signature?.region ?? 'us-east-1';
    if (caller) recordEvent(world, { http, service, operation, params, caller, region, result, error });
  };

  try {
    const result = await apply(passage, world);
    if (result === 'silence') return 'silence';
    recordAs(null, result);
    await passage.tell('after', null);
    return outcome(200, service.wire.result(request, result, requestId), fault, requestId, world);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const refused = service.wire.worded(error);
    record.error = refused.code;
    recordAs(refused.code);
    await passage.tell('after', refused.code);
    return outcome(refused.status, service.wire.refusal(refused, requestId), fault, requestId, world);
  }
}

async function apply(passage: Passage, world: World): Promise<Record<string, unknown> | undefined | 'silence'> {
  const { http, service, request, fault } = passage;
  const operation = Object.hasOwn(service.operations, request.operation)
    ? service.operations[request.operation]
    : undefined;
  const signature = passage.signature ?? readSignature(http);
  if (!signature && !operation?.unsigned) {
    throw new ServiceError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
  }
  if (signature && signature.service !== service.name) {
    const message = `Credential should be scoped to correct service: '${service.name}'.`;
    throw new ServiceError('SignatureDoesNotMatch', 403, message);
  }
  if (fault?.kind === 'delayed') await world.clock.sleep(fault.ms ?? 0);

  const caller = signature ? await authenticate(http, signature, world) : anonymous;
  if (signature) passage.caller = caller;
  if (!operation) throw service.wire.unknownOperation(request.operation);
  if (request.unreadable) throw request.unreadable;
  const time = operation.kind === 'read' ? world.propagation.readTime(request.operation) : null;
  const call: Call = {
    operation: request.operation,
    params: request.params,
    caller,
    region: signature?.region ?? 'us-east-1',
    world,
    view: time === null ? world.directory.current : world.directory.asOf(time),
    seen: (records) => (time === null ? records.current : records.asOf(time)),
  };
  const needed = operation.access(call);
  passage.needs = needed.map(({ action, resource }) => ({ action, resource }));
  refuseByFault(fault, caller, needed[0] ?? { action: `${service.name}:${request.operation}`, resource: '*' });
  authorize(caller, needed, world.accountId);
  if (fault?.kind === 'noAnswer' && fault.applied === false) return 'silence';

  await passage.tell('before', null);
  return operation.apply(call);
}

function withoutSecrets(params: Params, sensitive: readonly string[] = []): Params {
  const shown = ([name, value]: [string, unknown]) => [name, sensitive.includes(name) ? 'hidden' : value];
  return Object.fromEntries(Object.entries(params).map(shown));
}

/** Null where there is no signature, and where it cannot be read, which `apply` then refuses. */
function readable(http: HttpExchange): Signature | null {
  try {
    return readSignature(http);
  } catch {
    return null;
  }
}

function refuseByFault(fault: FaultRule | undefined, caller: Caller, access: Parameters<typeof accessDenied>[1]): void {
  if (fault?.kind === 'error500') {
    throw new ServiceError('ServiceFailure', 500, 'The request processing has failed because of an unknown error.');
  }
  if (fault?.kind === 'throttled') throw new ServiceError('Throttling', 400, 'Rate exceeded');
  if (fault?.kind === 'accessDenied') throw accessDenied(caller, access, 'implicitly denied');
}

function outcome(
  status: number,
  { status: written = status, headers, body }: Written,
  fault: FaultRule | undefined,
  requestId: string,
  { clock }: World,
): Outcome {
  if (fault?.kind === 'lostAnswer') return 'cut';
  if (fault?.kind === 'noAnswer') return 'silence';
  const common = { ...headers, date: new Date(clock.now()).toUTCString(), 'x-amzn-requestid': requestId };
  // As from a proxy that gave up; as late as can be, so that a secret in the answer is in what is complained of.
  if (fault?.kind === 'garbage') {
    return { status: 200, headers: common, body: body.slice(0, Math.max(body.length / 2, body.length - 12)) };
  }
  return { status: written, headers: common, body };
}
