// Waiting in this process, on clocks that jump, sleep and are interrupted.
import { expect, test } from 'vitest';
import { type Clock, createVirtualClock } from '../../src/clock.ts';
import type { SignalMessage } from '../../src/engine/contract.ts';
import { waitForSignal } from '../../src/engine/park.ts';
import { createRecordStore } from '../../src/engine/record-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const day = 86_400;
const accepts = () => true;
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
  const { wait } = arranged(clock);

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
