/** `npm test` tells at its end what failed. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { failedNotebooks, failedTests, failureText } from '../../tools/test/failures.mjs';
import { makeTestFolder, runVitest } from '../samples/run-vitest';

const passed = { fullName: 'adds', status: 'passed', failureMessages: [] };
const red = '\u001b[31m';

test('failedTests() names each failed test with the first lines of why, and a file that does not load', () => {
  const trace = '    at Object.add (/course/lib/sum.ts:3:5)';
  const why = [`${red}AssertionError\u001b[39m: expected 3 to be 2`, '', trace];
  const subtracts = { fullName: 'subtracts', status: 'failed', failureMessages: [why.join('\n')] };
  const testResults = [
    { name: '/course/test/a.test.ts', status: 'passed', message: '', assertionResults: [passed] },
    { name: '/course/test/b.test.ts', status: 'failed', message: '', assertionResults: [passed, subtracts] },
    { name: '/course/test/c.test.ts', status: 'failed', message: 'no such module', assertionResults: [] },
  ];
  expect(failedTests({ testResults }, '/course')).toEqual([
    { title: 'test/b.test.ts: subtracts', lines: ['AssertionError: expected 3 to be 2'] },
    { title: 'test/c.test.ts', lines: ['no such module'] },
  ]);
});

test('failedTests() keeps the first twelve lines of a long message', () => {
  const message = Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n');
  const testResults = [{ name: 'a.test.ts', status: 'failed', message, assertionResults: [] }];
  const [{ lines }] = failedTests({ testResults }, '/course');
  expect(lines).toHaveLength(13);
  expect(lines.slice(-2)).toEqual(['line 11', '…']);
});

test('failedNotebooks() names those with problems, and failureText() prints them', () => {
  const failures = failedNotebooks([
    { name: '01-neural-networks', problems: [] },
    { name: '02-gradient-descent', problems: ['the claim does not hold', 'a cell failed'] },
  ]);
  expect(failures.map(failureText)).toEqual([
    '✗ 02-gradient-descent\n    the claim does not hold\n    a cell failed',
  ]);
  expect(failureText({ title: 'late', lines: ['one'], sign: '⚠' })).toBe('⚠ late\n    one');
});

const folder = makeTestFolder('unsteady');
afterAll(() => rmSync(folder, { recursive: true }));

test('the reporter names what passed at the second try, and nothing else', () => {
  const names = path.join(folder, 'names.json');
  const tests = `import { describe, expect, test } from 'vitest';
    let tries = 0;
    describe('some', () => {
      test('late', () => { tries += 1; expect(tries).toBe(2); });
      test('steady', () => {});
      test('broken', () => expect(1).toBe(2));
    });`;
  const { status } = runVitest(
    folder,
    { 'some.test.ts': tests },
    { reporters: ['unsteady'], env: { DESCENT_TEST_UNSTEADY: names }, more: ['--retry=1'] },
  );
  expect(status).toBe(1);
  expect(JSON.parse(readFileSync(names, 'utf8'))).toEqual(['some.test.ts: some > late']);
});
