// Where Lambda calls in. What went wrong leaves by its name, which the state machine retries and catches by, and in words that
// hold no secret.
import { KeyturnError } from '../errors.ts';
import { blamed } from '../machine/blame.ts';
import { deployedParts, type Parts } from './parts.ts';

export type Make<Event, Output> = (parts: Parts) => (event: Event) => Promise<Output>;

let kept: Parts | undefined;

/** A handler that makes its parts once for as long as Lambda keeps it. */
export function inLambda<Event, Output>(make: Make<Event, Output>): (event: Event) => Promise<Output> {
  return (event) => {
    kept ??= deployedParts();
    return told(kept, make)(event);
  };
}

/** The same function, its errors with their hint in the words, and without cause and stack: both end up in histories. */
export function told<Event, Output>(parts: Parts, make: Make<Event, Output>): (event: Event) => Promise<Output> {
  const run = make(parts);
  return async (event) => {
    try {
      return await run(event);
    } catch (error) {
      const isOurs = error instanceof KeyturnError;
      const { Error: name, Cause } = blamed(error);
      // What a bug says of itself may hold anything: where it happened is enough.
      if (!isOurs) parts.log({ level: 'ERROR', message: `a bug in keyturn: ${name}`, at: framesOf(error) });
      throw Object.assign(new Error(isOurs ? Cause : 'a bug in keyturn; the log says where'), { name, stack: '' });
    }
  };
}

function framesOf(error: unknown): string[] {
  const lines = String((error as Error | null)?.stack ?? '').split('\n');
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}
