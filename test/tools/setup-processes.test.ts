import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../lib/base/project-root';
import { exists } from '../../tools/setup/process-table.mjs';
import { explain, run } from '../../tools/setup/processes.mjs';
import { until } from '../kernel/client';
import { discard, scratch } from './setup-copy';

const folder = scratch();
afterAll(() => discard(folder));

describe('run()', () => {
  it('returns the exit status and all output', async () => {
    const lines: string[] = [];
    const script = "console.log('one'); console.error('two'); process.exit(3)";
    const result = await run(process.execPath, ['-e', script], {
      onLine: (line: string) => lines.push(line),
    });
    expect(result.code).toBe(3);
    expect(lines.sort()).toEqual(['one', 'two']);
  });

  it('returns 127 for a program that is not there', async () => {
    expect((await run('no-such-program', [])).code).toBe(127);
  });

  it('ends a program that runs out of time with 124', async () => {
    const script = 'setInterval(() => {}, 1000)';
    expect((await run(process.execPath, ['-e', script], { timeout: 500 })).code).toBe(124);
  });
});

describe.skipIf(process.platform === 'win32')('guard.mjs', () => {
  it('ends the program and what that started when set-up is killed', async () => {
    const file = join(folder, 'pids');
    const setup = join(projectRoot(), 'tools', 'setup');
    const grandchild = 'setInterval(() => {}, 1000)';
    const child = `
      const { pid } = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}]);
      require('node:fs').writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + pid + ' ');
      setInterval(() => {}, 1000);`;
    const parent = `
      import { run } from ${JSON.stringify(join(setup, 'processes.mjs'))};
      await run(process.execPath, ['-e', ${JSON.stringify(child)}]);`;
    const killed = spawn(process.execPath, ['--input-type=module', '-e', parent]);
    await until(() => existsSync(file) && readFileSync(file, 'utf8').endsWith(' '));
    const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
    expect(pids.map(exists)).toEqual([true, true]);
    killed.kill('SIGKILL');
    await until(() => !pids.some(exists));
  });
});

// What npm and pip say of a wrong hash is tried in setup-locked.test.ts.
describe('explain()', () => {
  it.each([
    ['npm error code ENOSPC', 'the disk is full; free some space'],
    ['OSError: [Errno 28] No space left on device', 'the disk is full; free some space'],
    ['npm error getaddrinfo EAI_AGAIN registry', 'the network cannot be reached; check'],
    ['EACCES: permission denied, mkdir', "a file may not be written; make the project's folder"],
  ])('says in plain words: %s', (output, words) => {
    expect(explain('npm ci', { code: 1, output }).message).toContain(`npm ci failed: ${words}`);
  });

  it('quotes the telling line of an unknown failure', () => {
    const output = 'fine\nfatal error: zlib.h is wrong\n1 error generated.\n';
    expect(explain('compiling', { code: 1, output }).message).toBe(
      'compiling failed (exit status 1): fatal error: zlib.h is wrong; see .setup/setup.log, then run the same command again',
    );
  });
});
