// The rotations that are disturbed, each as it goes by itself where nothing happens to it.
import type { ActivityName, ParkName } from '../../../src/machine/context.ts';
import { type Cloud, type CloudOptions, user } from '../../support/cloud.ts';

export type FunctionName = ActivityName | ParkName;

export interface Story {
  name: string;
  options: CloudOptions;
  input(cloud: Cloud): object;
  /** Up to here it goes like an earlier one. */
  from?: FunctionName;
  ends: 'rotated' | 'rolledBack';
}

const june = { createdAt: '2026-06-01T08:00:00Z' };

export const stories: readonly Story[] = [
  { name: 'rotate', options: {}, input: ({ oldKey }) => ({ user, oldKey }), ends: 'rotated' },
  {
    name: 'back-from-watch',
    options: { answers: { awaitQuiet: ['rollBack'] } },
    from: 'awaitQuiet',
    input: ({ oldKey }) => ({ user, oldKey }),
    ends: 'rolledBack',
  },
  {
    name: 'back-from-grace',
    options: { answers: { awaitGrace: ['rollBack'] } },
    from: 'awaitGrace',
    input: ({ oldKey }) => ({ user, oldKey }),
    ends: 'rolledBack',
  },
  {
    name: 'retire',
    options: { keys: [june, { createdAt: '2026-12-01T08:00:00Z' }], holds: 1 },
    input: ({ ids: [oldKey, newKey] }) => ({ user, from: 'watch', oldKey, newKey }),
    ends: 'rotated',
  },
];
