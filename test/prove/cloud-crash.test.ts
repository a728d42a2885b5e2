// The rotations of Step Functions, disturbed at every point that a recording of an undisturbed one has.
import { casesOf, cutOff, cutOffForGood, stopped, twice } from './cloud-crash/cases.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'cloud-cut',
    what: 'a function cut off once before, in or after one of its requests',
    sample: { test: 3, prove: 40 },
  },
  (wanted) => casesOf(wanted, cutOff),
);

lane(
  {
    name: 'cloud-cut-for-good',
    what: 'a function cut off at every try, then going on or back',
    sample: { test: 3, prove: 40 },
  },
  (wanted) => casesOf(wanted, cutOffForGood),
);

lane(
  {
    name: 'cloud-twice',
    what: 'a function called twice in a row, or twice at once',
    sample: { test: 3, prove: 40 },
  },
  (wanted) => casesOf(wanted, twice),
);

lane(
  {
    name: 'cloud-stopped',
    what: 'an execution stopped in a state, then going on or back',
    sample: { test: 3, prove: 40 },
  },
  (wanted) => casesOf(wanted, stopped),
);
