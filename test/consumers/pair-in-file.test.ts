// A pair in a text file: which file is meant, and in whose words what goes wrong with it is said.
import { describe, expect, test } from 'vitest';
import { absolutePath, inOurWords } from '../../src/consumers/pair-in-file.ts';
import { asConsumerError } from '../../src/consumers/replaceable-file.ts';
import { ConsumerError, FileError, LockedError } from '../../src/errors.ts';

test.each([
  ['.env', '/here/.env'],
  ['../x/./y', '/x/y'],
  ['/z', '/z'],
  ['~', '/home/$&'],
  ['~/x', '/home/$&/x'],
  ['~x', '/here/~x'],
  ['a~/b', '/here/a~/b'],
  ['', '/here'],
])('%j is the file %s', (written, file) => {
  expect(absolutePath(written, { cwd: '/here', home: '/home/$&', env: {} })).toBe(file);
});

describe('what goes wrong', () => {
  test.each([
    ['a file', new FileError('no space left to write /x', { hint: 'free some' })],
    ['a lock', new LockedError('/x is locked by process 7', { hint: 'wait for it' })],
  ])('with %s is the place’s', async (_, cause) => {
    const error = await inOurWords(() => Promise.reject(cause)).catch((caught: unknown) => caught);

    expect(error).toBeInstanceOf(ConsumerError);
    expect(error).toMatchObject({ message: cause.message, hint: cause.hint, cause });
  });

  test.each([new ConsumerError('of its own'), new TypeError('of nobody’s')])('is left as it is: %s', async (cause) => {
    await expect(inOurWords(() => Promise.reject(cause))).rejects.toBe(cause);
    expect(asConsumerError(cause)).toBe(cause);
  });
});
