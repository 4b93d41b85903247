/** `npm test` says where its time goes. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sharesOf } from '../../tools/test/shares.mjs';
import { makeTestFolder, runVitest } from '../samples/run-vitest';

test('sharesOf() lists what ran, slowest first, with its share', () => {
  const files = [
    { name: 'types', seconds: 10 },
    { name: 'test/a.test.ts', seconds: 69.96 },
    { name: 'test/b.test.ts', seconds: 20.04 },
  ];
  const before = structuredClone(files);
  expect(sharesOf(files)).toEqual([
    ' 70.0 %     70.0 s  test/a.test.ts',
    ' 20.0 %     20.0 s  test/b.test.ts',
    ' 10.0 %     10.0 s  types',
  ]);
  expect(files).toEqual(before);
  expect(sharesOf([])).toEqual([]);
  expect(sharesOf([{ name: 'nothing', seconds: 0 }])).toEqual(['  0.0 %      0.0 s  nothing']);
});

test('sharesOf() has one line for all of less than a second', () => {
  const files = [
    { name: 'test/a.test.ts', seconds: 0.5 },
    { name: 'test/b.test.ts', seconds: 4 },
    { name: 'test/c.test.ts', seconds: 0.5 },
  ];
  expect(sharesOf(files)).toEqual([
    ' 80.0 %      4.0 s  test/b.test.ts',
    ' 20.0 %      1.0 s  2 more, each of less than a second',
  ]);
});

const folder = makeTestFolder('times');
afterAll(() => rmSync(folder, { recursive: true }));

test('the reporter counts imports, hooks and tests of each file', () => {
  const wait = (milliseconds: number) =>
    `await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));`;
  const times = path.join(folder, 'times.json');
  runVitest(
    folder,
    {
      'slow.test.ts': `import { beforeAll, expect, test } from 'vitest';
        ${wait(300)}
        beforeAll(async () => { ${wait(300)} });
        test('one', async () => { ${wait(300)} });
        test('fails', async () => { ${wait(300)} expect(1).toBe(2); });`,
      'fast.test.ts': "import { test } from 'vitest'; test('fast', () => {});",
    },
    { reporters: ['times'], env: { DESCENT_TEST_TIMES: times } },
  );
  const found: { name: string; seconds: number }[] = JSON.parse(readFileSync(times, 'utf8'));
  const secondsOf = (name: string) => found.find((one) => one.name === name)?.seconds ?? Number.NaN;
  expect(found).toHaveLength(2);
  // Four waits; timers may fire a little early.
  expect(secondsOf('slow.test.ts')).toBeGreaterThan(1.15);
  expect(secondsOf('fast.test.ts')).toBeGreaterThan(0);
});
