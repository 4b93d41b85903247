import { defineConfig } from 'vitest/config';

/** Tests in a real browser: slow, one at a time, apart from the others. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 600_000,
  },
});
