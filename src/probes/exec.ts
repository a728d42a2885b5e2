// `exec:COMMAND`: passes when the command exits with 0. No shell, no input, no credentials of ours in its environment, and
// what it prints is thrown away. A command that cannot be started or does not end says nothing about health: `noData`.
import { basename } from 'node:path';
import { type Ending, pinCommand, runToItsEnd } from '../child-process.ts';
import { splitCommand } from '../command-line.ts';
import { ranOut, withTimeLimit } from '../time-limit.ts';
import type { ProbeKind, ProbeResult } from './contract.ts';

const limit = 60_000;

export const exec: ProbeKind = {
  kind: 'exec',
  usage: 'exec:COMMAND  passes when the command exits with 0 within 60 seconds; no shell',

  resolve: (place, { cwd, env }) =>
    pinCommand(place, { what: 'exec probe', example: 'exec:./check-health.sh', cwd, env }),

  show: (place) => place,

  open: (place, { clock, env, signal }) => {
    const [program = '', ...args] = splitCommand(place);
    const name = basename(program);
    return {
      spec: `exec:${place}`,
      look: async () => {
        const ending = await withTimeLimit((until) => runToItsEnd(program, args, { env, until }), {
          clock,
          limit,
          signal,
        });
        if (ending === ranOut) return { verdict: 'noData', detail: `${name} did not end within 60 seconds` };
        return judge(name, ending);
      },
    };
  },
};

function judge(name: string, ending: Ending): ProbeResult {
  if ('error' in ending) return { verdict: 'noData', detail: `${name} could not be started (${ending.error.code})` };
  if (ending.signal) return { verdict: 'fail', detail: `${name} was ended by ${ending.signal}` };
  return { verdict: ending.code === 0 ? 'pass' : 'fail', detail: `${name} exited with ${ending.code}` };
}
