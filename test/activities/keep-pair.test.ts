// A pair is kept for a rotation that has its claim, and for no other.
import { expect, test } from 'vitest';
import { KeyPair } from '../../src/access-key.ts';
import { keepPair } from '../../src/activities/keep-pair.ts';
import { allBut, createWorld, user, type WorldOptions } from '../support/world.ts';

const claim = { 'keyturn:claim:r-1': 'since=2026-12-06T09:00:00Z n=0 step=claimUser at=2026-12-06T09:00:00Z' };
const pair = new KeyPair('AKIANEWNEWNEWNEW0002', 'x'.repeat(40));

async function arranged(tags: Record<string, string>, options: WorldOptions = {}) {
  const world = await createWorld(options);
  world.account.setTags(user, tags);
  const { aws, ...deps } = world.newDeps();
  return { world, aws, keep: (given = aws) => keepPair({ ...deps, aws: given }, world.context(), 'new', pair) };
}

test('it stays where the claim is there', async () => {
  const { world, keep } = await arranged(claim);

  await keep();

  expect(world.left().vault).toEqual(['r-1-new.json']);
});

test('it goes again where the claim is gone', async () => {
  const { world, keep } = await arranged({});

  await expect(keep()).rejects.toMatchObject({ name: 'RecordError' });
  expect(world.left().vault).toEqual([]);
});

test('it stays where the claim cannot be looked at: that was there a moment ago', async () => {
  const { world, keep } = await arranged(claim, { policies: allBut('iam:GetUser') });

  await keep();

  expect(world.left().vault).toEqual(['r-1-new.json']);
});

test('a fault of our own is told', async () => {
  const { aws, keep } = await arranged(claim);

  await expect(keep({ ...aws, user: () => Promise.reject(new TypeError('a slip')) })).rejects.toThrow('a slip');
});
