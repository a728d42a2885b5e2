import { histories } from './histories/history.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'histories-of-secrets',
    what: 'steps of random histories around a secret',
    sample: { test: 4, prove: 195 },
  },
  (wanted) => histories('secret', wanted),
);
