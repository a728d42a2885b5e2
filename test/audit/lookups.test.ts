// Many lookups side by side, where AWS throttles.
import { expect, onTestFinished, test, vi } from 'vitest';
import { lookups } from '../../src/audit/lookups.ts';
import { createVirtualClock } from '../../src/clock.ts';
import { NoSuchEntityError, ThrottledError } from '../../src/errors.ts';
import { openAudit } from './open-audit.ts';
import { ago } from './rules/judged.ts';

const throttled = () => new ThrottledError('AWS throttled it');

async function all<U>(found: AsyncIterable<U>): Promise<U[]> {
  const values: U[] = [];
  for await (const value of found) values.push(value);
  return values;
}

function looking(tries?: number) {
  const clock = createVirtualClock('2026-12-06T10:00:00Z');
  const { signal } = new AbortController();
  return { clock, signal, givenUp: (item: number) => -item, ...(tries ? { tries } : {}) };
}

const numbers = Array.from({ length: 100 }, (_, index) => index + 1);

test('results come in the order in which they were asked for', async () => {
  const { clock, ...rest } = looking();
  const look = async (item: number) => {
    await clock.sleep(1000 - item);
    return item;
  };

  expect(await all(lookups(numbers, { ...rest, clock, look }))).toEqual(numbers);
});

test('what was throttled is asked again after a pause, and less at a time', async () => {
  const { clock, ...rest } = looking();
  const tried = new Map<number, number>();
  let running = 0;
  let most = 0;
  const look = async (item: number) => {
    running += 1;
    most = Math.max(most, running);
    await clock.sleep(10);
    running -= 1;
    tried.set(item, (tried.get(item) ?? 0) + 1);
    if (item % 3 === 0 && tried.get(item) === 1) throw throttled();
    return item;
  };

  expect(await all(lookups(numbers, { ...rest, clock, look }))).toEqual(numbers);
  expect(most).toBeLessThanOrEqual(16);
  expect(clock.now() - Date.parse('2026-12-06T10:00:00Z')).toBeGreaterThan(500);
});

test('who is throttled for ever is given up, and the others are not', async () => {
  const { clock, ...rest } = looking(3);
  const look = async (item: number) => {
    if (item === 2) throw throttled();
    return item;
  };

  expect(await all(lookups([1, 2, 3], { ...rest, clock, look }))).toEqual([1, -2, 3]);
});

test('other trouble is nobody’s to ask again', async () => {
  const { clock, ...rest } = looking();
  const look = async () => {
    throw new NoSuchEntityError('gone');
  };

  await expect(all(lookups([1], { ...rest, clock, look }))).rejects.toThrow('gone');
});

test('300 users are all judged though AWS throttles three calls in ten', async () => {
  // The SDK asks once, so that what is waited for is our own pause, on the sandbox's clock.
  vi.stubEnv('AWS_MAX_ATTEMPTS', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { sandbox, audit } = await openAudit();
  for (let count = 0; count < 300; count++) {
    sandbox.account.createUser({ name: `user-${count}`, createdAt: ago(200), keys: [{ createdAt: ago(100) }] });
  }
  sandbox.fault({ operation: 'ListAccessKeys', call: (call) => call % 10 < 3, kind: 'throttled' });

  const { findings, tail } = await audit();

  const judged = findings.filter(({ rule, user, keyId }) => rule === 'AK-02' && user.startsWith('user-') && keyId);
  expect(new Set(judged.map(({ user }) => user)).size).toBe(300);
  expect(tail).toMatchObject({ complete: true, incomplete: [] });
  expect(sandbox.requests.filter(({ fault }) => fault === 'throttled').length).toBeGreaterThan(90);
});
