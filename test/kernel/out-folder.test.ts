import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { notReadOnly, readOnly } from '../samples/read-only';
import { Kernel, shown } from './client';

const { outFolder } = createRequire(import.meta.url)('../../kernel/out-folder.js');
const folder = mkdtempSync(join(tmpdir(), 'descent-out-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('outFolder()', () => {
  test('is out/ in the course, whether it is there or not', () => {
    expect(outFolder(folder, {})).toBe(join(folder, 'out'));
    mkdirSync(join(folder, 'out'));
    expect(outFolder(folder, { DESCENT_OUT: '' })).toBe(join(folder, 'out'));
  });

  test('is what DESCENT_OUT names, from the course where that is relative', () => {
    expect(outFolder(folder, { DESCENT_OUT: '/mnt/mine' })).toBe('/mnt/mine');
    expect(outFolder(folder, { DESCENT_OUT: 'mine' })).toBe(join(folder, 'mine'));
  });

  test('is in the folder that each platform has for it where the course is not to be written', () => {
    // A course that is not there cannot be written either, and its folder not be made.
    const absent = join(folder, 'absent', 'course');
    const of = (environment: object, platform: string) => outFolder(absent, environment, platform);
    expect(of({}, 'linux')).toBe(join(homedir(), '.cache', 'descent'));
    expect(of({ XDG_CACHE_HOME: '/var/mine' }, 'linux')).toBe(join('/var/mine', 'descent'));
    expect(of({ XDG_CACHE_HOME: 'mine' }, 'linux')).toBe(join(homedir(), '.cache', 'descent'));
    expect(of({}, 'darwin')).toBe(join(homedir(), 'Library', 'Caches', 'descent'));
    expect(of({ LOCALAPPDATA: '/users/mine' }, 'win32')).toBe(join('/users/mine', 'descent'));
  });
});

const cell = `
import { experiment } from './lib/course';
import { outFolder } from './lib/surroundings';
console.log(outFolder());
await experiment('sgd-one-more', { count: 1 }, ({ count }) => count + 1)`;

describe.skipIf(notReadOnly)(`in a course that can only be read${notReadOnly}`, { timeout: 120_000 }, () => {
  /** What a kernel shows for the cell, with a home folder of its own. */
  async function inKernel(home: string, environment: Record<string, string> = {}): Promise<string> {
    const launcher = join(projectRoot(), 'kernel', 'launch.js');
    const kernel = await Kernel.start({
      command: (connectionFile) => readOnly(projectRoot(), [process.execPath, launcher, connectionFile]),
      env: { HOME: home, XDG_CACHE_HOME: '', ...environment },
    });
    try {
      const answer = await kernel.execute(cell);
      const notes = answer.published.flatMap(({ content }) => content.data?.['text/plain'] ?? []);
      return shown(answer) + notes.join('\n');
    } finally {
      await kernel.stop();
    }
  }

  test('a result is kept in the cache folder, and read from there', async () => {
    const home = join(folder, 'home');
    mkdirSync(home);
    const cache = join(home, '.cache', 'descent');
    const first = await inKernel(home);
    expect(first).toContain(`${cache}\n2\n`);
    expect(first).not.toContain('↺');
    expect(readdirSync(join(cache, 'experiments'))).toHaveLength(1);
    expect(await inKernel(home)).toContain("↺ 'sgd-one-more' ran before");
  });

  test('DESCENT_OUT names another place; where that cannot be written, one line says so', async () => {
    const mine = join(folder, 'mine');
    expect(await inKernel(folder, { DESCENT_OUT: mine })).toContain(`${mine}\n2\n`);
    expect(readdirSync(join(mine, 'experiments'))).toHaveLength(1);
    const within = join(projectRoot(), 'out-of-nobody');
    const said = await inKernel(folder, { DESCENT_OUT: within });
    expect(said).toContain('2\n');
    expect(said).toContain(`nothing can be written to ${within}/experiments, so its result is not kept`);
    expect(existsSync(within)).toBe(false);
  });
});
