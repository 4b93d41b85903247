import { defineConfig } from 'vitest/config';

/** Tests in a real browser: slow, one at a time, apart from the others. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
