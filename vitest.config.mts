import { defineConfig } from 'vitest/config';

/** What is left to the second tier, and to a release. */
const longer = ['**/*.slow.test.ts', '**/*.release.test.ts'];

/** A project of tests that take long, some files at a time. */
const patient = (name: string, maxWorkers: number) => ({
  test: {
    name,
    include: [`test/**/*.${name}.test.ts`],
    pool: 'forks' as const,
    // Node 20 has one for who asks.
    execArgv: 'WebSocket' in globalThis ? [] : ['--experimental-websocket'],
    maxWorkers,
    fileParallelism: maxWorkers > 1,
    sequence: { groupOrder: 2 },
    testTimeout: 3_000_000,
    // The whole book takes minutes to be written.
    hookTimeout: 1_800_000,
  },
});

/** Projects, so that each can run without the others: `vitest run --project unit`, `browser`, `slow` or `release`. */
export default defineConfig({
  test: {
    reporters: ['default', './test/skips.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', ...longer],
          // Processes, two at a time: TensorFlow keeps its threads and its memory per process.
          pool: 'forks',
          maxWorkers: 2,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: longer,
          // In a real browser: slow, so one file at a time, and after the others.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 900_000,
          hookTimeout: 600_000,
        },
      },
      patient('slow', 2),
      patient('release', 1),
    ],
  },
});
