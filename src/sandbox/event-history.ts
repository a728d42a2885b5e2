// CloudTrail's event history: who called what, when and from where, without any value that a service keeps secret. Only
// management events are here; calls on the objects of a bucket and the like are data events, which nobody looks up.
import { createHash } from 'node:crypto';
import type { Principal } from './principal.ts';

export interface StoredEvent {
  id: string;
  /** By the account's clock. */
  at: number;
  region: string;
  /** As in a credential scope: `iam`. */
  service: string;
  operation: string;
  readOnly: boolean;
  principal: EventPrincipal;
  source: string;
  agent: string;
  /** The code of the refusal. */
  error: string | null;
  /** Both in CloudTrail's spelling: `userName`. */
  request: Readonly<Record<string, unknown>> | null;
  response: Readonly<Record<string, unknown>> | null;
}

export interface EventPrincipal extends Principal {
  /** The user's, or the role's behind a session. */
  principalArn: string;
}

export interface EventHistory {
  /** In the order in which they came. */
  all(): readonly StoredEvent[];
  add(event: Omit<StoredEvent, 'id'>): void;
}

export function createEventHistory(): EventHistory {
  const events: StoredEvent[] = [];
  return {
    all: () => events,
    add: (event) => void events.push({ id: idOf(events.length), ...event }),
  };
}

/** In a request or an answer: what the SDK calls `UserName` is `userName` here, all the way down. */
export function camelCased(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCased);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(
    members.map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), camelCased(member)]),
  );
}

function idOf(index: number): string {
  const hex = createHash('sha256').update(`event ${index}`).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
