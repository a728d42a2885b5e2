// Every request of a rotation of a parameter fails in every way that AWS, or the way to it, can fail.
import { faultCases } from './faults/fault-cases.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'faults-parameter',
    what: 'every request × every fault, parameter, and vault in Secrets Manager',
    sample: { test: 4, prove: 40 },
  },
  (wanted) => faultCases('parameter', wanted),
);
