import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { makeFolder, root } from '../../tools/setup/project.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'setup-project-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('makeFolder() makes a folder with those above it, and leaves one that is there', () => {
  const deep = path.join(folder, 'one', 'two', 'three');
  makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
  writeFileSync(path.join(deep, 'kept'), '');
  makeFolder(deep);
  expect(existsSync(path.join(deep, 'kept'))).toBe(true);
});

test('makeFolder() says what is in the way of a folder', () => {
  const file = path.join(folder, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow(/EEXIST/);
  expect(() => makeFolder(path.join(file, 'below'))).toThrow(/ENOTDIR|ENOENT/);
});

const noProc = process.platform === 'linux' ? '' : ' (skipped: only Linux shows processes as files)';

test.skipIf(noProc)(`makeFolder() comes to an end where no folder can be made${noProc}`, () => {
  const file = pathToFileURL(path.join(root, 'tools', 'setup', 'project.mjs')).href;
  const script = `import { makeFolder } from ${JSON.stringify(file)};
    try { makeFolder('/proc/none/below'); } catch ({ code }) { console.log(code); }`;
  // In a process of its own: what never ends could not be ended here.
  const args = ['--input-type=module', '--eval', script];
  const { stdout, signal } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
  expect([stdout, signal]).toEqual(['ENOENT\n', null]);
});
