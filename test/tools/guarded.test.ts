import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { exists } from '../../tools/setup/process-table.mjs';
import { until } from '../kernel/client';
import { discard, scratch } from './setup-copy';

const folder = scratch();
const windows =
  process.platform === 'win32' ? ' (skipped: Windows has no signal that asks a program to end)' : '';
const started = new Set<ChildProcess>();
const pids = new Set<number>();
let files = 0;
afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  for (const pid of pids) if (exists(pid)) process.kill(pid, 'SIGKILL');
});
afterAll(() => discard(folder));

const newFile = () => join(folder, String(files++));
const said = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const write = (file: string, text: string) =>
  `require('node:fs').writeFileSync(${JSON.stringify(file)}, ${text});`;

/** Starts a process that runs a script under the guard. @returns it, and the number that the script wrote */
async function guarded(grace: number, script: (file: string) => string, npm?: string) {
  const file = newFile();
  const helper = join(projectRoot(), 'tools', 'setup', 'guarded.mjs');
  const code = `
    import { endGuarded, spawnGuarded, watchNpm } from ${JSON.stringify(helper)};
    const child = spawnGuarded(process.execPath, ['-e', ${JSON.stringify(script(file))}], { grace: ${grace}, output: 'inherit' });
    watchNpm('start', () => endGuarded(child));
    process.on('SIGTERM', () => endGuarded(child));`;
  const args = ['--input-type=module', '-e', code];
  const { npm_lifecycle_event, ...env } = process.env;
  const parent = npm
    ? // As npm does it: npm, a shell, and the process. The \`:\` keeps the shell from giving way to the process.
      spawn(process.execPath, ['-e', npm, process.execPath, ...args], {
        env: { ...env, npm_lifecycle_event: 'start' },
      })
    : spawn(process.execPath, args, { env });
  started.add(parent);
  await until(() => said(file).endsWith(' '));
  const numbers = said(file).trim().split(' ').map(Number);
  for (const pid of numbers) pids.add(pid);
  expect(numbers.map(exists)).toEqual(numbers.map(() => true));
  return { parent, numbers };
}

const forever = 'setInterval(() => {}, 1000);';

describe.skipIf(windows)(`spawnGuarded()${windows}`, () => {
  it('asks the program to end when its caller is killed, and waits for it', async () => {
    const marker = newFile();
    const { parent, numbers } = await guarded(
      60_000,
      (file) => `
        process.on('SIGTERM', () => setTimeout(() => { ${write(marker, "'tidied'")} process.exit(); }, 300));
        ${write(file, "process.pid + ' '")} ${forever}`,
    );
    parent.kill('SIGKILL');
    await until(() => !numbers.some(exists));
    expect(said(marker)).toBe('tidied');
  });

  it('kills a program that does not end within the grace', async () => {
    const { parent, numbers } = await guarded(
      300,
      (file) => `process.on('SIGTERM', () => {}); ${write(file, "process.pid + ' '")} ${forever}`,
    );
    parent.kill('SIGKILL');
    await until(() => !numbers.some(exists));
  });

  it.each([
    ['leaves behind', ''],
    ['leaves behind when it is killed', "process.on('SIGTERM', () => {});"],
  ])('ends what the program put into a session of its own and %s', async (_, first) => {
    const { parent, numbers } = await guarded(
      300,
      (file) => `${first}
        const options = { detached: true, stdio: 'ignore' };
        const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(forever)}], options);
        ${write(file, "process.pid + ' ' + pid + ' '")} ${forever}`,
    );
    expect(numbers).toHaveLength(2);
    parent.kill('SIGKILL');
    await until(() => !numbers.some(exists));
  });

  it('ends the program when it is asked to, and then itself', async () => {
    const { parent, numbers } = await guarded(
      60_000,
      (file) => `${write(file, "process.pid + ' '")} ${forever}`,
    );
    const ended = new Promise((resolve) => parent.on('exit', resolve));
    parent.kill('SIGTERM');
    await ended;
    expect(numbers.map(exists)).toEqual([false]);
  });
});

describe.skipIf(windows)(`watchNpm()${windows}`, () => {
  it.each([
    [
      'npm and its shell',
      `require('node:child_process').spawn('sh', ['-c', '"$@"; :', 'sh', ...process.argv.slice(1)])`,
    ],
    [
      'npm, whose shell gave way',
      `require('node:child_process').spawn(process.argv[1], process.argv.slice(2))`,
    ],
  ])('tells when %s is killed', async (_, npm) => {
    const { parent, numbers } = await guarded(
      60_000,
      (file) => `${write(file, "process.pid + ' '")} ${forever}`,
      npm,
    );
    parent.kill('SIGKILL');
    await until(() => !numbers.some(exists));
  });
});
