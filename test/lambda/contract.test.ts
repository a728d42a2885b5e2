// What is made of an execution's input, apart from any function.
import { expect, test } from 'vitest';
import { rotationOf } from '../../src/lambda/contract.ts';

const execution = {
  id: 'arn:aws:states:us-east-1:123456789012:execution:keyturn:AKIAIOSFODNN7EXAMPLE-1',
  name: 'AKIAIOSFODNN7EXAMPLE-1',
  input: {},
};

test.each(['2026-12-06T09:00:00.404Z', '2026-12-06T09:00:00.404853+00:00', '2026-12-06T10:00:00+01:00'])(
  'an execution is about the same rotation, written to begin at %s',
  (startTime) => {
    expect(rotationOf({ ...execution, startTime })).toBe('sfn-9ffd4f2fe1d8aa98a87e');
  },
);

test('an execution of the same name that begins later is about another rotation', () => {
  expect(rotationOf({ ...execution, startTime: '2027-03-20T09:00:00.404Z' })).not.toBe('sfn-9ffd4f2fe1d8aa98a87e');
});
