// The SDK's own timers on a virtual clock: the pause before it asks again passes there, and its time limit for an answer
// is over as soon as nobody is going to answer.
import { requestTimeLimit } from '../../../src/aws/contract.ts';
import type { Clock } from '../../../src/clock.ts';
import type { Ending } from '../../support/cli.ts';

export interface SdkTimers {
  /** A request has arrived that will not be answered; resolves when its client has given up. */
  silence(): Promise<void>;
  /** Resolves when somebody else has slept for so long, or nobody sleeps any more: makes no time pass itself. */
  passed(ms: number): Promise<void>;
}

/** No pause between three attempts is longer, a throttled one included; every other timer of the SDK is a time limit. */
const longestPause = 2000;
/** After which the SDK begins to watch a connection that is not there yet. */
const connectionWatch = 1000;
/** So many turns of the event loop without a sleep mean that nothing else is going on. */
const idle = 300;

/** For the length of a case; timers in this process that are none of the SDK's are not to be set meanwhile. */
export function putSdkTimersOn(clock: Clock, ending: Ending): SdkTimers {
  const real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  const limits = new Map<unknown, () => void>();
  let silent = 0;

  globalThis.setTimeout = Object.assign((run: () => void, ms = 0) => {
    if (ms <= longestPause && ms !== connectionWatch) {
      void clock.sleep(ms).then(run);
      return real.setTimeout(() => {}, 0);
    }
    const timer = real.setTimeout(run, ms);
    if (ms === requestTimeLimit) limits.set(timer, run);
    return timer;
  }, real.setTimeout);
  globalThis.clearTimeout = (timer) => {
    limits.delete(timer);
    real.clearTimeout(timer);
  };
  ending.onTestFinished(() => void Object.assign(globalThis, real));

  const runOut = async () => {
    // Whatever else is under way is answered first: it did not take so long.
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(setImmediate);
      if (limits.size > silent) turn = 0;
    }
    await clock.sleep(requestTimeLimit);
    for (const [timer, run] of [...limits]) {
      globalThis.clearTimeout(timer as NodeJS.Timeout);
      run();
    }
    silent -= 1;
  };
  return {
    silence: () => {
      silent += 1;
      return runOut();
    },
    passed: async (ms) => {
      const due = clock.now() + ms;
      for (let turn = 0, before = clock.now(); turn < idle && clock.now() < due; turn++) {
        await new Promise(setImmediate);
        if (clock.now() !== before) turn = 0;
        before = clock.now();
      }
    },
  };
}
