// The canary: the secrets of the old key and of the new one go through everything, and whatever is printed, left, passed on or
// written down by the way is searched for them. It listens in every other lane that runs the command line, too.
import { childCases } from './canary/children.ts';
import { crashCases } from './canary/crashes.ts';
import { damageCases } from './canary/damage.ts';
import { readingCases } from './canary/readings.ts';
import { unattendedCases } from './canary/unattended.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'canary',
    what: 'a secret on every way out: formats, damaged files, child processes, the unattended engine',
    sample: { test: 16, prove: 'all' },
  },
  () => [...readingCases(), ...damageCases(), ...childCases(), ...unattendedCases()],
);

lane(
  {
    name: 'canary-crash',
    what: 'the built command line crashes with a secret in its memory: output, reports, environments, arguments',
    sample: { test: 2, prove: 'all' },
    atOnce: 4,
  },
  () => crashCases(),
);
