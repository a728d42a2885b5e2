// S28: what somebody writes into an execution's input steers nothing.
import { describe, expect, test } from 'vitest';
import { contextOf } from '../../src/lambda/context-of.ts';
import type { ExecutionState } from '../../src/lambda/contract.ts';
import { activityNames, parkNames } from '../../src/machine/context.ts';
import { createCloud, user } from '../support/cloud.ts';

const untouched = { keys: ['old Active'], claims: [], secrets: [], place: 'old' };

describe('S28 an input that holds more than it may', () => {
  test.each([
    ['an outcome', { createKey: { newKey: 'AKIAIOSFODNN7EXAMPLE' } }],
    ['a verdict', { checkOldKeyUse: { verdict: 'quiet' } }],
    ['a plan', { plan: { consumers: ['secretsmanager:mine'] } }],
    ['places', { consumers: ['secretsmanager:mine'] }],
    ['another execution', { execution: { id: 'arn:aws:states:us-east-1:123456789012:execution:keyturn:other' } }],
    ['the first outcome', { claimUser: { base: { rotation: 'r-1', plan: { user } } } }],
    ['an error', { error: { Error: 'RefusedError', Cause: 'x' } }],
    ['no user', { user: undefined }],
    ['a user that is a pattern', { user: 'al*' }],
    ['an intent that is none', { intent: 'delete' }],
    ['a rotation that leads elsewhere', { rotation: '../other' }],
    ['half of a second half', { from: 'watch', newKey: 'AKIAIOSFODNN7EXAMPLE' }],
    ['a new key of its own', { newKey: 'AKIAIOSFODNN7EXAMPLE' }],
  ])('%s: nothing is changed', async (_, more) => {
    const cloud = await createCloud();

    const { ended } = await cloud.run({ user, ...more });

    expect(['refused', 'stuck']).toContain(ended);
    expect(cloud.left()).toEqual(untouched);
    expect(cloud.changes()).toEqual([]);
  });
});

test('S28 a forged claim does not make releaseUser take away another rotation', async () => {
  const cloud = await createCloud();
  const executionArn = await cloud.begin({ user }, 'mine');
  await cloud.until(executionArn, 'awaitQuiet');
  const [claim = ''] = cloud.left().claims;
  const rotation = claim.replace('keyturn:claim:', '');
  const plan = { user, account: '123456789012', partition: 'aws', region: 'us-east-1', keysAtStart: [] };

  await cloud.run(
    { user, claimUser: { base: { schema: 1, rotation, intent: 'forward', plan, interruptions: [] } } },
    'forged',
  );

  expect(cloud.left().claims).toEqual([claim]);
});

test.each([...activityNames, ...parkNames, 'error', 'execution'])(
  'S28 a function does not take %s for an outcome that stands in the input',
  (name) => {
    const input = { user, [name]: {} };
    const state = { ...input, execution: { id: 'arn', name: 'run-1', startTime: '2026-12-06T10:00:00Z', input } };

    expect(() => contextOf({ claimUser: { base: {} }, ...state } as unknown as ExecutionState)).toThrow(
      `this execution's input holds ${name}, which is never taken from there`,
    );
  },
);

test('S28 a new key that is another one than was sealed is not delivered', async () => {
  const cloud = await createCloud();
  const deliver = cloud.functions.deliverKey;
  cloud.sandbox.functions.register('deliverKey', async (event: { createKey: object }) => {
    Object.assign(event.createKey, { newKey: 'AKIAIOSFODNN7EXAMPLE' });
    return deliver(event as never);
  });

  const { ended, state } = await cloud.run();

  expect(ended).toBe('stuck');
  expect(state.error).toMatchObject({ Error: 'RecordError', Cause: expect.stringContaining('not what was sealed') });
  expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'old' });
});

test('S28 a state that says something else than was sealed is not obeyed', async () => {
  const cloud = await createCloud();
  const deliver = cloud.functions.deliverKey;
  cloud.sandbox.functions.register('deliverKey', async (event: { claimUser: { base: { plan: object } } }) => {
    Object.assign(event.claimUser.base.plan, { consumers: [] });
    return deliver(event as never);
  });

  const { ended, state } = await cloud.run();

  expect(ended).toBe('stuck');
  expect(state.error).toMatchObject({ Error: 'RecordError', Cause: expect.stringContaining('not what was sealed') });
  expect(cloud.left()).toMatchObject({ keys: ['old Active', 'new Active'], place: 'old' });
});
