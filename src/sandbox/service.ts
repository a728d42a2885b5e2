// What a service of the sandbox is made of, whatever its wire protocol: operations that say which permission they need
// and what they do.
import type { View } from './directory.ts';
import type { HttpExchange } from './http-server.ts';
import type { Caller } from './principal.ts';
import type { ServiceError } from './service-error.ts';
import type { World } from './world.ts';

/** A request's input in the shape the SDK's commands take. */
export type Params = Readonly<Record<string, unknown>>;

export interface Call {
  operation: string;
  params: Params;
  caller: Caller;
  world: World;
  /** What a read may see; a change looks at `world.directory.current`. */
  view: View;
}

/** One permission that a call needs. */
export interface Access {
  action: string;
  /** The ARN that policies are matched against; `*` for actions without a resource. */
  resource: string;
  /** How an AccessDenied names the resource, where that is not the ARN. */
  shown?: string;
  resourceTags?: Readonly<Record<string, string>>;
  requestTags?: Readonly<Record<string, string>>;
  tagKeys?: readonly string[];
}

export interface Operation {
  kind: 'read' | 'change';
  /** Empty where AWS asks for no permission. */
  access(call: Call): Access[];
  /** The result in the shape of the SDK's output; throws ServiceError. */
  apply(call: Call): Record<string, unknown> | undefined;
}

export interface Request {
  operation: string;
  params: Params;
}

/** How requests, results and refusals are written. */
export interface Wire {
  read(http: HttpExchange): Request;
  result(request: Request, result: Record<string, unknown> | undefined, requestId: string): Written;
  refusal(error: ServiceError, requestId: string): Written;
  unknownOperation(operation: string): ServiceError;
}

export interface Written {
  headers: Record<string, string>;
  body: string;
}

export interface Service {
  /** The service's name in a credential scope, an action and a last use. */
  name: string;
  wire: Wire;
  operations: Readonly<Record<string, Operation>>;
}
