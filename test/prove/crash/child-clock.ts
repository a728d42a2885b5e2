// The clock of a process under test: the test's own time, which passes only while every process rests. What rest is, is
// found out here: no file, no child process and no answer of AWS is under way, and nobody is about to compute.
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Clock } from '../../../src/clock.ts';
import type { Rest } from './messages.ts';

export interface ChildClock extends Clock {
  begin(now: number, tellWhileAsking: boolean): void;
  wake(id: number, now: number): void;
  /** Something is under way that this file cannot see, until the returned function is called. */
  busy(): () => void;
}

/** What Node has in hand that will come to its end by itself. */
const underWay = /^(?:FSReq|ProcessWrap|TCPConnectWrap)/;

export function createChildClock(tell: (rest: Rest) => void): ChildClock {
  const sleeping = new Map<number, { due: number; wake: () => void }>();
  let [time, origin, ids] = [0, 0, 0];
  let [asked, answered, woken, unseen] = [0, 0, 0, 0];
  let tellWhileAsking = false;
  let looking = false;

  const rests = () => unseen === 0 && !process.getActiveResourcesInfo().some((name) => underWay.test(name));
  const stirred = () => {
    if (looking) return;
    looking = true;
    look(0);
  };
  // Real time, and no promise: what is looked for is that the loop of events has nothing left to do.
  const look = (quiet: number) => {
    setTimeout(() => {
      if (!rests()) return look(0);
      if (quiet < 2) return void setImmediate(() => look(quiet + 1));
      looking = false;
      if (asked > answered && !tellWhileAsking) return;
      const sleeps = [...sleeping].map(([id, { due }]) => ({ id, due }));
      tell({ kind: 'rest', sleeps, asked, answered, woken });
    }, 0);
  };

  subscribe('http.client.request.created', (message) => {
    asked += 1;
    stirred();
    (message as { request: ClientRequest }).request.once('close', () => {
      answered += 1;
      stirred();
    });
  });

  return {
    now: () => time,
    monotonic: () => time - origin,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const id = ++ids;
        const end = (then: () => void) => {
          if (!sleeping.delete(id)) return;
          then();
          stirred();
        };
        sleeping.set(id, { due: time + Math.max(0, ms), wake: () => end(resolve) });
        signal?.addEventListener('abort', () => end(() => reject(signal.reason)));
        stirred();
      }),
    begin: (now, whileAsking) => {
      time = now;
      origin = now;
      tellWhileAsking = whileAsking;
      stirred();
    },
    wake: (id, now) => {
      time = now;
      woken += 1;
      sleeping.get(id)?.wake();
      stirred();
    },
    busy: () => {
      unseen += 1;
      return () => {
        unseen -= 1;
        stirred();
      };
    },
  };
}
