import { expect, test } from 'vitest';
import { toCopy } from '../../src/cli/to-copy.ts';

const hint = 'keyturn resume rot-1 goes on after noon; keyturn rollback rot-1 goes back; keyturn changed nothing';

test('commands to copy repeat the flags that say which account and which rotations', () => {
  expect(toCopy(hint, { profile: 'admin', stateDir: '/my state', json: true })).toBe(
    `keyturn --profile admin --state-dir '/my state' resume rot-1 goes on after noon; keyturn --profile admin --state-dir '/my state' rollback rot-1 goes back; keyturn changed nothing`,
  );
});

test('without such flags they are as they are', () => {
  expect(toCopy(hint, { yes: true })).toBe(hint);
});
