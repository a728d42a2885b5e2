// Whole rotations by Step Functions: the generated definition, the real functions, and the embedded AWS under both.
import { expect, test } from 'vitest';
import { createCloud } from '../support/cloud.ts';

test('a quiet key is replaced, deactivated and deleted, and nothing is left', async () => {
  const cloud = await createCloud();

  const { ended, status } = await cloud.run();

  expect({ ended, status }).toEqual({ ended: 'rotated', status: 'SUCCEEDED' });
  expect(cloud.left()).toEqual({ keys: ['new Active'], claims: [], secrets: [], place: 'new' });
  expect(cloud.told()).toEqual(['started', 'waiting', 'aboutToDeactivate', 'waiting', 'aboutToDelete', 'rotated']);
});
