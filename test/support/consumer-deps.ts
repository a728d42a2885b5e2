// What a test opens a place with. Nothing may be printed, unless the test listens to it.
import { createVirtualClock } from '../../src/clock.ts';
import type { ConsumerDeps, Replacement } from '../../src/consumers/contract.ts';

export const replacement: Replacement = {
  user: 'alice',
  oldKey: 'AKIAOLDOLDOLDOLDOLD1',
  newKey: 'AKIANEWNEWNEWNEWNEW2',
};

export function consumerDeps(deps: Partial<ConsumerDeps> = {}): ConsumerDeps {
  return {
    clock: createVirtualClock('2026-11-22T10:00:00Z'),
    aws: { secretsManager: noAws, parameterStore: noAws },
    env: { PATH: process.env.PATH },
    print: async (text) => {
      throw new Error(`nobody asked to see ${text.length} characters`);
    },
    ...deps,
  };
}

function noAws(region: string): never {
  throw new Error(`no AWS is arranged in ${region}`);
}
