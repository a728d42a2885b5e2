import { expect, test } from 'vitest';
import { openDesk } from '../support/cli.ts';
import { createChecker, credentialsFilePlace } from './checker.ts';

test('a right rotation breaks nothing', async () => {
  const desk = await openDesk();
  const checker = createChecker({
    sandbox: desk.sandbox,
    user: 'alice',
    places: [credentialsFilePlace(desk.credentialsFile)],
    stateFolders: [desk.stateDir],
  });

  const { code } = await desk.run(`rotate --user alice --to ${desk.place} --yes --wait`);

  expect(code).toBe(0);
  expect(checker.atEnd({ over: true })).toEqual([]);
  expect(checker.violations).toEqual([]);
});
