import { histories } from './histories/history.ts';
import { lane } from './lane.ts';

lane(
  {
    name: 'histories-of-files',
    what: 'steps of random histories around a credentials file',
    sample: { test: 4, prove: 195 },
  },
  (wanted) => histories('file', wanted),
);
