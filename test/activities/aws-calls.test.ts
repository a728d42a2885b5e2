// What one quiet rotation asks of AWS, call by call: what is not in this list is not asked, and nothing is asked for
// without a reason.
import { expect, test } from 'vitest';
import { createWorld } from '../support/world.ts';

test('a quiet rotation without probes makes these calls, in this order, and no others', async () => {
  const world = await createWorld();
  const calls: [string, string[]][] = [];
  let from = 0;

  const { ended } = await world.start(
    {},
    {
      onStep: ({ state, event }) => {
        if (event !== 'done') return;
        calls.push([state, world.operations(from)]);
        from = world.sandbox.requests.length;
      },
    },
  );

  expect(ended).toBe('rotated');
  expect(calls).toEqual([
    ['claimUser', ['GetCallerIdentity', 'GetUser', 'TagUser', 'GetUser']],
    ['inspectKeys', ['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed']],
    ['preflightConsumers', ['GetUser', 'GetUser']],
    ['freeSlot', []],
    ['createKey', ['GetCallerIdentity', 'GetUser', 'TagUser', 'CreateAccessKey', 'GetUser', 'ListAccessKeys']],
    ['verifyNewKey', ['GetCallerIdentity', 'GetCallerIdentity', 'GetCallerIdentity']],
    ['deliverKey', ['GetCallerIdentity', 'GetUser', 'TagUser']],
    // The old key's last use, then the new key's.
    [
      'checkOldKeyUse',
      ['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'GetAccessKeyLastUsed'],
    ],
    [
      'checkOldKeyUse',
      ['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'GetAccessKeyLastUsed'],
    ],
    [
      'deactivateKey',
      ['GetCallerIdentity', 'GetUser', 'TagUser', 'ListAccessKeys', 'GetAccessKeyLastUsed', 'UpdateAccessKey'],
    ],
    ['checkHealth', ['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed']],
    ['checkHealth', ['GetCallerIdentity', 'GetUser', 'ListAccessKeys', 'GetAccessKeyLastUsed']],
    [
      'deleteKey',
      [
        'GetCallerIdentity',
        'GetUser',
        'TagUser',
        'ListAccessKeys',
        'ListAccessKeys',
        'GetAccessKeyLastUsed',
        'DeleteAccessKey',
      ],
    ],
    ['releaseUser', ['ListAccessKeys', 'UntagUser']],
  ]);
});

test('a day of waiting asks nothing', async () => {
  const world = await createWorld();
  const times: number[] = [];

  await world.start(
    {},
    {
      onStep: ({ event }) => {
        if (event === 'waiting') times.push(world.sandbox.requests.length);
      },
      killIn: 'deactivateKey',
    },
  );

  const [asked = 0] = times;
  expect(times).toHaveLength(1);
  expect(world.sandbox.requests.slice(asked).every(({ at }) => at >= '2026-12-08T14:15:03Z')).toBe(true);
});
