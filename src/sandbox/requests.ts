// What the sandbox tells about the requests it got. Never a secret: the log leaves inputs out, listeners see neither the
// values that a service keeps secret nor any results.
import type { FaultKind } from './faults.ts';
import type { Principal } from './principal.ts';
import type { Access, Params } from './service.ts';

export interface RequestRecord {
  service: string;
  operation: string;
  /** The key that the request names as its signer, whether or not it was accepted. */
  accessKeyId: string | null;
  /** When it arrived, by the sandbox's clock: `2026-12-06T10:00:00Z`. */
  at: string;
  userAgent: string;
  /** The code of the refusal. */
  error: string | null;
  fault: FaultKind | null;
}

export interface RequestEvent {
  /**
   * `before`: authenticated, allowed and about to be applied. `after`: applied or, with `error`, refused; the answer is
   * not sent yet.
   */
  phase: 'before' | 'after';
  service: string;
  operation: string;
  params: Params;
  /** What it needs to be allowed; empty where AWS asks for no permission, and where it was refused before that is known. */
  needs: readonly Pick<Access, 'action' | 'resource'>[];
  /** Null where the request was not accepted as anybody's. */
  principal: Principal | null;
  userAgent: string;
  error: string | null;
}

/** The request waits for what the listener returns; what it throws ends the connection and comes out of `close()`. */
export type RequestListener = (event: RequestEvent) => void | Promise<void>;
