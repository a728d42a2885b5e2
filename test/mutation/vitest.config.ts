// The tests that mutants of one area are put before, in this process: a child process would run the code as it is on disk.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { testsNow } from './areas.ts';
import { keptThread } from './kept-thread.ts';
import { NearestFirst } from './nearest-first.ts';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  plugins: [
    {
      name: 'kept thread',
      // Stryker names a pool of its own, which would win over one that is named here.
      configureVitest({ project }) {
        Object.assign(project.config, { pool: keptThread.name, poolRunner: keptThread });
      },
    },
  ],
  test: {
    include: [...testsNow()],
    // Its SDK corrects the clock, which cannot be begun with once another test has switched it off in this process.
    exclude: ['test/safety/clock-skew.test.ts'],
    env: { AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' },
    isolate: false,
    sequence: { sequencer: NearestFirst },
    // A test that hangs on a mutant fails; Stryker itself would have to begin with a new process.
    testTimeout: 30_000,
  },
});
