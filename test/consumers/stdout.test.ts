import { describe, expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { stdout } from '../../src/consumers/stdout.ts';
import { ConsumerError, UsageError } from '../../src/errors.ts';
import { consumerDeps, replacement } from '../support/consumer-deps.ts';

const newPair = new KeyPair('AKIANEWNEWNEWNEWNEW2', 'newnewnew/newnewnew+newnewnew=');

/** The place, and what was printed to it. */
function setUp() {
  const printed: string[] = [];
  const print = async (text: string) => void printed.push(text);
  return { printed, consumer: stdout.open('', replacement, consumerDeps({ print })) };
}

test('the pair is printed once, when it is written, and by nothing else', async () => {
  const { printed, consumer } = setUp();

  await consumer.preflight({ user: 'alice', oldKey: replacement.oldKey });
  await consumer.write(newPair, replacement.oldKey);
  await consumer.readBack(newPair);
  await consumer.restore(new KeyPair('AKIAOLDOLDOLDOLDOLD1', 'old'), newPair.accessKeyId);

  expect(printed).toEqual([
    'AWS_ACCESS_KEY_ID=AKIANEWNEWNEWNEWNEW2\nAWS_SECRET_ACCESS_KEY=newnewnew/newnewnew+newnewnew=\n',
  ]);
});

test('S25 it cannot be read back, nor taken back, and says so beforehand', async () => {
  const { consumer } = setUp();

  const preflight = await consumer.preflight({ user: 'alice', oldKey: replacement.oldKey });

  expect(preflight).toEqual({
    holds: null,
    pair: null,
    notes: ['the secret will be shown on standard output, and a roll back cannot take it back'],
    readable: false,
  });
  expect([consumer.readable, await consumer.readBack(newPair)]).toEqual([false, undefined]);
  expect(await consumer.restore(newPair, newPair.accessKeyId)).toBe('left');
});

test('a pair that could not be printed was not delivered', async () => {
  const print = () => Promise.reject(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
  const consumer = stdout.open('', replacement, consumerDeps({ print }));

  const writing = consumer.write(newPair, replacement.oldKey);

  await expect(writing).rejects.toThrow(ConsumerError);
  await expect(writing).rejects.toMatchObject({
    message: 'the pair could not be printed (EPIPE)',
    hint: 'nobody got the new key; see where standard output goes',
  });
});

describe('specs', () => {
  const surroundings = { cwd: '/', home: '/', env: {} };

  test('there is one place', async () => {
    expect(stdout.resolve('', surroundings)).toBe('');
    expect(setUp().consumer.spec).toBe('stdout:');
    expect(await stdout.find('AKIAOLDOLDOLDOLDOLD1', surroundings)).toEqual([]);
  });

  test.each(['x', '-', '/dev/stdout'])('%s: refused', (place) => {
    const resolving = () => stdout.resolve(place, surroundings);

    expect(resolving).toThrow(UsageError);
    expect(resolving).toThrow(
      expect.objectContaining({
        message: `stdout: takes no place, so "${place}" means nothing`,
        hint: 'write stdout: alone',
      }),
    );
  });
});
