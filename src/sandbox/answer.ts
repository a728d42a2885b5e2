// One request from its arrival to its answer: fault, authentication, permission, change. Every request is logged.
import { instant } from '../clock.ts';
import { authenticate } from './authenticate.ts';
import { accessDenied, authorize } from './authorize.ts';
import type { FaultRule, Faults } from './faults.ts';
import type { HttpExchange, Outcome } from './http-server.ts';
import { type Caller, publicPart } from './principal.ts';
import type { RequestEvent, RequestListener, RequestRecord } from './requests.ts';
import type { Call, Operation, Request, Service } from './service.ts';
import { ServiceError } from './service-error.ts';
import { readSignature, type Signature } from './sigv4.ts';
import type { World } from './world.ts';

export interface Answering {
  world: World;
  services: readonly Service[];
  faults: Faults;
  requests: RequestRecord[];
  listeners: ReadonlySet<RequestListener>;
}

export async function answer(
  http: HttpExchange,
  { world, services, faults, requests, listeners }: Answering,
): Promise<Outcome> {
  const requestId = world.random.requestId();
  const { signature, failure } = tryReadSignature(http);
  const service = services.find((one) => one.name === signature?.service) ?? services[0];
  if (!service) throw new Error('the sandbox has no service');
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

  let caller: Caller | null = null;
  const tell = async (phase: RequestEvent['phase']) => {
    const { operation, params } = request;
    const principal = caller && publicPart(caller);
    for (const listener of [...listeners]) {
      await listener({ phase, service: service.name, operation, params, principal, error: record.error });
    }
  };

  const refuse = async (error: ServiceError) => {
    record.error = error.code;
    await tell('after');
    return finish(fault, world, requestId, error.status, service.wire.refusal(error, requestId));
  };

  try {
    if (failure) throw failure;
    if (signature?.service !== service.name) throw unsigned(signature, world);
    if (fault?.kind === 'delayed') await world.clock.sleep(fault.ms ?? 0);
    caller = await authenticate(http, signature, world);
    const operation = Object.hasOwn(service.operations, request.operation)
      ? service.operations[request.operation]
      : undefined;
    if (!operation) throw service.wire.unknownOperation(request.operation);
    const call = callOf(request, operation, caller, world);
    refuseByFault(fault, call);
    authorize(caller, operation.access(call), world.accountId);
    if (fault?.kind === 'noAnswer' && fault.applied === false) return 'silence';
    await tell('before');
    const result = operation.apply(call);
    await tell('after');
    return finish(fault, world, requestId, 200, service.wire.result(request, result, requestId));
  } catch (error) {
    if (error instanceof ServiceError) return refuse(error);
    throw error;
  }
}

function tryReadSignature(http: HttpExchange): { signature: Signature | null; failure?: ServiceError } {
  try {
    return { signature: readSignature(http) };
  } catch (error) {
    if (error instanceof ServiceError) return { signature: null, failure: error };
    throw error;
  }
}

function unsigned(signature: Signature | null, world: World): ServiceError {
  return signature
    ? new ServiceError(
        'SignatureDoesNotMatch',
        403,
        `Credential should be scoped to a service of account ${world.accountId}'s sandbox, not ${signature.service}.`,
      )
    : new ServiceError('MissingAuthenticationToken', 403, 'Request is missing Authentication Token');
}

function callOf({ operation, params }: Request, { kind }: Operation, caller: Caller, world: World): Call {
  const view = kind === 'read' ? world.propagation.readView(operation) : world.directory.current;
  return { operation, params, caller, world, view };
}

function refuseByFault(fault: FaultRule | undefined, call: Call): void {
  if (fault?.kind === 'error500') {
    throw new ServiceError('ServiceFailure', 500, 'The request processing has failed because of an unknown error.');
  }
  if (fault?.kind === 'throttled') throw new ServiceError('Throttling', 400, 'Rate exceeded');
  if (fault?.kind === 'accessDenied') {
    const action = `iam:${call.operation}`;
    throw accessDenied(call.caller, { action, resource: '*' }, 'implicitly denied');
  }
}

function finish(
  fault: FaultRule | undefined,
  { clock }: World,
  requestId: string,
  status: number,
  { headers, body }: { headers: Record<string, string>; body: string },
): Outcome {
  if (fault?.kind === 'lostAnswer') return 'cut';
  if (fault?.kind === 'noAnswer') return 'silence';
  const date = new Date(clock.now()).toUTCString();
  const common = { date, 'x-amzn-requestid': requestId };
  // Cut in the middle of the text, as by a proxy that gave up.
  if (fault?.kind === 'garbage')
    return { status: 200, headers: { ...headers, ...common }, body: body.slice(0, body.length / 2) };
  return { status, headers: { ...headers, ...common }, body };
}
