// What can be said of a plan before there is one.
import { expect, test } from 'vitest';
import type { ExecutionFacts } from '../../src/aws/contract.ts';
import { unclaimedPlan } from '../../src/engine/unclaimed-plan.ts';

const facts: ExecutionFacts = {
  arn: 'arn:aws-cn:states:cn-north-1:123456789012:execution:keyturn:AKIAIOSFODNN7EXAMPLE-12',
  machine: 'arn:aws-cn:states:cn-north-1:123456789012:stateMachine:keyturn',
  name: 'AKIAIOSFODNN7EXAMPLE-12',
  startedAt: '2026-12-06T10:00:00.123Z',
  status: 'RUNNING',
  input: { user: 'alice' },
} as unknown as ExecutionFacts;

test('before the claim a plan says whose key it is about, where, and nothing else', () => {
  expect(unclaimedPlan(facts)).toEqual({
    account: '123456789012',
    partition: 'aws-cn',
    region: 'cn-north-1',
    user: 'alice',
    userId: '',
    oldKey: 'AKIAIOSFODNN7EXAMPLE',
    newKey: null,
    keysAtStart: [],
    consumers: [],
    quietFor: 0,
    grace: 0,
    watchLimit: 0,
    probeEvery: 0,
    probes: [],
    freeSlot: 'never',
    minAge: 0,
    allowSmtp: false,
    unproven: 'ask',
    vault: 'secretsmanager',
    from: 'start',
    startedAt: '2026-12-06T10:00:00Z',
    overrides: [],
  });
});

test.each([
  [
    'the keys of its input',
    { oldKey: 'AKIAOLD', newKey: 'AKIANEW', from: 'watch' },
    'x',
    ['', 'AKIAOLD', 'AKIANEW', 'watch'],
  ],
  ['no key by a name that is none', { from: 'elsewhere' }, 'first-key-1', ['', null, null, 'start']],
  ['no text that is none', { user: 7, oldKey: ['x'], newKey: null }, 'x', ['', null, null, 'start']],
  ['no key by a number in its middle', {}, 'AKIA-1IOSFODNN7EXAMPLE', ['', null, null, 'start']],
  ['nothing without an input', null, 'AKIAIOSFODNN7EXAMPLE', ['', 'AKIAIOSFODNN7EXAMPLE', null, 'start']],
])('it takes %s', (_what, input, name, taken) => {
  const { user, oldKey, newKey, from } = unclaimedPlan({ ...facts, input: input as ExecutionFacts['input'], name });

  expect([user, oldKey, newKey, from]).toEqual(taken);
});

test('an ARN that says nothing leaves the place open', () => {
  expect(unclaimedPlan({ ...facts, arn: 'arn' })).toMatchObject({ account: '', partition: '', region: '' });
});
