import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/emulators/**'], testTimeout: 30_000 } },
      { test: { name: 'emulators', include: ['test/emulators/**/*.test.ts'], testTimeout: 120_000 } },
    ],
  },
});
