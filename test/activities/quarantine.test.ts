import { expect, test } from 'vitest';
import { isQuarantined } from '../../src/activities/quarantine.ts';
import { allBut, createWorld, user } from '../support/world.ts';

test.each<[string[], boolean]>([
  [['AWSCompromisedKeyQuarantine'], true],
  [['ReadOnlyAccess', 'AWSCompromisedKeyQuarantineV3'], true],
  [['ReadOnlyAccess', 'NotAWSCompromisedKeyQuarantine'], false],
  [[], false],
])('S8 a user with the policies %j is quarantined: %s', async (policies, expected) => {
  const world = await createWorld();
  world.account.setAttachedPolicies(user, policies);

  expect(await isQuarantined(world.newDeps(), user)).toBe(expected);
});

test('S1 one whose policies cannot be read is not: what brings a key back is not held up by that', async () => {
  const world = await createWorld({ policies: allBut('iam:ListAttachedUserPolicies') });
  world.account.setAttachedPolicies(user, ['AWSCompromisedKeyQuarantineV3']);

  expect(await isQuarantined(world.newDeps(), user)).toBe(false);
});

test('a fault of our own stays one', async () => {
  const world = await createWorld();
  const { aws, ...deps } = world.newDeps();
  const broken = { ...aws, attachedPolicies: () => Promise.reject(new TypeError('a slip')) };

  await expect(isQuarantined({ ...deps, aws: broken }, user)).rejects.toThrow('a slip');
});
