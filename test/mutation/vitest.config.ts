// The tests that mutants of one area are put before, in this process: a child process would run the code as it is on disk.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { areas } from './areas.ts';

const tests = areas[process.env.KEYTURN_MUTATION_AREA ?? '']?.tests;

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: [...(tests ?? [])],
    env: { AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' },
    isolate: false,
    testTimeout: 90_000,
  },
});
