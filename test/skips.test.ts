import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makeTestFolder, runVitest } from './samples/run-vitest';
import { notAllowed } from './skips';

describe('notAllowed()', () => {
  test.each<[string, NodeJS.Platform, boolean]>([
    ['a.test.ts: the book (skipped: there is no .venv; run npm run setup) > lists', 'linux', false],
    ['a.test.ts: the book (skipped: there is no .venv; run npm run setup) > lists', 'win32', false],
    ['a.test.ts: draws (skipped: no Chromium or Chrome was found)', 'darwin', false],
    ['a.test.ts: says no reason', 'linux', false],
    ['a.test.ts: says no reason', 'win32', true],
    ['a.test.ts: kill -9 (skipped: Windows ends a process without telling its children)', 'win32', true],
    ['a.test.ts: listens nowhere else (skipped: this machine has no address but 127.0.0.1)', 'linux', true],
    ['a.test.ts: no proxy (skipped: this Node does not know NODE_USE_ENV_PROXY)', 'linux', true],
    [
      'a.test.ts: hub (skipped: learners cannot use this course: Other users cannot read /root/a)',
      'linux',
      true,
    ],
    [
      'a.test.ts: hub (skipped: learners cannot use this course: Anybody can write in /opt/a)',
      'linux',
      false,
    ],
    ['a.test.ts: no token (skipped: only Linux shows processes in /proc)', 'darwin', true],
    ['a.test.ts: no token (skipped: only Linux shows processes in /proc)', 'linux', false],
  ])('%s, on %s: %s', (name, platform, may) => {
    expect(notAllowed([name], platform)).toEqual(may ? [] : [name]);
  });
});

describe('a run of vitest', () => {
  const folder = makeTestFolder('skips');
  const names = path.join(folder, 'names.json');
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(name: string, ci: string, ...more: string[]) {
    const tests = `import { describe, expect, test } from 'vitest';
      test('runs', () => expect(1).toBe(1));
      describe.skipIf(true)(${JSON.stringify(name)}, () => { test('inside', () => {}); });`;
    return runVitest(
      folder,
      { 'some.test.ts': tests },
      { reporters: ['default', 'skips'], env: { CI: ci, DESCENT_TEST_SKIPS: names }, more },
    );
  }

  test('fails with CI=true where a part is missing, and names the test', () => {
    const { status, output } = run('whole (skipped: no Chromium)', 'true');
    expect(output).toContain('some.test.ts: whole (skipped: no Chromium) > inside');
    expect(JSON.parse(readFileSync(names, 'utf8'))).toEqual([
      'some.test.ts: whole (skipped: no Chromium) > inside',
    ]);
    expect(status).toBe(1);
  });

  test.each([
    ['without CI', 'whole (skipped: no Chromium)', '', []],
    [
      'with a reason that is allowed',
      'no proxy (skipped: this Node does not know NODE_USE_ENV_PROXY)',
      'true',
      [],
    ],
    ['where only some tests were asked for', 'whole (skipped: no Chromium)', 'true', ['-t', 'runs']],
  ])('passes %s', (_, name, ci, more) => {
    const { status, output } = run(name, ci, ...more);
    expect(output).toMatch(/1 passed/);
    expect(output).not.toContain('does not allow');
    expect(status).toBe(0);
  });
});
