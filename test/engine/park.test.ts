// Waiting in this process, on clocks that jump, sleep and are interrupted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Clock, createVirtualClock } from '../../src/clock.ts';
import type { SignalMessage } from '../../src/engine/contract.ts';
import { waitForSignal, waitingSignal } from '../../src/engine/park.ts';
import { createRecordStore } from '../../src/engine/record-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const day = 86_400;
const accepts = ({ entry }: SignalMessage) => entry === 1;
const proceed: SignalMessage = { signal: 'proceed', state: 'awaitQuiet', entry: 1, at: '2026-12-06T10:00:00Z' };

function arranged(clock: Clock) {
  const store = createRecordStore(temporaryFolder(), clock);
  const stop = new AbortController();
  const wait = (seconds: number) =>
    waitForSignal(store, clock, { rotation: 'r-1', seconds, accepts, stop: stop.signal });
  return { store, stop, wait };
}

test('a wait of sixty days ends after sixty days, not at once', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const { store, wait } = arranged(clock);
  // Thousands of looks into an empty folder would take their time.
  store.peekSignal = async () => null;

  expect(await wait(60 * day)).toBeNull();

  expect(new Date(clock.now()).toISOString()).toBe('2027-02-04T10:00:00.000Z');
});

test('no sleep is longer than a quarter of an hour, so a machine that slept notices soon', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const slept: number[] = [];
  const { wait } = arranged({
    ...clock,
    sleep: (ms, signal) => {
      slept.push(ms);
      return clock.sleep(ms, signal);
    },
  });

  await wait(2 * 3_600 + 60);

  expect(slept).toEqual([...Array(8).fill(900_000), 60_000]);
});

test('a clock that is set back does not make the wait longer', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  let setBack = 0;
  const { wait } = arranged({
    ...clock,
    now: () => clock.now() - setBack,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      setBack = 40 * day * 1000;
    },
  });

  await wait(3_600);

  expect(clock.monotonic()).toBe(3_600_000);
});

test('after a sleep of the machine, which its timers did not see, the wait is over as soon as it wakes', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  let asleep = 0;
  const { wait } = arranged({
    ...clock,
    now: () => clock.now() + asleep,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      asleep = 8 * day * 1000;
    },
  });

  await wait(7 * day);

  expect(clock.monotonic()).toBe(900_000);
});

test('a signal that was given before is found at once, and stays until it is recorded', async () => {
  const { store, wait } = arranged(createVirtualClock('2026-12-06T10:00:00Z', { auto: false }));
  await store.signal('r-1', proceed);

  expect(await wait(day)).toEqual(proceed);

  expect(await store.peekSignal('r-1')).toEqual(proceed);
});

test('a signal that is given during the wait ends it', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z', { auto: false });
  const { store, wait } = arranged(clock);
  const waiting = wait(day);

  await store.signal('r-1', proceed);
  // Where files cannot be watched it is found by the next look.
  let ended = false;
  void waiting.then(() => {
    ended = true;
  });
  while (!ended) {
    await clock.advance(900_000);
    await new Promise(setImmediate);
  }

  expect(await waiting).toEqual(proceed);
});

test('stopping ends the wait at once', async () => {
  const { stop, wait } = arranged(createVirtualClock('2026-12-06T10:00:00Z', { auto: false }));
  const waiting = wait(day);

  stop.abort(new Error('stopped by a person'));

  await expect(waiting).rejects.toThrow('stopped by a person');
  await expect(wait(0)).rejects.toThrow('stopped by a person');
});

test('S4 a signal that is meant for another wait is taken away, and this one goes on', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const store = createRecordStore(temporaryFolder(), clock);
  await store.signal('r-1', proceed);

  const ended = await waitForSignal(store, clock, {
    rotation: 'r-1',
    seconds: 60,
    accepts: () => false,
    stop: new AbortController().signal,
  });

  expect(ended).toBeNull();
  expect(clock.monotonic()).toBe(60_000);
  expect(await store.peekSignal('r-1')).toBeNull();
});

test.each([
  ['a signal', true, 0],
  ['its deadline', false, 0],
  ['a stop', false, 60],
])('a wait that was ended by %s watches no more', async (_what, isSent, seconds) => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const store = createRecordStore(temporaryFolder(), clock);
  if (isSent) await store.signal('r-1', proceed);
  let watched = 0;
  store.watchSignal = () => {
    watched += 1;
    return {
      close: () => {
        watched -= 1;
      },
    };
  };
  const stop = seconds > 0 ? AbortSignal.abort() : new AbortController().signal;

  await waitForSignal(store, clock, { rotation: 'r-1', seconds, accepts, stop }).catch(() => {});

  expect(watched).toBe(0);
});

test('each word that a signal arrived is followed at once, without a look at the clock', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z', { auto: false });
  const { store, wait } = arranged(clock);
  let arrived = () => {};
  store.watchSignal = (_rotation, call) => {
    arrived = call;
    return { close: () => {} };
  };
  const slept = Promise.withResolvers<void>();
  const sleepingAgain = Promise.withResolvers<void>();
  const waits = [slept, sleepingAgain];
  const { sleep } = clock;
  clock.sleep = (ms, signal) => {
    const sleeping = sleep(ms, signal);
    waits.shift()?.resolve();
    return sleeping;
  };
  const waiting = wait(day);

  await slept.promise;
  arrived();
  await sleepingAgain.promise;
  await store.signal('r-1', proceed);
  arrived();

  expect(await waiting).toEqual(proceed);
  expect(clock.monotonic()).toBe(0);
});

test('a clock that fails by itself is told', async () => {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const { wait } = arranged({ ...clock, sleep: () => Promise.reject(new Error('the timer broke')) });

  await expect(wait(day)).rejects.toThrow('the timer broke');
});

test('a signal that cannot be read is taken away, and told as damaged', async () => {
  const folder = temporaryFolder();
  const store = createRecordStore(folder, createVirtualClock('2026-12-06T10:00:00Z'));
  await store.signal('r-1', proceed);
  writeFileSync(join(folder, 'rotations', 'r-1.signal'), '{');

  await expect(waitingSignal(store, 'r-1', accepts)).rejects.toThrow('the signal for rotation r-1 is damaged');

  expect(await waitingSignal(store, 'r-1', accepts)).toBeNull();
});
