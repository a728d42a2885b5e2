// What a session asks of AWS, until the record of a rotation takes it over.
import type { CallerEntry } from '../engine/contract.ts';
import type { Heard } from '../engine/traces.ts';

/** An audit of thousands of users runs no rotation that would take it over. */
const most = 2000;

export function createTraces() {
  let heard: Heard = { requests: [], callers: [] };
  return {
    request: (request: Heard['requests'][number]) => {
      if (heard.requests.length < most) heard.requests.push(request);
    },
    caller: (caller: CallerEntry) => {
      if (!heard.callers.some(({ arn }) => arn === caller.arn)) heard.callers.push(caller);
    },
    take: (): Heard => {
      const taken = heard;
      heard = { requests: [], callers: [] };
      return taken;
    },
  };
}
