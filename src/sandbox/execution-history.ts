// The history of one execution, in AWS's own types and shapes.
import type { Clock } from '../clock.ts';
import { epochSeconds } from './json.ts';
import type { HistoryEvent } from './state-machine.ts';

export interface History {
  readonly events: readonly HistoryEvent[];
  add(type: string, details?: Record<string, unknown>): void;
}

export function createHistory(clock: Clock): History {
  const events: HistoryEvent[] = [];
  return {
    events,
    add: (type, details) => {
      const id = events.length + 1;
      // The first state, too, counts as following nothing.
      const previousEventId = id <= 2 ? 0 : id - 1;
      const event: HistoryEvent = { id, previousEventId, timestamp: epochSeconds(clock.now()), type };
      events.push(details ? { ...event, [detailsOf(type)]: withoutGaps(details) } : event);
    },
  };
}

/** Something that was said in full. */
export const whole = { truncated: false };

const data = ['input', 'output', 'parameters'];

/** The event without what went in and came out. */
export function withoutData(event: HistoryEvent): HistoryEvent {
  const entries = Object.entries(event).map(([name, value]) => {
    if (!name.endsWith('EventDetails')) return [name, value];
    return [name, Object.fromEntries(Object.entries(value).filter(([member]) => !data.includes(member)))];
  });
  return Object.fromEntries(entries);
}

function detailsOf(type: string): `${string}EventDetails` {
  const [, movement] = /State(Entered|Exited)$/.exec(type) ?? [];
  const name = movement ? `state${movement}` : type.charAt(0).toLowerCase() + type.slice(1);
  return `${name}EventDetails`;
}

function withoutGaps(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
