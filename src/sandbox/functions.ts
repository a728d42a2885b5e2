// The functions that Lambda runs: whatever handlers were registered by name. Events and results pass through JSON, as
// they do on their way to a real function.
import type { Random } from './random.ts';

export interface FunctionContext {
  functionName: string;
  invokedFunctionArn: string;
  awsRequestId: string;
}

/** A method's type, so that a handler may say what its event looks like. */
export type FunctionHandler = { handle(event: unknown, context: FunctionContext): Promise<unknown> }['handle'];

/** How a run of a function ended; the payload is JSON, for a failure `{ errorType, errorMessage, trace }`. */
export interface Invocation {
  payload: string;
  failed: { errorType: string } | null;
}

export interface Functions {
  /** Replaces the function of that name, if there is one. */
  register(name: string, handler: FunctionHandler): void;
  remove(name: string): void;
  has(name: string): boolean;
  names(): string[];
  /** Never rejects. Throws where there is no such function. */
  invoke(name: string, arn: string, payload: string): Promise<Invocation>;
}

export function createFunctions(random: Random, handlers: Readonly<Record<string, FunctionHandler>>): Functions {
  const functions = new Map(Object.entries(handlers));
  return {
    register: (name, handler) => void functions.set(name, handler),
    remove: (name) => void functions.delete(name),
    has: (name) => functions.has(name),
    names: () => [...functions.keys()].sort(),
    invoke: (name, arn, payload) => {
      const handler = functions.get(name);
      if (!handler) throw new Error(`there is no function ${name}`);
      return run(handler, payload, {
        functionName: name,
        invokedFunctionArn: arn,
        awsRequestId: random.requestId(),
      });
    },
  };
}

/** A function's name out of its name, its ARN or the part of an ARN that Lambda takes; undefined for anything else. */
export function functionName(given: string): string | undefined {
  const pattern = /^(?:(?:arn:aws:lambda:[\w-]+:)?\d{12}:function:|function:)?([\w-]+)(?::\$LATEST)?$/;
  return pattern.exec(given)?.[1];
}

export function functionArn(region: string, accountId: string, name: string): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

async function run(handler: FunctionHandler, payload: string, context: FunctionContext): Promise<Invocation> {
  try {
    const result = await handler(JSON.parse(payload === '' ? '{}' : payload), context);
    return { payload: JSON.stringify(result ?? null), failed: null };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    const told = { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
    return { payload: JSON.stringify(told), failed: { errorType: error.name } };
  }
}
