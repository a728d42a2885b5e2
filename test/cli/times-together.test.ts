import { expect, test } from 'vitest';
import { checkTogether } from '../../src/cli/times-together.ts';

const hour = 3_600;
const day = 24 * hour;

test('S12 a watch and a grace that fit into 360 days together are taken', () => {
  expect(() => checkTogether({ quietFor: 48 * hour, watchLimit: 330 * day, grace: 30 * day })).not.toThrow();
});

test('S12 a second more is refused', () => {
  const times = { quietFor: 48 * hour, watchLimit: 330 * day, grace: 30 * day + 1 };

  expect(() => checkTogether(times)).toThrow('--watch-limit and --grace together are longer than 360 days');
});
