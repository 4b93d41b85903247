import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { runProgram } from '../samples/run-program';

const folder = mkdtempSync(path.join(os.tmpdir(), 'sweep-tool-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the program; `onOutput` sees what it has printed while it runs. */
const sweep = (args: string[], onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => void) =>
  runProgram('sweep', [...args, '--out', folder], { onOutput });

/** Processes with an argument; only Linux shows them. */
function programsWith(argument: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  });
}

test('npm run sweep ends with status 2 where something is refused', { timeout: 120_000 }, async () => {
  expect(await sweep(['mnist', '--set', 'lr=1'])).toMatchObject({ status: 2, out: '' });
  const nowhere = ['mnist', '--set', 'epochs=1', '--on', 'ray', '--address', 'here'];
  expect(await sweep(nowhere)).toMatchObject({ status: 2, out: '1 trial of mnist\n' });
  expect(readdirSync(folder)).toEqual([]);
});

const noProc = process.platform === 'linux' ? '' : ' (skipped: only Linux shows processes as files)';

test.skipIf(noProc).each([
  [
    ['--out', '/proc/none'],
    /^Cannot sweep: 0 MB are free in \/proc, .*; free some, or name another folder: --out\n$/,
  ],
  [['--plan', '/proc/none'], /^Cannot write the plan \/proc\/none: ENOENT.*; name another file: --plan\n$/],
  [
    ['--plan', '/proc/none/plan'],
    /^Cannot write the plan \/proc\/none\/plan: ENOENT.*; name another file: --plan\n$/,
  ],
])(`npm run sweep -- mnist %j ends, and says in one line why${noProc}`, async (args, line) => {
  // Of two options the last one holds.
  const { status, out, err } = await runProgram(
    'sweep',
    ['mnist', '--set', 'epochs=1', '--out', folder, ...args],
    { limit: 50_000 },
  );
  expect([status, out]).toEqual([1, '']);
  expect(err).toMatch(line);
});

describe('npm run sweep -- mnist', { timeout: 300_000 }, () => {
  const small = ['--set', 'validation=59500', '--set', 'epochs=1', '--set', 'hiddenUnits=4'];
  const args = ['mnist', ...small, '--set', 'learningRate=0.01,0.0213,1e30', '--set', 'optimizer=sgd'];
  const whole = [...args, '--jobs', '1', '--no-notebook', '--name'];

  test('is killed, goes on where it was, and comes to the table of a sweep that was not', async () => {
    const killed = await sweep([...whole, 'one'], (text, kill) => {
      if (text.includes('✓ 1 of 3')) kill('SIGKILL');
    });
    expect(killed.status).toBeNull();
    // The trial that was under way ends with it, by way of its guard.
    await vi.waitFor(() => expect(programsWith('--learning-rate=0.0213')).toEqual([]), { timeout: 20_000 });
    const resumed = await sweep([...whole, 'one']);
    expect(resumed.status).toBe(0);
    expect(resumed.out).toContain('3 trials of mnist, 1 of them made before');
    const table = readFileSync(path.join(folder, 'one', 'results.csv'), 'utf8');
    expect(table.split('\n').map((line) => line.split(',').slice(0, 6).join())).toEqual([
      'validation,epochs,hiddenUnits,learningRate,optimizer,seed',
      '59500,1,4,0.01,sgd,',
      '59500,1,4,0.0213,sgd,',
      '59500,1,4,1e30,sgd,',
      '',
    ]);
    expect(table.split('\n')[3]).toMatch(/,diverged,+$/);
    expect(existsSync(path.join(folder, 'one', 'index.html'))).toBe(true);
    expect(resumed.out).toMatch(
      /setting +mean validationLoss +deviation of a seed +seeds\nvalidation=59500 /,
    );
    expect(resumed.out).toMatch(/ {2}npm run mnist -- --validation=59500 --epochs=1 .*--optimizer=sgd\n/);
    const anew = await sweep([...whole, 'two', '--no-cache']);
    expect(anew.out).not.toContain('made before');
    expect(readFileSync(path.join(folder, 'two', 'results.csv'), 'utf8')).toBe(table);
    const { best, rows } = JSON.parse(readFileSync(path.join(folder, 'two', 'results.json'), 'utf8'));
    expect(best[0].mean).toBe(Math.min(...[0, 1].map((at) => rows[at].figures.validationLoss)));
  });

  test('ends at Ctrl-C and when its time is over, and says how it goes on', async () => {
    const long = ['mnist', '--set', 'epochs=10000', '--set', 'learningRate=0.5,0.6', '--no-notebook'];
    const interrupted = await sweep([...long, '--jobs', '1', '--trial-time', '2h'], (text, kill) => {
      if (text.includes('2 trials of mnist')) setTimeout(() => kill('SIGINT'), 500);
    });
    expect(interrupted.out).toContain('2 trials: 2 not tried.');
    expect(interrupted.out).toContain('Interrupted; the same command goes on where it was.');
    expect(interrupted.status).toBe(130);
    const over = await sweep([...long, '--max-time', '1s']);
    expect(over.out).toContain('The time is over; the same command goes on where it was.');
    expect(over.status).toBe(0);
  });
});
