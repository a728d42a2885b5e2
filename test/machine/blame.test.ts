// How an error is kept between steps, and read again: by either engine, and as Lambda writes it.
import { expect, test } from 'vitest';
import { type KeyturnError, RefusedError, UsageError } from '../../src/errors.ts';
import { blamed, readCause } from '../../src/machine/blame.ts';

test.each([
  [
    'with a hint',
    new RefusedError('no slot is free', { hint: 'delete one' }),
    { Error: 'RefusedError', Cause: 'no slot is free\nhint: delete one' },
  ],
  ['without one', new UsageError('no such user'), { Error: 'UsageError', Cause: 'no such user' }],
  ['of nobody’s', new TypeError('x is not a function'), { Error: 'TypeError', Cause: 'x is not a function' }],
  [
    'with a hint that is no text',
    Object.assign(new Error('odd'), { hint: ['delete one'] }),
    { Error: 'Error', Cause: 'odd' },
  ],
  ['that is none', 'thrown as it is', { Error: 'Error', Cause: 'thrown as it is' }],
])('an error %s is kept by its name, message and hint', (_what, error, kept) => {
  expect(blamed(error)).toEqual(kept);
});

test.each([
  ['a message', 'no slot is free', { message: 'no slot is free', hint: null }],
  ['a message and its hint', 'no slot is free\nhint: delete one', { message: 'no slot is free', hint: 'delete one' }],
  ['nothing', '', { message: '', hint: null }],
  [
    'what Lambda writes',
    '{"errorType":"RefusedError","errorMessage":"no slot is free\\nhint: delete one","trace":["at x"]}',
    { message: 'no slot is free', hint: 'delete one' },
  ],
  ['JSON without a message', '{"errorMessage":7}', { message: '{"errorMessage":7}', hint: null }],
  ['the word null', 'null', { message: 'null', hint: null }],
])('of %s message and hint are read', (_what, cause, read) => {
  expect(readCause(cause)).toEqual(read);
});

test('what was kept is read again', () => {
  const error: KeyturnError = new RefusedError('no slot is free', { hint: 'delete one' });

  expect(readCause(blamed(error).Cause)).toEqual({ message: 'no slot is free', hint: 'delete one' });
});
