// What one step or wait of the local engine is given, with a real journal and record store on a clock that a test moves.

import { createVirtualClock } from '../../src/clock.ts';
import type { RotationRecord, SignalMessage } from '../../src/engine/contract.ts';
import { openJournal } from '../../src/engine/journal.ts';
import { createRecordStore } from '../../src/engine/record-store.ts';
import type { Run, RunEnd } from '../../src/engine/run.ts';
import type { RotationContext } from '../../src/machine/context.ts';
import { plan } from './scripted-functions.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { newRecord } from './world-parts.ts';

export const startedAt = '2026-12-06T10:00:00Z';

/** What `leave` was called with ends the work that is awaited, which in a real run would never end. */
export class Left extends Error {
  override readonly name = 'Left';
}

export const context = { schema: 1, rotation: 'r-1', intent: 'forward', plan, interruptions: [] } as RotationContext;

export function engineRun(from: Partial<RotationRecord> = {}) {
  const clock = createVirtualClock(startedAt);
  const store = createRecordStore(temporaryFolder(), clock);
  const stop = new AbortController();
  const lines: string[] = [];
  const record = { ...newRecord(context), ...from };
  const journal = openJournal({ store, clock }, record, ({ state, event, detail }) => {
    lines.push([state, event, detail].join(' ').trim());
  });
  const broken: unknown[] = [];
  const outside: Run['outside'] = (work) =>
    work().catch((error) => {
      broken.push(error);
      throw error;
    });
  const run: Run = {
    store,
    clock,
    stop: stop.signal,
    journal,
    note: journal.note,
    leave: (ended: RunEnd) => Promise.reject(new Left(ended)),
    outside,
  };
  return {
    run,
    record,
    clock,
    store,
    stop,
    lines,
    /** What was said to break the run. */
    broken,
    send: (signal: SignalMessage['signal'], meant: Partial<SignalMessage> = {}) =>
      store.signal('r-1', { signal, state: 'awaitQuiet', entry: 1, at: '2026-12-06T09:59:59Z', ...meant }),
  };
}
