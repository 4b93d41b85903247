import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // In a real browser: vitest.browser.config.ts.
    exclude: ['test/browser/**'],
    // One process per core: TensorFlow keeps its threads and its memory per process.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
