// What a service of the sandbox is made of, whatever its wire protocol: operations that say which permission they need
// and what they do.
import type { View } from './directory.ts';
import type { HttpExchange } from './http-server.ts';
import type { Caller } from './principal.ts';
import type { Records, RecordsView } from './records.ts';
import type { ServiceError } from './service-error.ts';
import type { World } from './world.ts';

/** A request's input in the shape the SDK's commands take. */
export type Params = Readonly<Record<string, unknown>>;

export interface Call {
  operation: string;
  params: Params;
  caller: Caller;
  /** The one that the request is signed for. */
  region: string;
  world: World;
  /** What a read may see; a change looks at `world.directory.current`. */
  view: View;
  /** The same for records beside the directory; a change looks at their `current`. */
  seen<T>(records: Records<T>): RecordsView<T>;
}

/** One permission that a call needs. */
export interface Access {
  action: string;
  /** The ARN that policies are matched against; `*` for actions without a resource. */
  resource: string;
  /** How an AccessDenied names the resource, where that is not the ARN. */
  shown?: string;
  /** What AWS says where this is missing, if not its usual sentence. */
  refusal?: string;
  resourceTags?: Readonly<Record<string, string>>;
  requestTags?: Readonly<Record<string, string>>;
  tagKeys?: readonly string[];
  /** The service's own condition keys, in lower case. */
  context?: Readonly<Record<string, readonly string[]>>;
}

export type Result = Record<string, unknown> | undefined;

export interface Operation {
  kind: 'read' | 'change';
  /** May be called without a signature, by a caller who is nobody then; something in the input proves who it is. */
  unsigned?: true;
  /** Empty where AWS asks for no permission. */
  access(call: Call): Access[];
  /** The result in the shape of the SDK's output; throws ServiceError. */
  apply(call: Call): Result | Promise<Result>;
}

export interface Request {
  operation: string;
  params: Params;
  /** The refusal of a body that could not be read, for whoever may call at all. */
  unreadable?: ServiceError;
}

/** How requests, results and refusals are written. */
export interface Wire {
  read(http: HttpExchange): Request;
  result(request: Request, result: Record<string, unknown> | undefined, requestId: string): Written;
  /** A refusal under the code and status that it has in this protocol. */
  worded(error: ServiceError): ServiceError;
  refusal(error: ServiceError, requestId: string): Written;
  unknownOperation(operation: string): ServiceError;
}

export interface Written {
  /** Default: 200, or the refusal's own. */
  status?: number;
  headers: Record<string, string>;
  body: string;
}

export interface Service {
  /** The service's name in a credential scope, an action and a last use. */
  name: string;
  wire: Wire;
  /** Parameters whose values no listener may see. */
  sensitive?: readonly string[];
  /** Whether a request without a signature is meant for this service. */
  unsigned?(http: HttpExchange): boolean;
  operations: Readonly<Record<string, Operation>>;
}
