// Who asked AWS for what: gathered while a rotation runs, and kept in its record, which must not grow without end.
import { type CallerEntry, onlyLooks, type RequestEntry, type RotationRecord } from './contract.ts';

export interface Heard {
  requests: Omit<RequestEntry, 'line'>[];
  callers: CallerEntry[];
}

/** A watch of weeks asks the same thing thousands of times. */
const mostRequests = 500;
const mostCallers = 20;

/** The record with what was heard since the last note, for the line of history that is written next. */
export function withHeard(record: RotationRecord, { requests, callers }: Heard): RotationRecord {
  if (requests.length === 0 && callers.length === 0) return record;
  const line = record.history.length;
  const all = [...(record.requests ?? []), ...requests.map((one) => ({ ...one, line }))];
  const kept = withoutOldestLooks(all);
  const leftOut = (record.requestsLeftOut ?? 0) + all.length - kept.length;
  const known = record.callers ?? [];
  const fresh = callers.filter(
    ({ arn }, index) => !known.some((one) => one.arn === arn) && callers.findIndex((one) => one.arn === arn) === index,
  );
  return {
    ...record,
    ...(kept.length > 0 ? { requests: kept } : {}),
    ...(leftOut > 0 ? { requestsLeftOut: leftOut } : {}),
    ...(known.length + fresh.length > 0 ? { callers: [...known, ...fresh].slice(0, mostCallers) } : {}),
  };
}

/** What changed something is left out last. */
function withoutOldestLooks(all: RequestEntry[]): RequestEntry[] {
  let surplus = all.length - mostRequests;
  const kept = all.filter(({ action }) => !(onlyLooks.test(action) && surplus-- > 0));
  return kept.slice(-mostRequests);
}
