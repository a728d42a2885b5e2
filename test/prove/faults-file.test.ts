// Every request of a rotation between files fails in every way that AWS, or the way to it, can fail.
import { faultCases } from './faults/fault-cases.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'faults-file',
    what: 'every request × every fault, credentials file and file vault',
    sample: { test: 12, prove: 180 },
  },
  (wanted) => faultCases('file', wanted),
);
