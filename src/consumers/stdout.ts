// The consumer `stdout:`: prints the pair, for a person or a pipe that asked for it by name. What becomes of it nobody can
// read back.
import { ConsumerError, UsageError } from '../errors.ts';
import type { Consumer, ConsumerDeps, ConsumerKind } from './contract.ts';

export const stdout: ConsumerKind = {
  kind: 'stdout',
  usage: 'stdout:  prints the pair, with its secret',
  resolve: (place) => {
    if (place === '') return '';
    throw new UsageError(`stdout: takes no place, so "${place}" means nothing`, { hint: 'write stdout: alone' });
  },
  open: (_, __, deps) => openStdout(deps),
  find: async () => [],
};

function openStdout({ print }: ConsumerDeps): Consumer {
  return {
    spec: 'stdout:',
    readable: false,
    preflight: async () => ({
      holds: null,
      pair: null,
      notes: ['the secret will be shown on standard output, and a roll back cannot take it back'],
      readable: false,
    }),
    write: async (pair) => {
      const lines = `AWS_ACCESS_KEY_ID=${pair.accessKeyId}\nAWS_SECRET_ACCESS_KEY=${pair.reveal()}\n`;
      try {
        await print(lines);
      } catch (error) {
        throw new ConsumerError(`the pair could not be printed (${(error as NodeJS.ErrnoException).code})`, {
          hint: 'nobody got the new key; see where standard output goes',
        });
      }
    },
    readBack: async () => undefined,
    restore: async () => 'left',
  };
}
