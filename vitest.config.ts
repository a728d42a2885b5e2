import { defineConfig } from 'vitest/config';

// On a virtual clock every refusal looks like a clock error to the SDK, which would then send it again.
const env = { AWS_DISABLE_CLOCK_SKEW_CORRECTION: 'true' };

export default defineConfig({
  test: {
    // Each core at work: by default one is left for a person at the same machine.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/**/*.test.ts'],
          exclude: ['test/emulators/**', 'test/deploy/**', 'test/browser/**'],
          testTimeout: 90_000,
        },
      },
      { test: { name: 'emulators', include: ['test/emulators/**/*.test.ts'], testTimeout: 180_000 } },
      { test: { name: 'browser', env, include: ['test/browser/**/*.test.ts'], testTimeout: 90_000 } },
      // The lanes of the proof at their full length; `npm test` takes a small part of them.
      { test: { name: 'prove', env, include: ['test/prove/**/*.test.ts'], testTimeout: 90_000 } },
      { test: { name: 'deploy', include: ['test/deploy/**/*.test.ts'], testTimeout: 500_000 } },
    ],
  },
});
