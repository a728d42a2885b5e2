// Every request of a rotation between secrets of Secrets Manager fails in every way that AWS, or the way to it, can fail.
import { faultCases } from './faults/fault-cases.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'faults-secret',
    what: 'every request × every fault, secret and vault in Secrets Manager',
    sample: { test: 12, prove: 180 },
  },
  (wanted) => faultCases('secret', wanted),
);
